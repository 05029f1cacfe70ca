/**
 * Takes the agent's own lines out of a configuration. Everything is read and planned without them,
 * so that what is taken out again is by itself what was there before.
 */

/** Ends every line of ours. */
export const MARK = "# backsoon";

/** Holds while the agent answers a request. */
export const IS_CLOSED = "{ var(txn.backsoon) -m found }";

/** What is put into a `redirect` of the owner's, which HAProxy runs behind every `http-request`. */
const GUARD = / (?:unless |\|\| |!)\{ var\(txn\.backsoon\) -m found \}/g;

const PROBE = /\bpath \/\.backsoon\/hook\/([0-9A-Za-z]+)\/([A-Za-z0-9][A-Za-z0-9._-]*) \}/;

/** Field of that answer, in lower case: a site may answer 204 to every path by itself. */
export const PROBE_FIELD = "backsoon-hook";

/** The path that answers 204 where the running server has the hook of this site. */
export function probePath(token: string, site: string): string {
  return `/.backsoon/hook/${token}/${site}`;
}

/** A site and the agent that one of our lines is for. */
export interface OwnProbe {
  readonly token: string;
  readonly site: string;
}

export interface Separated {
  /** The text without anything of ours. */
  readonly text: string;
  /** For each of its lines the number that it has in the file. */
  readonly numbers: readonly number[];
  /** Our lines that are for one site, and in front of which line of `text` each stands. */
  readonly probes: readonly (OwnProbe & { readonly before: number })[];
  readonly hasHook: boolean;
}

export function separate(whole: string): Separated {
  const numbers: number[] = [];
  const probes: (OwnProbe & { before: number })[] = [];
  let text = "";
  let hasHook = false;
  for (const [index, line] of (whole.match(/[^\n]*\n|[^\n]+/g) ?? []).entries()) {
    if (line.trimEnd().endsWith(MARK) && !line.trimStart().startsWith("#")) {
      hasHook = true;
      const [, token, site] = PROBE.exec(line) ?? [];
      if (token !== undefined && site !== undefined) probes.push({ token, site, before: numbers.length });
      continue;
    }
    numbers.push(index + 1);
    text += /^\s*redirect\s/.test(line) ? line.replace(GUARD, "") : line;
  }
  return { text, numbers, probes, hasHook };
}
