/** `match` of a rule as a condition (rule_*.c of Cherokee says what each means). */
import type { Condition } from "../../../contract/condition.ts";
import { quote } from "../../wording.ts";
import { ipRanges } from "../document/ip-ranges.ts";
import {
  ALWAYS,
  both,
  either,
  escapeRegex,
  exactly,
  folderMatch,
  type Match,
  neither,
  pathMatch,
  regexMatch,
  UNKNOWN,
} from "../document/match.ts";
import type { Node } from "./tree.ts";

export interface ConditionContext {
  readonly root: string;
  /** The folder of the address that `root` stands for. */
  readonly mount?: string | undefined;
  readonly index: readonly string[];
  /** Listeners by the number of their bind. */
  readonly listeners: ReadonlyMap<string, readonly string[]>;
  /** Has the document name the files that know countries; false where this machine has none. */
  readonly usesCountries: () => boolean;
}

const WAYS_OUT: Readonly<Record<string, string>> = {
  geoip: "there is no file in MMDB format in /usr/share/GeoIP or /var/lib/GeoIP; import again with one",
};

/** @param node `match`, or one of its sides. */
export function conditionOf(node: Node, context: ConditionContext): Match {
  const match = kindOf(node, context);
  const kind = node.value;
  if (!match.isExact && kind !== "and" && kind !== "or" && kind !== "not")
    node.rest((entry) => {
      entry.left(WAYS_OUT[kind] ?? `the condition ${quote(kind)} cannot be expressed here`);
    });
  else
    node.rest((entry) => {
      entry.carried("`when` of the rule");
    });
  return match;
}

function kindOf(node: Node, context: ConditionContext): Match {
  switch (node.value) {
    case "default":
      return ALWAYS;
    case "directory":
      return folderMatch(node.text("directory"));
    case "fullpath":
      return either(...node.list("fullpath").map(pathMatch));
    case "extensions":
      return extensionMatch(node, context);
    case "request":
      return requestMatch(node);
    case "method":
      return methodMatch(node.text("method"));
    case "header":
      return headerMatch(node);
    case "exists":
      return existsMatch(node, context);
    case "from":
      return addressMatch(node.list("from"));
    case "geoip":
      return countryMatch(node.list("countries"), context);
    case "tls":
      return exactly({ tls: true });
    case "url_arg":
      return argumentMatch(node);
    case "bind":
      return listenerMatch(node.list("bind"), context);
    case "and":
    case "or": {
      const [left, right] = [node.at("left"), node.at("right")];
      if (left === undefined || right === undefined) return UNKNOWN;
      const sides = [conditionOf(left, context), conditionOf(right, context)];
      return node.value === "and" ? both(...sides) : either(...sides);
    }
    case "not": {
      const right = node.at("right");
      return right === undefined ? UNKNOWN : neither(conditionOf(right, context));
    }
    default:
      return UNKNOWN;
  }
}

/** The folder that a match names, for whoever cuts it off the path. */
export function folderOf(node: Node): string | undefined {
  if (node.value === "directory") return node.text("directory").replace(/\/+$/, "") || "/";
  if (node.value !== "and") return undefined;
  const sides = [node.at("left"), node.at("right")];
  return sides.map((side) => (side === undefined ? undefined : folderOf(side))).find((folder) => folder !== undefined);
}

/** Whether a match is about a folder at all, be it one of several. */
export function namesFolder(node: Node): boolean {
  if (node.value === "directory") return true;
  return node.value === "or" || node.value === "and"
    ? [node.at("left"), node.at("right")].some((side) => side !== undefined && namesFolder(side))
    : false;
}

/** Extensions that a match names. */
export function extensionsOf(node: Node): string[] {
  if (node.value === "extensions") return node.list("extensions");
  if (node.value !== "and") return [];
  return [node.at("left"), node.at("right")].flatMap((side) => (side === undefined ? [] : extensionsOf(side)));
}

/** In any segment of the path: `/a.php/b` has the extension `php` for Cherokee. */
function extensionMatch(node: Node, context: ConditionContext): Match {
  const extensions = node.list("extensions");
  if (extensions.length === 0) return UNKNOWN;
  const match = regexMatch(`\\.(?:${extensions.map(escapeRegex).join("|")})(?:/|$)`);
  if (!node.flag("check_local_file", false)) return match;
  const check = node.at("check_local_file")?.entry;
  if (knowsFiles(context)) return both(match, exactly({ exists: `${context.root}{path}` }));
  check?.changed("no condition: the handler answers with 404 where a file is missing, and no rule below is tried");
  return match;
}

/** Cherokee looks at the path with its query. */
function requestMatch(node: Node): Match {
  const pattern = node.text("request");
  return pattern === "" ? UNKNOWN : regexMatch(pattern, "urlRegex");
}

function methodMatch(method: string): Match {
  const name = method.toUpperCase();
  return /^[A-Z]+(-[A-Z]+)*$/.test(name) ? exactly({ method: name }) : UNKNOWN;
}

function headerMatch(node: Node): Match {
  const name = node.text("header");
  if (name === "" || node.flag("complete", false)) return UNKNOWN;
  if (node.text("type") === "provided") return exactly({ header: { [name]: true } });
  const pattern = node.text("match");
  if (pattern === "" || !regexMatch(pattern).isExact) return UNKNOWN;
  return exactly({ header: { [name]: `~${pattern}` } });
}

/** A condition can ask for a file: it is below the same folder for every host and every path. */
function knowsFiles({ root, mount }: ConditionContext): boolean {
  return mount === undefined && !root.includes("${");
}

function existsMatch(node: Node, context: ConditionContext): Match {
  const { root, index } = context;
  const path = `${root}{path}`;
  if (!knowsFiles(context)) return UNKNOWN;
  if (node.flag("match_any", false)) {
    const found = node.flag("match_index_files", true)
      ? index.map((name) => (name.startsWith("/") ? root + name : `${path}/${name}`))
      : [];
    return exactly({ exists: [path, ...found] });
  }
  const names = node.list("exists");
  if (names.length === 0) return UNKNOWN;
  return both(regexMatch(`/(?:${names.map(escapeRegex).join("|")})$`), exactly({ exists: path }));
}

function addressMatch(addresses: readonly string[]): Match {
  const ranges = ipRanges(addresses);
  if (addresses.length === 0) return UNKNOWN;
  return ranges.unknown.length > 0 ? UNKNOWN : exactly({ from: ranges.known });
}

function countryMatch(countries: readonly string[], { usesCountries }: ConditionContext): Match {
  const isKnown = countries.length > 0 && countries.every((code) => /^[A-Z]{2}$/.test(code));
  return isKnown && usesCountries() ? exactly({ country: [...countries] }) : UNKNOWN;
}

function argumentMatch(node: Node): Match {
  const name = node.text("arg");
  const pattern = node.text("match");
  if (name === "" || !regexMatch(pattern).isExact) return UNKNOWN;
  return exactly({ query: { [name]: `~${pattern}` } });
}

function listenerMatch(numbers: readonly string[], { listeners }: ConditionContext): Match {
  const found = numbers.map((number) => listeners.get(number) ?? []);
  const names = found.flat();
  const condition: Condition = { listener: names };
  return found.some((each) => each.length === 0) ? UNKNOWN : exactly(condition);
}
