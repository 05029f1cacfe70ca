/** The preview of what visitors get, in each language that they can get it in. */
import { describe, expect, it } from "vitest";
import { previewOn } from "../../../../main/maintenance/preview.ts";
import type { MaintenanceOptions } from "../../../../server-agent/contract/maintenance.ts";
import type { PageLanguage } from "../../../../server-agent/contract/page-language.ts";
import { configOf, virtualHostOf } from "../../../support/agent/config.ts";

const CONFIG = configOf([virtualHostOf("shop", ["shop.test"])]);

function preview(options: Omit<MaintenanceOptions, "site">, language?: PageLanguage) {
  const shown: string[] = [];
  const show = (html: string) => String(shown.push(html));
  const result = previewOn(CONFIG, { site: "shop", ...options }, new Date(0), show, language);
  if (!result.ok) throw new Error(result.failure.message);
  return { ...result.value, html: shown[0] ?? "" };
}

describe("the preview of the page", () => {
  it("is in the language that was asked for, with the words of the operator", () => {
    const page = { title: "Soon", languages: { de: { title: "Gleich" } } };
    expect(preview({ page }).html).toContain("<h1>Soon</h1>");
    const german = preview({ page }, "de");
    expect(german).toMatchObject({ languages: ["en", "de"], language: "de" });
    expect(german.html).toContain("<h1>Gleich</h1>");
    expect(german.page).toContain("Content-Language: de");
    expect(german.api).toContain("Gleich");
  });

  it("is never in one that visitors do not get", () => {
    const page = { title: "Gleich", language: "de" as const };
    expect(preview({ page }, "fr")).toMatchObject({ languages: ["de"], language: "de" });
    expect(preview({ page: "default" }, "fr")).toMatchObject({ language: "fr" });
    expect(preview({ root: "/srv/pages/shop" }, "fr").languages).toEqual([]);
  });
});
