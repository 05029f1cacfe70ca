import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MalformedMessage } from "../../../../../server-agent/worker/http/malformed-message.ts";
import { FastcgiParser } from "../../../../../server-agent/worker/upstream-protocols/fastcgi-parser.ts";
import { MAX_HEAD_BYTES } from "../../../../../server-agent/worker/upstream-protocols/response-parser.ts";
import { repetitions } from "../../../../support/repetitions.ts";

function record(type: number, content = "", { id = 1, padding = 0, version = 1 } = {}): string {
  const { length } = content;
  return `${String.fromCharCode(version, type, 0, id, length >> 8, length & 255, padding, 0)}${content}${"p".repeat(padding)}`;
}
function out(content: string, padding = 0): string {
  return record(6, content, { padding });
}
function err(content: string): string {
  return record(7, content);
}
function end(status = 0): string {
  return record(3, `\0\0\0\0${String.fromCharCode(status)}\0\0\0`);
}

interface Parsed {
  status: number | undefined;
  headers: string[] | undefined;
  body: string;
  errors: string;
  complete: boolean;
  excess: string;
}

function parse(text: string, { method = "GET", sizes = [text.length] } = {}): Parsed {
  let body = "";
  let errors = "";
  let excess = "";
  const parser = new FastcgiParser({
    onInformation: () => undefined,
    onHead: () => undefined,
    onBody: (bytes) => (body += bytes.toString("latin1")),
    onErrorOutput: (bytes) => (errors += bytes.toString("latin1")),
  });
  parser.begin(method);
  const bytes = Buffer.from(text, "latin1");
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const piece = bytes.subarray(at, at + (sizes[turn % sizes.length] ?? 1));
    at += piece.length;
    excess += piece.toString("latin1", parser.feed(piece));
  }
  const { status, headers } = parser.head ?? {};
  return { status, headers, body, errors, complete: parser.complete, excess };
}

const RESPONSE =
  out("Status: 201 Made\r\nContent-Type: te", 5) +
  err("a warning\n") +
  out("xt/plain\r\nX-A: b\r\n\r\nhel") +
  out("lo", 3) +
  err("another") +
  out("") +
  end();

describe("a response over FastCGI", () => {
  it("is read the same in whatever pieces it comes", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
        expect(parse(RESPONSE, { sizes })).toEqual({
          status: 201,
          headers: ["Content-Type", "text/plain", "X-A", "b"],
          body: "hello",
          errors: "a warning\nanother",
          complete: true,
          excess: "",
        });
      }),
    );
  });

  it.each([
    ["without an end of the output", out("Status: 200\n\nhi") + end(), "GET", { status: 200, body: "hi" }],
    ["to HEAD", out("Status: 200\n\nhi") + end(), "HEAD", { status: 200, body: "" }],
    ["that has no body", out("Status: 304\n\nhi") + end(), "GET", { status: 304, body: "" }],
    ["that is longer than it says", out("Status: 200\nContent-Length: 1\n\nhi") + end(), "GET", { body: "h" }],
    ["that is shorter than it says, to HEAD", out("Status: 200\nContent-Length: 9\n\n") + end(), "HEAD", { body: "" }],
    ["with something behind it", `${out("Status: 200\n\n")}${end()}more`, "GET", { excess: "more" }],
  ])("%s is complete", (_, text, method, expected) => {
    expect(parse(text, { method })).toMatchObject({ complete: true, ...expected });
  });

  it.each([
    ["something else", "HTTP/1.1 200 OK\r\n", "not a record"],
    ["another version", record(6, "x", { version: 2 }), "not a record"],
    ["another request's record", record(6, "x", { id: 2 }), "not made"],
    ["a record of the application as a whole", record(10, "", { id: 0 }), "not made"],
    ["a record that only servers send", record(5, "x"), "type 5"],
    ["an unknown record", record(99), "type 99"],
    ["output after its end", out("") + out("x"), "after its end"],
    ["a long end", record(3, "123456789"), "wrong length"],
    ["an end without a head", out("Status: 200\n") + end(), "before a response head"],
    ["an end too early", out("Status: 200\nContent-Length: 3\n\nab") + end(), "middle of the body"],
    ["a refusal", end(2), "overloaded"],
    ["an unknown refusal", end(77), "refuses the request: 77"],
    ["a head without end", out("X: y\n".repeat(10_000)).repeat(2), "too long"],
  ])("with %s is refused", (_, text, message) => {
    expect(() => parse(text)).toThrow(MalformedMessage);
    expect(() => parse(text)).toThrow(message);
  });

  it("that ends before its end is known to be incomplete", () => {
    const parser = new FastcgiParser({
      onInformation: () => undefined,
      onHead: () => undefined,
      onBody: () => undefined,
    });
    parser.begin("GET");
    expect(parser.untouched).toBe(true);
    expect(() => parser.finish()).toThrow("before a response head");
    parser.feed(Buffer.from(out("Status: 200\n\nhi"), "latin1"));
    expect(parser.untouched).toBe(false);
    expect(() => parser.finish()).toThrow("before the end of the request");
  });

  it("of any bytes at all is read or refused, and holds no more than a head", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary-ascii" }),
      fc
        .tuple(fc.constantFrom(1, 3, 6, 6, 6, 7, 11), fc.string({ unit: "binary-ascii", maxLength: 30 }), fc.nat(9))
        .map(([type, content, padding]) => record(type, content, { padding })),
      fc.constantFrom("Status: 200\n\n", "Content-Length: 3\r\n\r\n").map((text) => out(text)),
      fc.nat(4).map(end),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (pieces, sizes) => {
        try {
          const parsed = parse(pieces.join(""), { sizes });
          if (parsed.complete) expect(parsed.status).toBeGreaterThanOrEqual(200);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessage);
        }
      }),
      { numRuns: repetitions(300, 20_000) },
    );
    expect(MAX_HEAD_BYTES).toBeLessThan(100_000);
  });
});
