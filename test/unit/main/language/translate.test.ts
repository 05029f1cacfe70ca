import fs from "node:fs";
import path from "node:path";
import { IntlMessageFormat } from "intl-messageformat";
import { afterEach, describe, expect, it } from "vitest";
import { GERMAN } from "../../../../main/language/german.ts";
import { chooseLanguage, languageFor } from "../../../../main/language/language.ts";
import { t } from "../../../../main/language/translate.ts";

const ROOT = path.join(import.meta.dirname, "../../../..");
const CATALOGUE = path.join(ROOT, "main/language/german");

afterEach(() => {
  chooseLanguage("en");
});

/** The names of values in a message, with how they are used. */
function namesIn(message: string): string[] {
  const names: string[] = [];
  (function walk(elements: readonly unknown[]): void {
    for (const element of elements as {
      type: number;
      value?: string;
      options?: Record<string, { value: unknown[] }>;
    }[]) {
      if (element.type > 0 && element.type < 7 && element.value !== undefined) names.push(element.value);
      for (const option of Object.values(element.options ?? {})) walk(option.value);
    }
  })(new IntlMessageFormat(message, "en", undefined, { ignoreTag: true }).getAst());
  return [...new Set(names)].sort();
}

function sourcesIn(folder: string): string {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(CATALOGUE))
    .map((file) => fs.readFileSync(file, "utf8"))
    .join("\n");
}

describe("the catalogue", () => {
  it("has the same values in German", () => {
    const others = Object.entries(GERMAN).filter(
      ([english, german]) => namesIn(german).join(" ") !== namesIn(english).join(" "),
    );
    expect(others).toEqual([]);
  });

  it("has each message once, in one of its files", () => {
    const files = fs
      .readdirSync(CATALOGUE, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), "utf8"));
    const keys: readonly string[] =
      files.join("\n").match(/^ {2}(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z_$]\w*):/gm) ?? [];
    const twice = keys.filter((key, at) => keys.indexOf(key) !== at);
    expect(twice).toEqual([]);
    expect(keys).toHaveLength(Object.keys(GERMAN).length);
  });

  it("has no message that nothing says", () => {
    const code = sourcesIn("main") + sourcesIn("renderer");
    const unsaid = Object.keys(GERMAN).filter(
      (message) => ![JSON.stringify(message), `'${message}'`, `\`${message}\``].some((quoted) => code.includes(quoted)),
    );
    expect(unsaid).toEqual([]);
  });
});

describe("the language", () => {
  it.each([
    [["de-AT", "en"], "de"],
    [["fr-FR", "de"], "de"],
    [["en-US", "de-DE"], "en"],
    [["fr"], "en"],
    [[], "en"],
  ])("of a system with %j is %s", (tags, expected) => {
    expect(languageFor(tags)).toBe(expected);
  });

  it("decides what is said", () => {
    expect(t("Cancel")).toBe("Cancel");
    chooseLanguage("de");
    expect(t("Cancel")).toBe("Abbrechen");
  });
});
