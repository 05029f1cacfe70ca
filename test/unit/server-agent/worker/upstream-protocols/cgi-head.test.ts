import { describe, expect, it } from "vitest";
import { MalformedMessage } from "../../../../../server-agent/worker/http/malformed-message.ts";
import { endOfCgiHead, parseCgiHead } from "../../../../../server-agent/worker/upstream-protocols/cgi-head.ts";

describe("the head of a CGI response", () => {
  it.each([
    ["Content-Type: text/html", { status: 200, reason: "OK", headers: ["Content-Type", "text/html"] }],
    ["Status: 404 Not Here\nX-A: b", { status: 404, reason: "Not Here", headers: ["X-A", "b"] }],
    ["Status: 204", { status: 204, reason: "" }],
    ["status:  410 Gone \r", { status: 410, reason: "Gone" }],
    ["Location: https://a.example/b", { status: 302, localRedirect: undefined }],
    ["Location: /b?c", { status: 302, localRedirect: "/b?c" }],
    ["Status: 303 See Other\r\nLocation: /b", { status: 303, localRedirect: undefined, headers: ["Location", "/b"] }],
    ["HTTP/1.1 403 Forbidden\r\nContent-Type: a/b", { status: 403, headers: ["Content-Type", "a/b"] }],
    ["Content-Type: a/b\nContent-Length: 12", { contentLength: 12, headers: ["Content-Type", "a/b"] }],
    [
      "Content-Type: a/b\nSet-Cookie: a\nSet-Cookie: b",
      { headers: ["Content-Type", "a/b", "Set-Cookie", "a", "Set-Cookie", "b"] },
    ],
    [
      "Status: 200\nConnection: close\nTransfer-Encoding: chunked\nKeep-Alive: x\nUpgrade: y",
      { headers: [], chunked: false },
    ],
  ])("%j is read", (text, expected) => {
    expect(parseCgiHead(text)).toMatchObject(expected);
  });

  it.each([
    "X-A: b",
    "",
    "no colon",
    "Status: 200\n folded: line",
    "Status: 100 Continue",
    "Status: 103",
    "Status: 99",
    "Status: 600",
    "Status: 2000",
    "Status: OK",
    "Status: 200\nStatus: 404",
    "Location: /a\nLocation: /b",
    "Status: 200\nContent-Length: 1\nContent-Length: 2",
    "Status: 200\nContent-Length: -1",
    "Status: 200\nX-A: a\rX-B: b",
    "Status: 200\nX-A: a\0b",
    "Status: 200\na b: c",
    "HTTP/1.1 101 Switching Protocols",
    "HTTP/1.1 200 O\x07K\r\nContent-Type: a/b",
  ])("%j is refused", (text) => {
    expect(() => parseCgiHead(text)).toThrow(MalformedMessage);
  });

  it.each([
    ["a: b\n\nbody", 4, "body"],
    ["a: b\r\n\r\nbody", 5, "body"],
    ["a: b\n\r\nbody", 4, "body"],
    ["a: b\r\n\nbody", 5, "body"],
  ])("%j ends at %d", (text, head, body) => {
    const end = endOfCgiHead(Buffer.from(text), 0);
    expect(end?.head).toBe(head);
    expect(text.slice(end?.body)).toBe(body);
  });

  it.each(["a: b\n", "a: b\r\n\r", "\r\r", ""])("%j has no end yet", (text) => {
    expect(endOfCgiHead(Buffer.from(text), 0)).toBeUndefined();
  });
});
