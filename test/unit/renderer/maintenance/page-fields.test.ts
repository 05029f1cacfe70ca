import { describe, expect, it } from "vitest";
import { colourOf, fieldsOfPage, pageOf, unusedLanguages } from "../../../../renderer/maintenance/page-fields.ts";
import type { PageContent } from "../../../../server-agent/contract/handler.ts";

describe("the fields of the built-in page", () => {
  it("take a colour as people write it", () => {
    expect(["#0a7d5c", "0A7D5C", " #0a7 ", "red", "#12345", ""].map(colourOf)).toEqual([
      "#0a7d5c",
      "#0a7d5c",
      "#00aa77",
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("give the page that they were filled from", () => {
    const pages: (PageContent | "default")[] = [
      "default",
      { language: "ja" },
      { title: "Zu", contact: "+49 30 1", language: "de", languages: { en: {}, zh: { text: "马上" } } },
      { logo: "data:image/png;base64,AA==", colour: "#123456" },
    ];
    for (const page of pages) expect(pageOf(fieldsOfPage(page))).toEqual(page);
  });

  it("show the words that visitors get, where the page's own language is also among the others", () => {
    const fields = fieldsOfPage({ title: "Hidden", contact: "a@b.c", languages: { en: { text: "Shown" } } });
    expect(fields).toMatchObject({ title: "", text: "Shown", contact: "a@b.c", translations: [] });
  });

  it("offer the languages that have no words yet", () => {
    expect(unusedLanguages(fieldsOfPage({ language: "de", languages: { en: {}, zh: {} } }))).toEqual([
      "fr",
      "es",
      "pt",
      "ja",
    ]);
  });
});
