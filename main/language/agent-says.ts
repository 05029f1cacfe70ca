/**
 * What agents say in English, in the language of the app where its sentence is known. The table has
 * their sentences with a name in braces for each value; what is not in it is quoted as it came.
 */
import { AGENT_GERMAN, AGENT_VALUES_GERMAN } from "./agent-german.ts";
import { AGENT_IMPORT_GERMAN } from "./agent-import-german.ts";
import { dateFormat } from "./formats.ts";
import { withDativeDays } from "./german-text.ts";
import { currentLanguage, type Language } from "./language.ts";

interface Sentence {
  pattern: RegExp;
  inLanguage: string;
}

interface Table {
  sentences: Readonly<Record<string, string>>;
  values: readonly (readonly [RegExp, string])[];
  afterwards: (sentence: string) => string;
}

const TABLES: Record<Language, Table | undefined> = {
  en: undefined,
  de: {
    sentences: { ...AGENT_GERMAN, ...AGENT_IMPORT_GERMAN },
    values: AGENT_VALUES_GERMAN,
    afterwards: withDativeDays,
  },
};
const compiled = new Map<Language, readonly Sentence[]>();

/** `{names} is over` matches whole texts that end with ` is over`. */
function sentenceOf([english, inLanguage]: [string, string]): Sentence {
  const source = english
    .split(/(\{\w+\})/)
    .map((part) =>
      /^\{\w+\}$/.test(part) ? `(?<${part.slice(1, -1)}>.+?)` : part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"),
    )
    .join("");
  return { pattern: new RegExp(`^${source}$`, "s"), inLanguage };
}

/** As `Date.toISOString` writes it. */
const TIMESTAMP = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/**
 * A text of an agent, in the language of the app where its sentence is known. Its points in time
 * are those of this computer's clock, as everywhere in the app.
 */
export function agentSays(text: string): string {
  return translated(text).replaceAll(TIMESTAMP, (timestamp) => {
    const time = new Date(timestamp);
    return Number.isNaN(time.getTime()) ? timestamp : dateFormat(POINT_IN_TIME).format(time);
  });
}

const POINT_IN_TIME = {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
} as const;

function translated(text: string): string {
  const language = currentLanguage();
  const table = TABLES[language];
  if (table === undefined) return text;
  let sentences = compiled.get(language);
  if (sentences === undefined) compiled.set(language, (sentences = Object.entries(table.sentences).map(sentenceOf)));
  for (const { pattern, inLanguage } of sentences) {
    const found = pattern.exec(text);
    if (found === null) continue;
    // A reason is often a sentence itself.
    const sentence = inLanguage.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      table.values.reduce(
        (value, [words, inPlace]) => value.replace(words, inPlace),
        translated(found.groups?.[name] ?? ""),
      ),
    );
    return table.afterwards(sentence);
  }
  return text;
}
