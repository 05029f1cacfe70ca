/**
 * An ssh_config(5) file as lines of words, split as OpenSSH splits them (`strdelim` and
 * `argv_split` in misc.c).
 *
 * The npm package `ssh-config` does not do this work: it throws the whole file away at one broken
 * line and knows no line numbers, it cuts a word at `#`, it reads neither single quotes nor `\ `,
 * and its `compute` knows no `Include` and no negated `Match`, and starts programs (`nslookup`, a
 * shell).
 */

import type { Result } from "../contract/failures.ts";
import { visibleText } from "../../server-agent/core/visible-text.ts";

export type ConfigLine =
  /**
   * `keyword` in lower case and without obsolete names; `rest` is the argument as written, for
   * commands.
   */
  | { kind: "directive"; line: number; keyword: string; words: string[]; rest: string }
  | { kind: "include"; line: number; files: ConfigFile[] }
  /** Nothing that ssh would accept. It stops only those connections that it applies to. */
  | { kind: "broken"; line: number; keyword: string; message: string };

export interface ConfigFile {
  path: string;
  lines: ConfigLine[];
}

export interface ConfigProblem {
  file: string;
  /** Counted from 1; missing when it is about the file as a whole. */
  line?: number;
  /** A whole sentence that names file and line. */
  message: string;
}

/** A problem on its way to the edge of the module, where it becomes a value. */
export class ConfigFault extends Error {
  readonly problem: ConfigProblem;

  constructor(file: string, line: number | undefined, what: string) {
    const place = line === undefined ? file : `${file} line ${line}`;
    super(visibleText(`${place}: ${what}`));
    this.name = "ConfigFault";
    this.problem = { file, ...(line === undefined ? {} : { line }), message: this.message };
  }
}

/** Runs a part that may meet a problem of the configuration. */
export function resultOf<T>(part: () => T): Result<T, ConfigProblem> {
  try {
    return { ok: true, value: part() };
  } catch (error) {
    if (error instanceof ConfigFault) return { ok: false, failure: error.problem };
    throw error;
  }
}

const LINE = /^[ \t]*(?:"([^"]*)"|([^ \t"=]+))[ \t]*=?[ \t]*(.*)$/s;
const BLANK = /^[ \t]*(?:#|$)/;

/** Names that OpenSSH still takes for others (readconf.c). */
const OBSOLETE_NAMES: Readonly<Record<string, string>> = {
  challengeresponseauthentication: "kbdinteractiveauthentication",
  dsaauthentication: "pubkeyauthentication",
  identityfile2: "identityfile",
  pubkeyacceptedkeytypes: "pubkeyacceptedalgorithms",
  skeyauthentication: "kbdinteractiveauthentication",
  smartcarddevice: "pkcs11provider",
  tisauthentication: "kbdinteractiveauthentication",
};

/** The lines of a file without comments and blank ones. Takes any text. */
export function parseLines(text: string): Exclude<ConfigLine, { kind: "include" }>[] {
  return text.split("\n").flatMap((raw, index) => {
    const content = raw.replace(/[ \t\r\f]+$/, "");
    return BLANK.test(content) ? [] : [parseLine(content, index + 1)];
  });
}

function parseLine(content: string, line: number): Exclude<ConfigLine, { kind: "include" }> {
  const [, quoted, bare, rest = ""] = LINE.exec(content) ?? [];
  const written = (quoted ?? bare ?? "").toLowerCase();
  const keyword = Object.hasOwn(OBSOLETE_NAMES, written) ? (OBSOLETE_NAMES[written] ?? written) : written;
  const broken = (message: string) => ({ kind: "broken" as const, line, keyword, message });
  if (keyword === "") return broken("there is no keyword in front of the value");
  if (rest === "") return broken(`“${printable(written)}” needs a value`);
  const words = splitWords(rest);
  if (words === undefined) return broken("a quote is not closed");
  // Differs from ssh on purpose: where a list may follow, ssh takes a value that is only a remark
  // for no value.
  if (words.length === 0 || words.includes("")) return broken(`“${printable(written)}” has an empty value`);
  return { kind: "directive", line, keyword, words, rest };
}

/** Text from a file for a message: not too long. */
export function printable(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/**
 * Words with quotes and escapes taken away, up to a word that begins with `#`; `undefined` when a
 * quote stays open.
 */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (quote === "" && (char === " " || char === "\t")) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (word === undefined && char === "#") {
      return words;
    } else if (char === "\\" && (next === "'" || next === '"' || next === "\\" || (quote === "" && next === " "))) {
      word = (word ?? "") + next;
      at += 1;
    } else if (quote === "" && (char === '"' || char === "'")) {
      quote = char;
      word ??= "";
    } else if (char === quote) {
      quote = "";
    } else word = (word ?? "") + char;
  }
  if (quote !== "") return undefined;
  return word === undefined ? words : [...words, word];
}
