/**
 * Answers about hosts out of the ssh configuration, as ssh_config(5) describes it and `ssh -G`
 * prints it.
 */
import type { Result } from "../contract/failures.ts";
import type { PickableHost } from "../contract/servers.ts";
import { visibleText } from "../../server-agent/core/visible-text.ts";
import { type Target, type Settings, evaluate, writtenAliases } from "./ssh-config-evaluate.ts";
import { ConfigFault, type ConfigFile, type ConfigProblem, resultOf, printable } from "./ssh-config-lines.ts";
import type { LocalAccount } from "./ssh-config-tokens.ts";
import {
  jumpSetting,
  readCertificateFiles,
  readIdentityAgent,
  readIdentityFiles,
  readJumps,
  readKnownHostsFiles,
  readPort,
  readWord,
  readYesNo,
} from "./ssh-config-values.ts";
import { limitsOf } from "./ssh-config-warnings.ts";
import { type Way, readWay } from "./ssh-config-way.ts";
import type { Hop } from "./ssh-hop.ts";

export interface ResolvedHost {
  alias: string;
  hostName: string;
  port: number;
  user: string;
  /** Absolute paths in the order to try; they may not exist. */
  identityFiles: string[];
  /** Whether those are only the usual ones, because the configuration names none. */
  identityFilesAreDefault: boolean;
  /** Absolute paths; they may not exist. */
  certificateFiles: string[];
  identitiesOnly: boolean;
  /** Path of the agent's socket; `undefined` when the environment knows no agent. */
  identityAgent: string | undefined;
  /** In the order of travel; each is resolved like a host of its own, which `resolveRoute` does. */
  proxyJump: Hop[];
  /** Without jump hosts. */
  way: Way;
  userKnownHostsFiles: string[];
  globalKnownHostsFiles: string[];
  /** Name under which the host key is kept, instead of host name and port. */
  hostKeyAlias?: string;
  /** Whole sentences on what the configuration asks for and this app does not do. */
  warnings: string[];
}

/** Those of ssh that the ssh2 package can read: no keys in hardware (`_sk`), no DSA, no XMSS. */
const DEFAULT_IDENTITIES = ["id_rsa", "id_ecdsa", "id_ed25519"];
const MAX_HOPS = 16;
const DEFAULT_PORT = 22;

/** Resolves one host. A name that the configuration does not know is taken as the host's own. */
export function resolveHost(
  files: readonly ConfigFile[],
  target: Target,
  account: LocalAccount,
): Result<ResolvedHost, ConfigProblem> {
  return resultOf(() => resolve(evaluate(files, target, account), target, account));
}

/**
 * All hosts on the way: the first one to dial comes first, the target last. In a list of jump hosts
 * each is reached through the one before it, and only the first follows its own `ProxyJump`, as in
 * ssh.
 */
export function resolveRoute(
  files: readonly ConfigFile[],
  target: Target,
  account: LocalAccount,
): Result<ResolvedHost[], ConfigProblem> {
  return resultOf(() => {
    const route: ResolvedHost[] = [];
    const seen = new Set<string>();
    for (let next = target; ;) {
      const settings = evaluate(files, next, account);
      const host = resolve(settings, next, account);
      route.unshift(host);
      const jumps = host.proxyJump;
      const last = jumps.at(-1);
      if (last === undefined) return route;
      const { host: alias, ...login } = last;
      next = { alias, ...login, ...(jumps.length === 1 ? {} : { jumps: jumps.slice(0, -1) }) };
      const state = JSON.stringify(next);
      // The second is what ssh itself looks for.
      const isCircle =
        seen.has(state) ||
        (alias === host.hostName &&
          (login.port ?? DEFAULT_PORT) === host.port &&
          (login.user ?? host.user) === host.user);
      if (isCircle || route.length > MAX_HOPS) {
        const setting = jumpSetting(settings);
        const what = isCircle
          ? `the jump hosts lead in a circle at “${printable(alias)}”; give it “ProxyJump none”`
          : `the way has more than ${MAX_HOPS} jump hosts`;
        throw new ConfigFault(setting?.file ?? "jump hosts", setting?.line, what);
      }
      seen.add(state);
    }
  });
}

/**
 * The aliases that a person can choose, and what is wrong with those that cannot be resolved; also
 * what stops any host, when none is named.
 */
export function listHosts(
  files: readonly ConfigFile[],
  account: LocalAccount,
): { hosts: PickableHost[]; problems: ConfigProblem[] } {
  const hosts: PickableHost[] = [];
  const problems = new Map<string, ConfigProblem>();
  const nobody = "";
  for (const alias of [nobody, ...writtenAliases(files)]) {
    const found = resultOf(() => {
      const settings = evaluate(files, { alias }, account);
      return settings.named ? resolve(settings, { alias }, account) : undefined;
    });
    if (!found.ok) problems.set(found.failure.message, found.failure);
    else if (found.value !== undefined) {
      const { hostName, user, port, warnings } = found.value;
      hosts.push({ alias, hostName, user, port, warnings });
    }
  }
  return { hosts, problems: [...problems.values()] };
}

function resolve(settings: Settings, target: Target, account: LocalAccount): ResolvedHost {
  const { alias } = target;
  const { hostName } = settings;
  readWord(settings, "HostName");
  const user = target.user ?? readWord(settings, "User") ?? account.user;
  const port = target.port ?? readPort(settings) ?? DEFAULT_PORT;
  const hostKeyAlias = readWord(settings, "HostKeyAlias")?.toLowerCase();
  const warnings = [...settings.warnings, ...limitsOf(settings)];
  const tokens = {
    d: account.home,
    h: hostName,
    i: account.uid?.toString(),
    k: hostKeyAlias ?? alias,
    L: account.machine?.split(".", 1)[0],
    l: account.machine,
    n: alias,
    p: String(port),
    r: user,
    u: account.user,
  };
  const reading = { settings, account, tokens, warnings };
  const named = readIdentityFiles(reading);
  return {
    alias,
    hostName,
    port,
    user,
    identityFiles: named ?? DEFAULT_IDENTITIES.map((name) => `${account.home}/.ssh/${name}`),
    identityFilesAreDefault: named === undefined,
    certificateFiles: readCertificateFiles(reading),
    identitiesOnly: readYesNo(settings, "IdentitiesOnly"),
    identityAgent: readIdentityAgent(reading),
    proxyJump: readJumps(target, reading),
    way: readWay(target, reading),
    userKnownHostsFiles: readKnownHostsFiles("UserKnownHostsFile", reading) ?? [
      `${account.home}/.ssh/known_hosts`,
      `${account.home}/.ssh/known_hosts2`,
    ],
    globalKnownHostsFiles: readKnownHostsFiles("GlobalKnownHostsFile", reading) ?? [
      "/etc/ssh/ssh_known_hosts",
      "/etc/ssh/ssh_known_hosts2",
    ],
    ...(hostKeyAlias === undefined ? {} : { hostKeyAlias }),
    warnings: warnings.map((warning) => visibleText(warning)),
  };
}
