import { describe, expect, it } from "vitest";
import {
  originForm,
  writeRequestHead,
  type RequestHead,
} from "../../../../../server-agent/worker/upstream/write-request-head.ts";

const plain: RequestHead = {
  method: "GET",
  version: "1.1",
  via: undefined,
  target: "/a?b",
  host: "shop.example.com",
  rawHeaders: [],
  connection: undefined,
  peerTrusted: false,
  added: "",
  forwarded: "X-Forwarded-For: 203.0.113.7\r\n",
  framing: "",
};

describe("writeRequestHead", () => {
  it("passes headers on in their order and spelling", () => {
    expect(
      writeRequestHead({
        ...plain,
        rawHeaders: ["Host", "x", "aCCept", "*/*", "Cookie", "a=1", "Cookie", "b=2", "X-Name", "K\xe4se"],
      }),
    ).toBe(
      "GET /a?b HTTP/1.1\r\nHost: shop.example.com\r\naCCept: */*\r\nCookie: a=1\r\nCookie: b=2\r\nX-Name: K\xe4se\r\nX-Forwarded-For: 203.0.113.7\r\nVia: 1.1 backsoon\r\n\r\n",
    );
  });

  it("leaves out what is about the connection, and what Connection names", () => {
    const rawHeaders = [
      "Connection",
      "close, X-Private, keep-alive",
      "Keep-Alive",
      "timeout=5",
      "TE",
      "trailers",
      "Trailer",
      "X",
      "Transfer-Encoding",
      "chunked",
      "Content-Length",
      "5",
    ];
    rawHeaders.push(
      "Upgrade",
      "h2c",
      "HTTP2-Settings",
      "x",
      "Proxy-Authorization",
      "secret",
      "Proxy-Connection",
      "x",
      "Proxy",
      "http://evil",
      "Expect",
      "100-continue",
      "x-private",
      "1",
      "Authorization",
      "kept",
    );
    expect(
      writeRequestHead({
        ...plain,
        rawHeaders,
        connection: "close, X-Private, keep-alive",
        framing: "Content-Length: 5\r\n",
      }),
    ).toBe(
      "GET /a?b HTTP/1.1\r\nHost: shop.example.com\r\nAuthorization: kept\r\nX-Forwarded-For: 203.0.113.7\r\nVia: 1.1 backsoon\r\nContent-Length: 5\r\n\r\n",
    );
  });

  const claims = [
    "X-Forwarded-For",
    "1.2.3.4",
    "x_forwarded_for",
    "1.2.3.4",
    "Forwarded",
    "for=1.2.3.4",
    "X-Real-IP",
    "1.2.3.4",
    "X_Real_Ip",
    "1.2.3.4",
    "X-Forwarded-Port",
    "443",
    "X-Forwarded-Proto",
    "https",
    "X-Forwarded-Host",
    "evil",
  ];

  it("drops every claim of a visitor about himself, however it is spelled", () => {
    expect(writeRequestHead({ ...plain, rawHeaders: claims })).toBe(writeRequestHead(plain));
  });

  it.each([
    "X-Original-URL",
    "x_original_url",
    "X-Original-URI",
    "X-Rewrite-URL",
    "X-Original-Host",
    "X-Host",
    "X-Envoy-Original-Path",
    "X-Replaced-Path",
  ])("drops %s, which some applications answer for in place of what was judged", (name) => {
    expect(writeRequestHead({ ...plain, rawHeaders: [name, "/admin"] })).toBe(writeRequestHead(plain));
    expect(writeRequestHead({ ...plain, rawHeaders: [name, "/admin"], peerTrusted: true })).toContain(
      `${name}: /admin\r\n`,
    );
  });

  it("passes on what a trusted proxy says beyond the headers that are rewritten", () => {
    expect(writeRequestHead({ ...plain, rawHeaders: claims, peerTrusted: true })).toBe(
      "GET /a?b HTTP/1.1\r\nHost: shop.example.com\r\nX-Real-IP: 1.2.3.4\r\nX_Real_Ip: 1.2.3.4\r\nX-Forwarded-Port: 443\r\nX-Forwarded-For: 203.0.113.7\r\nVia: 1.1 backsoon\r\n\r\n",
    );
  });

  it("cannot be told by Connection to drop what says who the visitor is", () => {
    expect(writeRequestHead({ ...plain, connection: "X-Forwarded-For, Host" })).toBe(writeRequestHead(plain));
  });
});

describe("originForm", () => {
  it.each([
    ["/a?b=c", "/a?b=c", undefined],
    ["*", "*", undefined],
    ["http://shop.example.com/a?b", "/a?b", "shop.example.com"],
    ["http://shop.example.com:81", "/", "shop.example.com:81"],
    ["HTTPS://user@shop.example.com?x", "/?x", "shop.example.com"],
    ["//double/slash", "//double/slash", undefined],
  ])("%s", (url, target, authority) => {
    expect(originForm(url)).toEqual({ target, authority });
  });
});
