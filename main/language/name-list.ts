/** Names in a sentence: `shop`, `shop and blog`, `shop, blog, wiki and 5 more`. Pure. */
import { locale } from "./language.ts";
import { t } from "./translate.ts";

/** @param max so many are named; the others are counted */
export function nameList(names: readonly string[], max = Infinity): string {
  const more = names.length - max;
  const shown = more > 0 ? [...names.slice(0, max), t("{count, plural, other {# more}}", { count: more })] : names;
  return new Intl.ListFormat(locale()).format(shown);
}
