import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTarget } from "../../../../../server-agent/core/config/upstream-target.ts";

/** Protocol, TLS, HTTP/2; of a scheme that is not here, the protocol has its name. */
const SPOKEN: Readonly<Record<string, readonly [string, boolean, boolean]>> = {
  https: ["http", true, false],
  h2: ["http", true, true],
  h2c: ["http", false, true],
};

describe("a target", () => {
  it.each([
    ["http://127.0.0.1:3000", { host: "127.0.0.1", port: 3000 }, "127.0.0.1:3000"],
    ["http://App.internal", { host: "app.internal", port: 80 }, "app.internal"],
    ["http://app.internal:80/", { host: "app.internal", port: 80 }, "app.internal"],
    ["http://[2001:DB8:0::1]:81", { host: "2001:db8::1", port: 81 }, "[2001:db8::1]:81"],
    ["http://app_1:3000", { host: "app_1", port: 3000 }, "app_1:3000"],
    ["http://app.1a:80", { host: "app.1a", port: 80 }, "app.1a"],
    ["https://app.internal", { host: "app.internal", port: 443 }, "app.internal"],
    ["https://app.internal:80", { host: "app.internal", port: 80 }, "app.internal:80"],
    ["https://unix:/run/app.sock", { path: "/run/app.sock" }, "localhost"],
    ["h2://app.internal", { host: "app.internal", port: 443 }, "app.internal"],
    ["h2c://app.internal:50051", { host: "app.internal", port: 50051 }, "app.internal:50051"],
    ["h2c://unix:/run/app.sock", { path: "/run/app.sock" }, "localhost"],
    ["fcgi://php:9000", { host: "php", port: 9000 }, "php:9000"],
    ["fcgi://unix:/run/php/php-fpm.sock", { path: "/run/php/php-fpm.sock" }, "localhost"],
    ["http://unix:/run/a:b@c#d", { path: "/run/a:b@c#d" }, "localhost"],
    [`fcgi://unix:/${"x".repeat(106)}`, { path: `/${"x".repeat(106)}` }, "localhost"],
  ])("%s is read", (url, address, authority) => {
    const scheme = url.split(":")[0];
    const [protocol, isSecure, isHttp2] = SPOKEN[scheme ?? ""] ?? [scheme, false, false];
    expect(parseTarget(url)).toMatchObject({ protocol, isSecure, isHttp2, address, authority });
  });

  it.each([
    "http://app.1:80",
    "http://300.1.1.1:80",
    "http://0177.0.0.1",
    "http://10.0.0.010",
    "http://127.1",
    "http://2130706433",
    "http://0x7f.0.0.1",
    "http://0x7f000001",
    "http://127.0.0.1.",
    "http://1.2.3.4.5",
    "http://a..b",
    "http://.",
    "http://app:0",
    "http://app:65536",
    "http://[::1%25lo]:80",
    "https://app/path",
    "fcgi://php",
    "h3://app",
    "fcgi://unix:",
    "fcgi://unix:/",
    "fcgi://unix:/run/",
    "fcgi://unix:run/php.sock",
    "fcgi://unix:/run/a b",
    "fcgi://unix:/run/ä",
    `fcgi://unix:/${"x".repeat(107)}`,
    "unix:/run/php.sock",
  ])("%s is refused", (url) => {
    expect(parseTarget(url)).toBeUndefined();
  });

  it("leads where its text says: what is an address to others is the same address here", () => {
    const part = fc.oneof(fc.nat(300).map(String), fc.constantFrom("0x1", "010", "a", "1a", "-", "_"));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const host = parts.join(".");
        const target = parseTarget(`http://${host}:3000`);
        if (target === undefined) return;
        expect(URL.canParse(`http://${host}:3000`)).toBe(true);
        expect(new URL(`http://${host}:3000`).hostname).toBe(host);
      }),
    );
  });
});
