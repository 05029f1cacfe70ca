/**
 * What agents say in English, in the language of the app where its sentence is known. The table has
 * their sentences with a name in braces for each value; what is not in it is quoted as it came.
 */
import { AGENT_GERMAN, AGENT_VALUES_GERMAN } from "./agent-german.ts";
import { withDativeDays } from "./german-text.ts";
import { currentLanguage, type Language } from "./language.ts";

interface Sentence {
  pattern: RegExp;
  translated: string;
}

interface Table {
  sentences: Readonly<Record<string, string>>;
  values: readonly (readonly [RegExp, string])[];
  afterwards: (sentence: string) => string;
}

const TABLES: Record<Language, Table | undefined> = {
  en: undefined,
  de: { sentences: AGENT_GERMAN, values: AGENT_VALUES_GERMAN, afterwards: withDativeDays },
};
const compiled = new Map<Language, readonly Sentence[]>();

/** `{names} is over` matches whole texts that end with ` is over`. */
function sentenceOf([english, translated]: [string, string]): Sentence {
  const source = english
    .split(/(\{\w+\})/)
    .map((part) =>
      /^\{\w+\}$/.test(part) ? `(?<${part.slice(1, -1)}>.+?)` : part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"),
    )
    .join("");
  return { pattern: new RegExp(`^${source}$`, "s"), translated };
}

/** A text of an agent; unchanged where its sentence is not known. */
export function agentSays(text: string): string {
  const language = currentLanguage();
  const table = TABLES[language];
  if (table === undefined) return text;
  let sentences = compiled.get(language);
  if (sentences === undefined) compiled.set(language, (sentences = Object.entries(table.sentences).map(sentenceOf)));
  for (const { pattern, translated } of sentences) {
    const found = pattern.exec(text);
    if (found === null) continue;
    // A reason is often a sentence itself.
    const sentence = translated.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      table.values.reduce(
        (value, [words, inPlace]) => value.replace(words, inPlace),
        agentSays(found.groups?.[name] ?? ""),
      ),
    );
    return table.afterwards(sentence);
  }
  return text;
}
