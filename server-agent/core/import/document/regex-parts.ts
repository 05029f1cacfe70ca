/** Expressions taken apart, for what they are about is only a part of what is compared here. */

/** @param start Behind the parenthesis that opens. @returns where it is closed. */
export function endOfGroup(pattern: string, start: number): number {
  let depth = 1;
  let isClass = false;
  for (let index = start; index < pattern.length; index += 1) {
    const letter = pattern[index];
    if (letter === "\\") index += 1;
    else if (isClass) isClass = letter !== "]";
    else if (letter === "[") isClass = true;
    else if (letter === "(") depth += 1;
    else if (letter === ")") depth -= 1;
    if (depth === 0) return index;
  }
  return pattern.length;
}

/** What stands between bars that are in no group. */
export function alternativesOf(pattern: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let isClass = false;
  let start = 0;
  for (let index = 0; index < pattern.length; index += 1) {
    const letter = pattern[index];
    if (letter === "\\") index += 1;
    else if (isClass) isClass = letter !== "]";
    else if (letter === "[") isClass = true;
    else if (letter === "(") depth += 1;
    else if (letter === ")") depth -= 1;
    else if (letter === "|" && depth === 0) {
      found.push(pattern.slice(start, index));
      start = index + 1;
    }
  }
  return [...found, pattern.slice(start)];
}

/**
 * The same alternatives, each with `^` at its beginning or nowhere; undefined where it stands
 * elsewhere. Groups may be numbered anew.
 */
export function startsOf(pattern: string): string[] | undefined {
  const found: string[] = [];
  for (const part of alternativesOf(pattern)) {
    const apart = withoutGroup(part);
    const starts = apart === undefined ? [part] : apart.flatMap((each) => startsOf(each) ?? ["^^"]);
    if (starts.some((each) => /(?<![\\[])\^/.test(each.replace(/^\^/, "")))) return undefined;
    found.push(...starts);
  }
  return found;
}

/** `(^a|b)c` as `^ac` and `bc`; undefined where no group in front has such a beginning. */
function withoutGroup(part: string): string[] | undefined {
  const opening = /^\((?:\?:)?(?!\?)/.exec(part)?.[0];
  if (opening === undefined) return undefined;
  const end = endOfGroup(part, opening.length);
  const inside = alternativesOf(part.slice(opening.length, end));
  const rest = part.slice(end + 1);
  if (/^[*+?{]/.test(rest) || !inside.some((each) => /(?<![\\[])\^/.test(each))) return undefined;
  return inside.map((each) => each + rest);
}
