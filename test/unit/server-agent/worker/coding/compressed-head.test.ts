import { expect, it } from "vitest";
import {
  compressedHead,
  mayCompress,
  notModifiedHead,
  varying,
} from "../../../../../server-agent/worker/coding/compressed-head.ts";
import { compileCompression } from "../../../../../server-agent/worker/coding/compression.ts";

const USUAL = compileCompression(true);
const HTML = ["Content-Type", "text/html; charset=utf-8"];

it.each<[string, number, string[], boolean]>([
  ["a page", 200, HTML, true],
  ["an error page", 404, HTML, true],
  ["JSON in capitals", 200, ["content-type", "Application/JSON"], true],
  ["a length that is worth it", 200, [...HTML, "Content-Length", "1024"], true],
  ["a short one", 200, [...HTML, "Content-Length", "1023"], false],
  ["no type", 200, [], false],
  ["an image", 200, ["Content-Type", "image/png"], false],
  ["events", 200, ["Content-Type", "text/event-stream"], false],
  ["a part", 206, HTML, false],
  ["a part by its field", 200, [...HTML, "Content-Range", "bytes 0-1/2"], false],
  ["nothing", 204, HTML, false],
  ["what is coded", 200, [...HTML, "Content-Encoding", "br"], false],
  ["what says that it is not coded", 200, [...HTML, "Content-Encoding", "identity"], true],
  ["what must not be changed", 200, [...HTML, "Cache-Control", "public, No-Transform"], false],
  ["what logs somebody in", 200, [...HTML, "Set-Cookie", "a=1"], false],
])("%s (%d)", (_, status, fields, expected) => {
  expect(mayCompress(status, fields, USUAL)).toBe(expected);
});

it("takes types of one's own instead", () => {
  const own = compileCompression({ types: ["application/x-own", "model/*"], minBytes: 0 });
  for (const [type, expected] of [
    ["application/x-own", true],
    ["model/obj", true],
    ["text/html", false],
  ] as const)
    expect(mayCompress(200, ["Content-Type", type, "Content-Length", "0"], own)).toBe(expected);
});

it("says what has changed, once", () => {
  const fields = ["ETag", '"1"', "Accept-Ranges", "bytes", "Content-Length", "9", "Vary", "Cookie, Accept-Encoding"];
  expect(compressedHead(fields, "gzip")).toEqual([
    "ETag",
    'W/"1"',
    "Vary",
    "Cookie, Accept-Encoding",
    "Content-Encoding",
    "gzip",
  ]);
  expect(notModifiedHead(["ETag", 'W/"1"'])).toEqual(["ETag", 'W/"1"', "Vary", "Accept-Encoding"]);
  expect(varying(["vary", "*"])).toEqual(["vary", "*"]);
});
