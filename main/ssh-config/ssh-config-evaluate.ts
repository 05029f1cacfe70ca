/**
 * Which lines of the configuration apply to a host: `Host`, `Match`, `Include`, and the first value
 * wins.
 */
import { matchesPatterns } from "./host-pattern.ts";
import { ConfigFault, type ConfigFile, type ConfigLine, printable } from "./ssh-config-lines.ts";
import { answerMatch } from "./ssh-config-match.ts";
import { type LocalAccount, expandTokens } from "./ssh-config-tokens.ts";
import { type Hop, parseJumps } from "./ssh-hop.ts";
import { t } from "../language/translate.ts";

/**
 * A host as the person names it. What is given here wins over the configuration, as on the command
 * line of ssh.
 */
export interface Target {
  alias: string;
  user?: string;
  port?: number;
  /** The way there, as with `ssh -J`; empty for a direct one, whatever the configuration says. */
  jumps?: readonly Hop[];
}

/** A line that counts, and where it stands. */
export type Setting = Extract<ConfigLine, { kind: "directive" }> & { file: string };

export interface Settings {
  /** The values that count, by keyword; `identityfile` and `certificatefile` gather several. */
  values: ReadonlyMap<string, readonly Setting[]>;
  /** `HostName` with its tokens, or the alias, in lower case. */
  hostName: string;
  /** Whether a `Host` line that applies names the alias itself, without wildcards. */
  named: boolean;
  warnings: string[];
}

const GATHERED = new Set(["identityfile", "certificatefile"]);

/** What decides where or how ssh connects: not to be left out for a reason of ours. */
const OF_THE_WAY = new Set([
  "hostname",
  "port",
  "proxyjump",
  "proxycommand",
  "addressfamily",
  "bindaddress",
  "bindinterface",
  "refuseconnection",
]);

/** Whether lines apply; the criterion of `Match` on which it depends where nobody knows. */
type Standing = boolean | string;

/** Throws a `ConfigFault` at a line that applies and that ssh would refuse. */
export function evaluate(files: readonly ConfigFile[], target: Target, account: LocalAccount): Settings {
  const values = new Map<string, Setting[]>();
  const warnings = new Set<string>();
  const seen: { named: boolean; asksForFinalPass: boolean; finalHost?: string } = {
    named: false,
    asksForFinalPass: false,
  };

  const currentHost = () => seen.finalHost ?? hostNameOf(values.get("hostname")?.[0], target.alias);

  const appliesHost = (words: readonly string[], outer: Standing): Standing => {
    if (!matchesPatterns(seen.finalHost ?? target.alias, words)) return false;
    seen.named ||=
      outer === true && seen.finalHost === undefined && words.includes(target.alias) && !isPattern(target.alias);
    return outer;
  };

  const appliesMatch = ({ words, file, line }: Setting, outer: Standing): Standing => {
    const answer = answerMatch(words, {
      finalPass: seen.finalHost !== undefined,
      host: currentHost,
      alias: target.alias,
      user: target.user ?? values.get("user")?.[0]?.words[0] ?? account.user,
      localUser: account.user,
      fault: (what) => new ConfigFault(file, line, what),
    });
    seen.asksForFinalPass ||= answer.asksForFinalPass;
    if (outer === true && answer.unanswered !== undefined)
      warnings.add(
        t("“Match {criterion}” is not evaluated ({file} line {line}): the lines under it are left out.", {
          criterion: answer.unanswered,
          file,
          line,
        }),
      );
    return answer.applies ? outer : outer !== false && (answer.unanswered ?? false);
  };

  /**
   * `ProxyJump` and `ProxyCommand` are one choice, and the first wins; only `ProxyJump none` leaves
   * it to a later `ProxyCommand`.
   */
  const isDecided = (keyword: string): boolean => {
    if (keyword === "proxyjump") return target.jumps !== undefined || values.has("proxycommand");
    if (keyword !== "proxycommand") return false;
    const jump = values.get("proxyjump")?.[0]?.words[0];
    return target.jumps !== undefined || (jump !== undefined && parseJumps(jump)?.length !== 0);
  };

  const counts = ({ keyword, words }: Setting): boolean => {
    const before = values.get(keyword) ?? [];
    return GATHERED.has(keyword)
      ? !before.some((other) => other.words[0] === words[0])
      : before.length === 0 && !isDecided(keyword);
  };

  const take = (setting: Setting): void => {
    if (counts(setting)) values.set(setting.keyword, [...(values.get(setting.keyword) ?? []), setting]);
  };

  /** A line that ssh may follow, and that is left out because nobody evaluates its `Match`. */
  const leaveOut = (setting: Setting, criterion: string): void => {
    const isGiven = setting.keyword === "port" && target.port !== undefined;
    if (OF_THE_WAY.has(setting.keyword) && !isGiven && counts(setting))
      throw new ConfigFault(
        setting.file,
        setting.line,
        `whether “${printable(setting.keyword)}” counts depends on “Match ${criterion}”, which is not evaluated, and it decides how to connect; write it under a Host line`,
      );
  };

  /**
   * A file included under a `Host` or `Match` that does not apply never does, whatever stands in
   * it.
   */
  const read = ({ path, lines }: ConfigFile, outer: Standing): void => {
    let standing = outer;
    for (const line of lines) {
      if (line.kind === "include") {
        for (const file of line.files) read(file, standing);
      } else if (line.kind === "broken") {
        // Differs from ssh on purpose: a mistake among the lines of another host does not stop this
        // one. After a broken Host or Match nobody knows whom the lines are for.
        if (standing === true || line.keyword === "host" || line.keyword === "match")
          throw new ConfigFault(path, line.line, line.message);
      } else if (line.keyword === "host") standing = appliesHost(line.words, outer);
      else if (line.keyword === "match") standing = appliesMatch({ ...line, file: path }, outer);
      else if (standing === true) take({ ...line, file: path });
      else if (standing !== false) leaveOut({ ...line, file: path }, standing);
    }
  };

  for (const file of files) read(file, true);
  const hostName = toLowerCase(currentHost());
  if (seen.asksForFinalPass) {
    // From here on `Host` sees the name that was found.
    seen.finalHost = hostName;
    for (const file of files) read(file, true);
  }
  return { values, hostName, named: seen.named, warnings: [...warnings] };
}

function hostNameOf(setting: Setting | undefined, alias: string): string {
  if (setting === undefined) return alias;
  const expansion = expandTokens(setting.words[0] ?? "", { h: alias });
  if (!expansion.ok) throw new ConfigFault(setting.file, setting.line, `HostName: ${expansion.message}`);
  return expansion.text;
}

/** An IPv6 address may end in the name of an interface, where capitals count. */
function toLowerCase(host: string): string {
  return host.includes(":") ? host : host.toLowerCase();
}

function isPattern(word: string): boolean {
  return /[*?!]/.test(word);
}

/**
 * The aliases that stand without wildcards in `Host` lines, each once, in the order of the files.
 */
export function writtenAliases(files: readonly ConfigFile[]): string[] {
  const aliases = new Set<string>();
  const visit = ({ lines }: ConfigFile): void => {
    for (const line of lines) {
      if (line.kind === "include") line.files.forEach(visit);
      // A dash at the front would make it an option of ssh, which refuses it.
      else if (line.kind === "directive" && line.keyword === "host")
        for (const word of line.words) if (!isPattern(word) && !word.startsWith("-")) aliases.add(word);
    }
  };
  files.forEach(visit);
  return [...aliases];
}
