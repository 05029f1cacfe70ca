import { describe, expect, it } from "vitest";
import type { SiteCertificate } from "../../../../main/contract/agent.ts";
import { conditionOf, inOrder, lifeWords, renewalWords } from "../../../../renderer/certificates/certificate-words.ts";

const NOW = Date.parse("2030-03-01T12:00:00Z");
const LIFE = { begins: "2030-01-05T12:00:00Z", ends: "2030-04-05T12:00:00Z" };
const FAILURE = { at: LIFE.begins, attempts: 2, message: "no", retryAt: LIFE.ends };

function issued(acme: Partial<NonNullable<SiteCertificate["acme"]>> = {}, life: Partial<SiteCertificate> = LIFE) {
  return {
    site: "shop",
    names: ["shop.example.com"],
    ...life,
    acme: { authority: "le", issued: true, orderAt: LIFE.ends, ...acme },
  };
}

describe("a certificate", () => {
  it.each<[string, SiteCertificate, string, string]>([
    ["that is fine", issued(), "live", "Valid"],
    ["on order", issued({ ordering: true, failure: FAILURE }), "draining", "Being ordered"],
    ["that the agent signed", issued({ issued: false }), "failed", "Self-signed"],
    ["that could not be renewed", issued({ failure: FAILURE }), "failed", "Not renewed"],
    ["in unusable files", { site: "shop", names: [] }, "failed", "Cannot be read"],
    ["that ended", { site: "shop", names: [], ...LIFE, ends: "2030-02-28T12:00:00Z" }, "failed", "Expired"],
    ["of the future", { site: "shop", names: [], ...LIFE, begins: "2030-03-02T12:00:00Z" }, "failed", "Not valid yet"],
    ["near its end", { site: "shop", names: [], ...LIFE, ends: "2030-03-03T12:00:00Z" }, "failed", "Expires soon"],
  ])("%s", (_, certificate, state, label) => {
    expect(conditionOf(certificate, NOW)).toEqual({ state, label });
  });

  it("says until when it is valid, and how long that is", () => {
    expect(lifeWords(issued(), NOW)).toBe("until 5 Apr 2030 (in 35 days)");
    expect(lifeWords(issued({}, { ...LIFE, ends: "2030-02-27T12:00:00Z" }), NOW)).toBe(
      "ended 27 Feb 2030 (2 days ago)",
    );
    expect(lifeWords({ site: "shop", names: [] }, NOW)).toBe("not known");
  });

  it("says who renews it", () => {
    expect(renewalWords(issued(), { acme: "le" }, NOW)).toMatch(/^automatically by le, next: /);
    expect(renewalWords(issued({ issued: false }), { acme: "le" }, NOW)).toMatch(/until then the agent signs it$/);
    expect(renewalWords({ site: "a", names: [] }, { certificate: "/a.pem", key: "/a.key" }, NOW)).toBe(
      "by whoever writes /a.pem",
    );
  });

  it("comes first where somebody has to look at it", () => {
    const later = { ...issued(), site: "later", ends: "2030-05-01T12:00:00Z" };
    const broken = { ...later, site: "broken", acme: { ...later.acme, failure: FAILURE } };
    expect(inOrder([later, issued(), broken], NOW).map(({ site }) => site)).toEqual(["broken", "shop", "later"]);
  });
});
