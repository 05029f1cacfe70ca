import { describe, expect, it } from "vitest";
import type { PageContent } from "../../../../../server-agent/contract/handler.ts";
import { PAGE_LANGUAGES } from "../../../../../server-agent/contract/page-language.ts";
import { renderMaintenance } from "../../../../../server-agent/core/maintenance/page.ts";
import { chooseLanguage, languagesOf } from "../../../../../server-agent/core/maintenance/page-language.ts";

const NOW = Date.parse("2026-11-23T00:30:00Z");

describe("the language of the built-in page", () => {
  it.each([
    [undefined, "en"],
    ["", "en"],
    ["de", "de"],
    ["de-AT,de;q=0.9,en;q=0.8", "de"],
    ["nl, fr;q=0.7, de;q=0.8", "de"],
    ["fr;q=0.8,de;q=0.8", "fr"],
    ["zh-Hant-TW", "zh"],
    ["PT-br", "pt"],
    ["nl,sv", "en"],
    ["*", "en"],
    ["en;q=0, *", "de"],
    ["de;q=0, fr;q=0.1", "fr"],
    ["de;q=0", "en"],
    ["de ; q = 0.5 , ja;q=1.000", "ja"],
    ["de;q=2, fr;q=x, es;q=0.1", "es"],
    ["<script>,,;q=1,de", "de"],
  ])("of a visitor with Accept-Language %j is %s", (accept, language) => {
    expect(chooseLanguage(accept, PAGE_LANGUAGES, "en")).toBe(language);
  });

  it("is one that the operator's words are in, where there are some", () => {
    expect(languagesOf({ page: { contact: "a@b.example", language: "de" } })).toEqual(PAGE_LANGUAGES);
    expect(languagesOf({ page: { title: "Umbau", language: "de", languages: { fr: { title: "Travaux" } } } })).toEqual([
      "de",
      "fr",
    ]);
  });

  it.each(PAGE_LANGUAGES)("in %s: its words, its tag, and when it is back", (language) => {
    const near = { type: "maintenance", page: "default", until: "2026-11-23T02:30:00Z" } as const;
    const page = renderMaintenance(near, "html", NOW, language);
    expect(page.headers["Content-Language"]).toBe(language);
    expect(page.body).toContain(`<html lang="${language}">`);
    expect(page.body).toContain('<time datetime="2026-11-23T02:30:00.000Z">02:30 UTC</time>');
    const far = renderMaintenance({ ...near, until: "2027-01-05T02:30:00Z" }, "html", NOW, language).body;
    expect(far).toMatch(/<time datetime="2027-01-05T02:30:00.000Z">[^<]*2027[^<]*02:30 UTC<\/time>/);
  });

  it("says the operator's words in each language, and whom to contact as a link", () => {
    const page: PageContent = {
      title: "Umbau",
      text: "Neue Regale.",
      contact: "Help: help@shop.example, https://status.shop.example/?a=1&b=2. +49 30 1234-56",
      colour: "#0a7d5c",
      language: "de",
      languages: { fr: { title: "Travaux" } },
    };
    const own = (language?: "fr") => renderMaintenance({ type: "maintenance", page }, "html", NOW, language).body;
    expect(own()).toContain("<h1>Umbau</h1>");
    expect(own("fr")).toContain("<h1>Travaux</h1>");
    expect(own("fr")).not.toContain("Neue Regale");
    expect(own()).toContain('<a href="mailto:help@shop.example" rel="noreferrer">help@shop.example</a>');
    expect(own()).toContain('<a href="https://status.shop.example/?a=1&amp;b=2" rel="noreferrer">');
    expect(own()).toContain('<a href="tel:+4930123456" rel="noreferrer">');
    expect(own()).toContain("#0a7d5c");
    const evil = { contact: `javascript:alert(1) https://x.example/"onload=x <b>` };
    const html = renderMaintenance({ type: "maintenance", page: evil }, "html", NOW).body;
    expect(html).not.toMatch(/href="javascript|<b>|="[^"]*"onload/);
  });
});
