import { domainToASCII, domainToUnicode } from "node:url";
import { describe, expect, it } from "vitest";
import { hostSearchText, readableHost } from "../../../../../main/contract/shared/host-name.ts";

describe("a host as people write it", () => {
  it.each([
    "bücher.example",
    "www.größe.example",
    "日本語ドメイン.example",
    "한국어.example",
    "пример.example",
    "пример.испытание",
    "παράδειγμα.example",
    "مثال.example",
    "उदाहरण.example",
    "straße-und-weg.example",
    "shop.éxample.com",
    "*.bücher.example",
  ])("%s", (name) => {
    const [star, rest] = name.startsWith("*.") ? ["*.", name.slice(2)] : ["", name];
    const ascii = star + domainToASCII(rest);
    expect(ascii).toContain("xn--");
    expect(readableHost(ascii)).toBe(star + domainToUnicode(domainToASCII(rest)));
  });

  it.each([
    // Cyrillic а between Latin letters; all look-alikes; dotless i; a click; Greek beside Latin.
    "pаypal.example",
    "аррӏе.com",
    "googlе.com",
    "paypaı.example",
    "exampleǃ.com",
    "οpera.example",
  ])("%s stays in Punycode: it passes for another", (name) => {
    const ascii = domainToASCII(name);
    expect(ascii).toContain("xn--");
    expect(readableHost(ascii)).toBe(ascii);
  });

  it.each([
    "shop.example.com",
    "*",
    "~^xn--.*$",
    "xn--",
    "xn--a",
    "xn--99999999999.example",
    "xn--abc-.example",
    "xn--0.pt",
  ])("%s is not the encoding of anything", (host) => expect(readableHost(host)).toBe(host));

  it("is found as it is written, as it is encoded, and where it is not shown as it reads", () => {
    expect(hostSearchText("xn--bcher-kva.example")).toBe("xn--bcher-kva.example\nbücher.example");
    expect(hostSearchText(domainToASCII("pаypal.example"))).toContain("pаypal.example");
    expect(hostSearchText("shop.example")).toBe("shop.example");
  });
});
