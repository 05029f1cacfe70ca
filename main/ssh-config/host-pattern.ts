/** Patterns of ssh_config(5) "PATTERNS", shared by the configuration and by known_hosts. */

/**
 * Whether the whole text matches a pattern with `*` (any characters) and `?` (exactly one). Goes
 * back to the last star only, so that no pattern takes more than `text.length * pattern.length`
 * steps, whoever wrote it.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    const wanted = pattern[inPattern];
    if (wanted === "*") {
      star = inPattern;
      resume = at;
      inPattern += 1;
    } else if (wanted === "?" || wanted === text[at]) {
      at += 1;
      inPattern += 1;
    } else if (star >= 0) {
      resume += 1;
      at = resume;
      inPattern = star + 1;
    } else return false;
  }
  while (pattern[inPattern] === "*") inPattern += 1;
  return inPattern === pattern.length;
}

/**
 * Whether one of the patterns matches and none of those with `!` does. Negations alone match
 * nothing.
 */
export function matchesPatterns(text: string, patterns: readonly string[]): boolean {
  let matched = false;
  for (const pattern of patterns) {
    if (pattern.startsWith("!")) {
      if (matchesPattern(text, pattern.slice(1))) return false;
    } else matched ||= matchesPattern(text, pattern);
  }
  return matched;
}

/** A comma separated list of patterns against a host name; capitals do not count. */
export function matchesHostList(host: string, list: string): boolean {
  return matchesPatterns(host.toLowerCase(), list.toLowerCase().split(","));
}
