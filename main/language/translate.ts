/**
 * What the app says, in the language of the app. The English message is its own name; the
 * catalogue of each other language has it as a key, so that a message without a translation does
 * not compile. Messages are ICU MessageFormat: `{count, plural, one {# site} other {# sites}}`.
 */
import { IntlMessageFormat } from "intl-messageformat";
import { withDativeDays, withFixedSpaces } from "./german-text.ts";
import { GERMAN } from "./german.ts";
import { currentLanguage, locale, type Language } from "./language.ts";

export type Message = keyof typeof GERMAN;

interface Catalogue {
  messages: Readonly<Record<Message, string>>;
  /** What is done to a message before its values are in it, and afterwards. */
  before: (message: string) => string;
  afterwards: (sentence: string) => string;
}

/** `undefined`: the language of the code. */
const CATALOGUES: Record<Language, Catalogue | undefined> = {
  en: undefined,
  de: { messages: GERMAN, before: withFixedSpaces, afterwards: withDativeDays },
};

type NotAName = `${string}${" " | "#" | "{" | "}" | "'"}${string}` | "";
type NameAtStart<Text extends string> = Text extends `${infer Upto}}${string}`
  ? Upto extends `${infer Name},${string}`
    ? Exclude<Name, NotAName>
    : Exclude<Upto, NotAName>
  : never;
/** The names between braces. A plural's branch of one word alone would be taken for a name. */
type NamesOf<Text extends string> = Text extends `${string}{${infer Rest}` ? NameAtStart<Rest> | NamesOf<Rest> : never;

/** A message without values, as tables have them until one is shown. */
export type PlainMessage = { [Text in Message]: [NamesOf<Text>] extends [never] ? Text : never }[Message];

const formats = new Map<string, IntlMessageFormat>();

function formatOf(message: Message): IntlMessageFormat {
  const language = currentLanguage();
  const key = `${language} ${message}`;
  let format = formats.get(key);
  if (format === undefined) {
    const catalogue = CATALOGUES[language];
    const text = catalogue === undefined ? message : catalogue.before(catalogue.messages[message]);
    format = new IntlMessageFormat(text, locale(), undefined, { ignoreTag: true });
    formats.set(key, format);
  }
  return format;
}

function finished(sentence: string): string {
  return CATALOGUES[currentLanguage()]?.afterwards(sentence) ?? sentence;
}

/**
 * A message in the language of the app, with its values. Call it when the message is shown, never
 * in a constant of a module.
 */
export function t<Text extends Message>(
  message: Text,
  ...[values]: [NamesOf<Text>] extends [never] ? [] : [values: Record<NamesOf<Text>, string | number>]
): string {
  return finished(formatOf(message).format(values) as string);
}

/** A piece of a message: text, or the name of what stands there. */
type Part = { readonly text: string } | { readonly name: string };

/**
 * A message in pieces, for what is more than text in the middle of it: a link, a name in bold.
 *
 * @param names those that the caller fills in by itself; `values` has all others.
 */
export function parts(
  message: Message,
  names: readonly string[],
  values: Readonly<Record<string, string | number>> = {},
): Part[] {
  const marks = Object.fromEntries(names.map((name) => [name, { name }]));
  return formatOf(message)
    .formatToParts<{ name: string }>({ ...values, ...marks })
    .map(({ value }) => (typeof value === "object" ? value : { text: finished(value) }));
}
