/**
 * Whom a change affects, in sentences: `Visitors of blog.example.com get default instead of blog.`
 */
import { t } from "../../main/language/translate.ts";
import { nameList } from "../../main/language/name-list.ts";
import type { Effect } from "./affected.ts";

/** So many names are said in a sentence, and so many sentences; the others are counted. */
const MAX_NAMED = 4;
const MAX_SENTENCES = 8;

export interface Sentence {
  text: string;
  tone: "live" | "closed" | "plain";
}

export function affectedWords(effects: readonly Effect[]): Sentence[] {
  const more = effects.length - MAX_SENTENCES;
  const sentences = effects
    .slice(0, MAX_SENTENCES)
    .map((effect): Sentence => ({ text: sentence(effect), tone: toneOf(effect) }));
  if (more <= 0) return sentences;
  const text = t("And {count, plural, one {# more change} other {# more changes}}.", { count: more });
  return [...sentences, { text, tone: "plain" }];
}

function sentence(effect: Effect): string {
  switch (effect.what) {
    case "answerer":
      return t("Visitors of {names} get {to} instead of {from}.", {
        names: named(effect.hosts),
        to: effect.to,
        from: effect.from,
      });
    case "answer":
      return t("Visitors of {names} get another answer.", { names: named(effect.hosts) });
    case "closed":
      return t("In maintenance: {names}.", { names: named(effect.hosts) });
    case "live":
      return t("Live again: {names}.", { names: named(effect.hosts) });
    case "unheard":
      return t("Nobody is answered at {addresses} any more.", { addresses: named(effect.at) });
    case "heard":
      return t("Visitors are answered at {addresses}, too.", { addresses: named(effect.at) });
    case "reheard":
      return t("The listener at {addresses} changes.", { addresses: named(effect.at) });
    case "trust":
      return t("Other proxies are trusted, so visitors of all sites may be seen with other addresses.");
    case "places":
      return t("Other files say in which countries visitors are.");
  }
}

function toneOf({ what }: Effect): Sentence["tone"] {
  return what === "live" || what === "closed" ? what : "plain";
}

function named(names: readonly string[]): string {
  return nameList(names, MAX_NAMED);
}
