/** Which names of hosts a configuration asks for, as far as they can be told. */
import { parseHostPattern } from "../routing/host-pattern.ts";

/** A test of the name that a visitor asks for. */
export interface HostTest {
  /** Hosts as a virtual host has them; those of one test belong together. */
  readonly hosts: readonly string[];
  /** What cannot be told, as written. */
  readonly unknown: readonly string[];
  /** Each name stands for itself, as in a file with one a line. */
  readonly isList: boolean;
}

/** Text of a file that a configuration names; undefined where it cannot be read. */
export type FileText = (path: string) => string | undefined;

const HOST_FETCH =
  /^(?:(?:req\.)?f?hdr(?:_(beg|end|dom|sub|reg|ip))?\(host(?:,-?\d+)?\)|(?:ssl_fc_sni|req\.ssl_sni|req_ssl_sni)(?:_(end|reg))?)(?![\w(])/i;
const MAX_EXPANDED = 16;

/** @param words `hdr(host) -i a.example.com`; undefined where it tests something else. */
export function readHostTest(words: readonly string[], fileText: FileText): HostTest | undefined {
  const [fetch = "", ...rest] = words;
  const found = HOST_FETCH.exec(fetch);
  if (found === null) return undefined;
  let match = found[1] ?? found[2] ?? "str";
  const values: string[] = [];
  let isList = false;
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] ?? "";
    if (word === "-m") match = rest[(index += 1)] ?? "str";
    else if (word === "-f") {
      const text = fileText(rest[(index += 1)] ?? "");
      isList = true;
      values.push(...(text === undefined ? [] : keysOf(text)));
    } else if (!/^-(?:i|n|-)$/.test(word)) values.push(word);
  }
  return testOf(values, match, isList);
}

/** `%[req.hdr(host),lower,map_dom(/etc/hosts.map,web)]`; undefined without a map of hosts. */
export function readHostMap(expression: string, fileText: FileText): HostTest | undefined {
  const found = /\bmap(?:_(str|beg|end|dom|reg|sub))?(?:_\w+)?\(([^,)]+)/.exec(expression);
  if (found === null || !/hdr\(host\)|ssl_fc_sni|ssl_sni/i.test(expression)) return undefined;
  const text = fileText(found[2] ?? "");
  return testOf(text === undefined ? [] : keysOf(text), found[1] ?? "str", true);
}

/** The first word of each line of a file with patterns or of a map. */
function keysOf(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const key = line.trim().split(/\s+/)[0] ?? "";
    return key === "" || key.startsWith("#") ? [] : [key];
  });
}

function testOf(values: readonly string[], match: string, isList: boolean): HostTest {
  const hosts = new Set<string>();
  const unknown: string[] = [];
  for (const value of values) {
    const made = hostsOf(value.toLowerCase(), match).filter(
      (host) => !host.includes("[") && !host.startsWith("~") && parseHostPattern(host).ok,
    );
    if (made.length === 0) unknown.push(value);
    for (const host of made) hosts.add(host);
  }
  return { hosts: [...hosts], unknown, isList };
}

function hostsOf(value: string, match: string): string[] {
  if (match === "reg") return expand(value);
  const name = value.replace(/:\d+$/, "");
  const isWhole = /^[^.]+(?:\.[^.]+)+$/.test(name) || name === "localhost" || /^\w[\w-]*$/.test(name);
  switch (match) {
    case "str":
      return isWhole ? [name] : [];
    case "beg":
      // With more behind it than a port it would be another name; `www.` alone is none.
      return isWhole && name.includes(".") ? [name] : [];
    case "end":
      if (name.startsWith(".")) return [`*${name}`];
      return name.includes(".") ? [name, `*.${name}`] : [];
    case "dom":
      return isWhole && name.includes(".") ? [name, `*.${name}`] : [];
    default:
      return [];
  }
}

/** What a simple expression matches: `^(www\.)?(shop|store)\.example\.com(:\d+)?$`. */
function expand(expression: string): string[] {
  const body = expression.replace(/^\^/, "").replace(/(?:\(\?*:*:[^)]*\)\??\*?)?\$$/, "");
  if (!expression.startsWith("^") || body === "") return [];
  let made = [""];
  for (let at = 0; at < body.length;) {
    const part = /^\((?:\?:)?([a-z0-9|\\.-]+)\)(\??)|^([a-z0-9-])(?![?*+{])|^\\\./.exec(body.slice(at));
    if (part === null) return [];
    const choices = part[1] === undefined ? [part[3] ?? "."] : part[1].replaceAll(String.raw`\.`, ".").split("|");
    const all = part[2] === "?" ? [...choices, ""] : choices;
    made = made.flatMap((start) => all.map((next) => start + next));
    if (made.length > MAX_EXPANDED) return [];
    at += part[0].length;
  }
  return made.sort((a, b) => a.length - b.length);
}
