import { describe, expect, it } from "vitest";
import type { WebServerSite } from "../../../../server-agent/contract/web-servers.ts";
import {
  cellWords,
  certificateWords,
  listenerWords,
  siteName,
  stateWords,
} from "../../../../renderer/web-servers/site-words.ts";
import { at } from "../../../support/desktop/desktop-fixtures.ts";
import { someWebSite } from "../../../support/desktop/web-servers.ts";

const NOW = Date.parse(at(12));
const generated = {
  code: "generated-file",
  message: "Plesk writes this file.",
  file: "/etc/nginx/plesk.conf",
  line: 10,
  refuses: true,
  paste: "include backsoon;",
};

function cell(state: WebServerSite["cells"][number]["state"]) {
  return { listener: "0.0.0.0:443", host: "shop.example.com", state, message: "" };
}

describe("a site of a web server in words", () => {
  it.each<[Partial<WebServerSite>, string, string]>([
    [{}, "live", "Ready, checked 12 s ago"],
    [{ state: "not-prepared", cells: [] }, "unknown", "Not prepared"],
    [{ state: "cannot-be-prepared", hazards: [generated] }, "disabled", "Cannot be prepared"],
    [{ state: "lost", cells: [cell("live"), cell("gone")] }, "failed", "Lost"],
    [{ state: "lost", cells: [cell("on-disk-only"), cell("gone")] }, "failed", "Lost"],
    [{ state: "lost", cells: [cell("live"), cell("on-disk-only")] }, "draining", "Waits for a reload"],
  ])("%j is %s: %s", (change, state, label) => {
    expect(stateWords(someWebSite(change), "nginx", NOW)).toMatchObject({ state, label });
  });

  it("names file and line of what is in the way", () => {
    expect(stateWords(someWebSite({ state: "cannot-be-prepared", hazards: [generated] }), "nginx", NOW).detail).toBe(
      "Plesk writes this file. (/etc/nginx/plesk.conf:10)",
    );
  });

  it("names listeners as the web server has them", () => {
    const listener = {
      address: "::",
      port: 443,
      tls: true,
      http2: true,
      proxyProtocol: false,
      clientCertificate: false,
    };
    expect(listenerWords(listener)).toBe("[::]:443 TLS HTTP/2");
    expect(listenerWords({ ...listener, address: "10.0.0.1", tls: false, http2: false })).toBe("10.0.0.1:443");
  });

  it("says when certificates end, and marks those that are late", () => {
    const certificates = [
      { file: "/a.pem", expiresAt: "2026-05-01T00:00:00Z" },
      { file: "/b.pem", expiresAt: "2026-03-05T00:00:00Z" },
      { file: "/c.pem", expiresAt: "2026-02-01T12:00:00Z" },
      { file: "/d.pem", message: "it cannot be read" },
    ];
    expect(certificateWords({ certificates }, NOW).map(({ words, isLate }) => [words.split(" ")[1], isLate])).toEqual([
      ["until", false],
      ["until", true],
      ["expired", true],
      ["end", false],
    ]);
  });

  it("shows what others have named as text", () => {
    expect(siteName({ hosts: ["shop\u202e.example"], id: "shop" })).toBe("shop\ufffd.example");
    expect(siteName({ hosts: ["*"], id: "default" })).toBe("all other hosts");
    expect(cellWords({ state: "gone", message: "404\u0007" })).toBe("404\ufffd");
    expect(cellWords({ state: "on-disk-only", message: "404" })).toBe("asks after the next reload");
    expect(cellWords({ state: "live", message: "204" })).toBe("asks the agent");
  });
});
