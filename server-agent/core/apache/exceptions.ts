/**
 * Turns the exceptions of a closed site into the files by which Apache decides them, or says which
 * it cannot decide: Apache has no way to ask while a request waits.
 */
import type { Condition } from "../../contract/condition.ts";
import type { Config, VirtualHost } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import { childPointer } from "../json-pointer.ts";
import { coversHost } from "../maintenance/host-coverage.ts";
import type { ClosedSite } from "../web-servers/closed-sites.ts";
import { quote } from "../wording.ts";
import { MAX_EXCEPTIONS, MAX_PREFIX_SEGMENTS } from "./exception-tests.ts";
import { networkNames } from "./network-names.ts";

/** Hash of a text as a name of a file: SHA-1 in hexadecimal. */
export type Hash = (text: string) => string;

/** What has to hold together: text of each file, by its name below the exception's folder. */
type Slot = ReadonlyMap<string, string>;

export type FilesOrProblems =
  { ok: true; files: ReadonlyMap<string, string> } | { ok: false; problems: readonly Problem[] };

/** By name below `except/SITE`. */
export function exceptionFiles(config: Config, closed: ClosedSite, hash: Hash): FilesOrProblems {
  const compiler = new Compiler(hash);
  const slots = compiler.slotsOf(config, closed);
  if (slots.length > MAX_EXCEPTIONS)
    compiler.refuse(
      "",
      `Apache can decide ${String(MAX_EXCEPTIONS)} exceptions of a site, and these are ${String(slots.length)}; every one that is written as \`any\`, or with several cookies, counts as several`,
    );
  if (compiler.problems.length > 0) return { ok: false, problems: compiler.problems };
  const files = slots.flatMap((slot, index) =>
    [...slot].map(([name, text]) => [`${String(index + 1)}/${name}`, text] as const),
  );
  return { ok: true, files: new Map(files) };
}

class Compiler {
  readonly problems: Problem[] = [];
  readonly #hash: Hash;

  constructor(hash: Hash) {
    this.#hash = hash;
  }

  refuse(path: string, message: string): Slot[] {
    this.problems.push({ path, code: "exception.unsupported", message });
    return [];
  }

  slotsOf({ virtualHosts }: Config, { site, closing }: ClosedSite): Slot[] {
    const at = (one: VirtualHost | undefined) =>
      `/virtualHosts/${String(one === undefined ? 0 : virtualHosts.indexOf(one))}`;
    const original = virtualHosts.find(({ id }) => id === site);
    const [copycat, another] = closing;
    if (
      original === undefined ||
      original.when !== undefined ||
      original.rules[0]?.when !== undefined ||
      original.rules[0]?.handler?.type !== "foreign"
    )
      return this.refuse(at(original), "Apache can only be asked for all of a site; take the conditions and rules out");
    if (copycat === undefined || another !== undefined)
      return this.refuse(at(another ?? original), "Apache cannot decide between several virtual hosts above the site");
    const conditional = copycat.rules.findIndex(({ when }) => when !== undefined);
    if (conditional >= 0 && !copycat.rules.slice(0, conditional).some(answersAll))
      return this.refuse(
        `${at(copycat)}/rules/${String(conditional)}/when`,
        "Apache cannot decide which rule answers; take the condition out",
      );
    const hosts = original.hosts.flatMap((host, index) =>
      this.#uncovered(host, copycat, `${at(original)}/hosts/${String(index)}`),
    );
    const { when } = copycat;
    if (when === undefined) return hosts;
    const where = `${at(copycat)}/when`;
    if (when.not === undefined || Object.keys(when).length > 1)
      return this.refuse(where, "Apache can decide who is let in (`not`), and nothing else");
    return [...hosts, ...this.#alternatives(when.not, `${where}/not`)];
  }

  /** A name of the site for which it stays open. */
  #uncovered(host: string, copycat: VirtualHost, path: string): Slot[] {
    if (copycat.hosts.some((one) => coversHost(one, host))) return [];
    if (/^[~*]/.test(host)) return this.refuse(path, `${quote(host)} stays open in part, which Apache cannot decide`);
    return [this.#named("host", [host.toLowerCase()])];
  }

  /** At least one of these has to hold. */
  #alternatives(condition: Condition, path: string): Slot[] {
    let slots: Slot[] = [new Map()];
    for (const key of Object.keys(condition) as (keyof Condition)[]) {
      const more = this.#ofKey(condition, key, childPointer(path, key));
      slots = slots.flatMap((slot) => more.map((other) => this.#both(slot, other, path)));
    }
    return slots;
  }

  #both(one: Slot, other: Slot, path: string): Slot {
    const taken = new Set([...one.keys()].map(dimension));
    if ([...other.keys()].some((name) => taken.has(dimension(name))))
      this.refuse(path, "Apache cannot decide two conditions of one kind that must both hold; write one");
    return new Map([...one, ...other]);
  }

  #ofKey(condition: Condition, key: keyof Condition, path: string): Slot[] {
    switch (key) {
      case "any":
        return (condition.any ?? []).flatMap((one, index) => this.#alternatives(one, childPointer(path, index)));
      case "all":
        return (condition.all ?? []).reduce<Slot[]>(
          (slots, one, index) => {
            const more = this.#alternatives(one, childPointer(path, index));
            return slots.flatMap((slot) => more.map((other) => this.#both(slot, other, path)));
          },
          [new Map()],
        );
      case "path":
        return this.#paths(listed(condition.path), path);
      case "from":
        return this.#addresses(listed(condition.from), path);
      case "method":
        return [this.#named("method", listed(condition.method))];
      case "extension":
        return [this.#named("extension", listed(condition.extension))];
      case "tls":
        return [new Map([[`tls/${condition.tls === true ? "on" : "off"}`, ""]])];
      case "header":
        return this.#header(condition.header ?? {}, path);
      case "pass":
        return [new Map([["pass", ""]])];
      case "cookie":
        return this.#cookie(condition.cookie ?? {}, path);
      default:
        return this.refuse(
          path,
          `Apache cannot decide \`${key}\`; use \`path\`, \`from\`, \`method\`, \`extension\`, \`tls\`, \`pass\`, or \`header\` and \`cookie\` with a value`,
        );
    }
  }

  #paths(paths: readonly string[], path: string): Slot[] {
    if (paths.includes("/*")) return [new Map()];
    const deep = paths.find((one) => one.endsWith("/*") && one.split("/").length - 2 > MAX_PREFIX_SEGMENTS);
    if (deep !== undefined)
      return this.refuse(
        path,
        `Apache can decide \`/*\` behind ${String(MAX_PREFIX_SEGMENTS)} segments at most; ${quote(deep)} has more`,
      );
    return [this.#named("path", paths)];
  }

  #addresses(entries: readonly string[], path: string): Slot[] {
    const names = entries.flatMap((entry) => {
      const found = networkNames(entry);
      if (found === undefined)
        this.refuse(path, `Apache cannot decide ${quote(entry)}; of IPv6 it knows only whole addresses`);
      return found ?? [];
    });
    return [new Map(names.map((name) => [`from/${name}`, ""]))];
  }

  #header(fields: NonNullable<Condition["header"]>, path: string): Slot[] {
    const [[name, wanted] = ["", undefined], ...others] = Object.entries(fields);
    const at = childPointer(path, name);
    if (others.length > 0 || wanted === undefined)
      return this.refuse(path, "Apache can decide one header of an exception");
    if (wanted === true) return this.refuse(at, `Apache can decide the value of ${quote(name)}, not that there is one`);
    const values = listed(wanted);
    const staff = name.toLowerCase() === "host" && values.length === 1 ? staffName(values[0] ?? "") : undefined;
    if (staff !== undefined) return [this.#named("host", [staff])];
    if (values.some((value) => value.startsWith("~") || value === ""))
      return this.refuse(at, `Apache can decide whole values of ${quote(name)}, no regular expressions`);
    return [new Map([...this.#named("header", values), ["header-name", name]])];
  }

  #cookie(cookies: NonNullable<Condition["cookie"]>, path: string): Slot[] {
    const [[name, wanted] = ["", undefined], ...others] = Object.entries(cookies);
    const at = childPointer(path, name);
    if (others.length > 0 || wanted === undefined)
      return this.refuse(path, "Apache can decide one cookie of an exception");
    const values = wanted === true ? [] : listed(wanted);
    const odd = [name, ...values].find((text) => !/^[^~*?[\]\\;\s][^*?[\]\\;\s]*$/.test(text));
    if (odd !== undefined)
      return this.refuse(
        at,
        "Apache can decide names and whole values of cookies, without `*`, `?`, `[` and regular expressions",
      );
    if (wanted === true) return [new Map([["cookie", `*; ${name}=*`]])];
    return values.map((value) => new Map([["cookie", `*; ${name}=${value};*`]]));
  }

  #named(folder: string, values: readonly string[]): Slot {
    return new Map(values.map((value) => [`${folder}/${this.#hash(value)}`, ""]));
  }
}

/** What a file is for: `path` of `path/…`. */
function dimension(name: string): string {
  return name.replace(/[/-].*$/, "");
}

/** The name behind the expression that a staff name becomes (`staffExceptions`). */
function staffName(value: string): string | undefined {
  const literal = /^~\(\?i\)\^((?:[\w-]|\\\.)+)\\\.\?\(:\[0-9\]\*\)\?\$$/.exec(value)?.[1];
  return literal?.replaceAll("\\.", ".").toLowerCase();
}

function listed(value: string | string[] | undefined): string[] {
  return typeof value === "string" ? [value] : (value ?? []);
}

function answersAll({ when, handler }: VirtualHost["rules"][number]): boolean {
  return when === undefined && handler !== undefined;
}
