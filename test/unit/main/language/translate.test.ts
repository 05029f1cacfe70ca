import fs from "node:fs";
import path from "node:path";
import { IntlMessageFormat } from "intl-messageformat";
import { afterEach, describe, expect, it } from "vitest";
import { GERMAN } from "../../../../main/language/german.ts";
import { chooseLanguage, languageFor } from "../../../../main/language/language.ts";
import { parts, t } from "../../../../main/language/translate.ts";

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

describe("German", () => {
  it("does not end a line before an ellipsis or a unit", () => {
    chooseLanguage("de");
    expect(t("Plan…")).toBe("Planen\u00a0…");
    expect(t("e.g. {example}", { example: "a b" })).toBe("z.\u00a0B. a b");
    expect(t("Extend {minutes} min", { minutes: 15 })).toBe("Um 15\u00a0min verlängern");
  });

  it("has days in the dative where a word wants that", () => {
    chooseLanguage("de");
    const days = t("{days, plural, one {# day} other {# days}}", { days: 14 });
    expect(t("in {time}", { time: days })).toBe("in 14 Tagen");
    expect(t("in about {time}", { time: days })).toBe("in etwa 14 Tagen");
    expect(t("last seen {time} ago", { time: days })).toBe("vor 14 Tagen zuletzt gesehen");
    expect(t("{time} overdue", { time: days })).toBe("14 Tage überfällig");
    expect(t("{time} before the end", { time: days })).toBe("14 Tage vor dem Ende");
    expect(
      parts("{server} cannot be reached. This is how it was last seen, {time} ago.", ["server"], { time: days }),
    ).toEqual([{ name: "server" }, { text: " ist nicht erreichbar. So wurde er zuletzt gesehen, vor 14 Tagen." }]);
  });
});
