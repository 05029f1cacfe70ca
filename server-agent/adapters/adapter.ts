/**
 * What the agent needs of a web server beside which it stands. All that is decided (sites, plans,
 * texts) is pure and in core; an adapter asks, writes and reloads.
 */
import { join } from "node:path";
import type { Config } from "../contract/config.ts";
import type { Problem } from "../contract/errors.ts";
import type { ClosedSite } from "../core/web-servers/closed-sites.ts";
import type { ListenerQuestion } from "../core/web-servers/listener-question.ts";
import type { ListenerAnswer } from "./ask-listener.ts";
import type { DiscoveredSite, HookPlan, WebServerKind, WebServerLimits } from "../contract/web-servers.ts";

/** Where the hook of every web server finds the agent. */
export interface HookPlaces {
  /** Folder with the flags and the pages on disk; visible to the workers of the web server. */
  webFolder: string;
  /** Part of the path by which the agent sees that the running server has the hook. */
  token: string;
}

/** Unix socket on which the agent answers what this web server asks while a site is closed. */
export function pageSocketOf({ webFolder }: Pick<HookPlaces, "webFolder">, server: string): string {
  return join(webFolder, `${server}.sock`);
}

/** A running web server. */
export interface Instance {
  /** `nginx` with the configuration it was built for, else with a mark of the one it reads. */
  id: string;
  kind: WebServerKind;
  version: string;
  pid: number;
  /** Main process of before an upgrade, while its workers accept, too, by what they read once. */
  predecessor?: number;
  program: string;
  /** Main configuration file. */
  configuration: string;
  /** Arguments that it was started with, so that it is asked with the same. */
  args: readonly string[];
  /** Folder that it was started in: relative names in its arguments are below. */
  cwd: string;
  user: string;
  /** Number of its workers' group, where that is another one than the user's own. */
  group?: number;
  /** A root folder of its own, as in a container or after chroot; absent: the agent's. */
  root?: string;
  container?: string;
}

/** Why the agent cannot read and change the files of this one, a sentence. */
export function outOfReach({ root, container }: Pick<Instance, "root" | "container">): string | undefined {
  if (root === undefined) return undefined;
  const name = container === undefined ? "" : ` (${container})`;
  return `It runs in a container or with its own root folder${name}; the agent cannot reach it there.`;
}

/** What is known of the web servers of one kind that run on this machine. */
export interface FoundInstances {
  instances: Instance[];
  /** Processes that could not be looked at, a sentence each. */
  problems: string[];
}

/** What a web server says of its configuration on disk. */
export interface ReadConfiguration {
  sites: DiscoveredSite[];
  /** One for each listener of each part of a site. */
  questions: ListenerQuestion[];
  /** Every file it consists of, by absolute path. */
  files: ReadonlyMap<string, string>;
  /** What keeps the agent from seeing it whole, a sentence each. */
  problems: string[];
  /**
   * Where the page socket has to be, as its workers see nothing outside their own root folder.
   * Absent: in the web folder.
   */
  pageSocket?: string;
  /** Why it cannot ask whether a request is an exception, a sentence. */
  noExceptions?: string;
}

/** Hosts of each site that is closed, by id. */
export type ClosedHosts = ReadonlyMap<string, readonly string[]>;

/** What the agent adds to the flag of a site. */
interface OwnFlags {
  /** The page on disk. */
  readonly page: string;
  /** By which the agent's own questions are known. */
  readonly token: string;
  /** Staff passes for the site, as browsers have them. */
  readonly passes: readonly string[];
}

type FlagFiles = { ok: true; files: ReadonlyMap<string, string> } | { ok: false; problems: readonly Problem[] };

export type HookDraft = Omit<HookPlan, "webServer" | "digest">;

/** What runs through a web server to a site now. */
export interface Running {
  /** Names of what is counted, for a person. */
  of: string[];
  total: number;
  /** Whole seconds since each began; absent where only the number is known. */
  ages?: number[];
}

/** `Configuration`: what `read` keeps for `plan`. */
export interface WebServerAdapter<Configuration extends ReadConfiguration = ReadConfiguration> {
  readonly kind: WebServerKind;
  readonly limits: WebServerLimits;
  /** The main processes that run now. */
  find(): Promise<FoundInstances>;
  /** Asks the server itself, never the file system alone. */
  read(instance: Instance): Promise<Configuration>;
  /** Pure: what changes so that these sites ask the agent, or do so no more. */
  plan(instance: Instance, read: Configuration, sites: readonly string[], remove: boolean): HookDraft;
  /** The server's own check of what is on disk; why it does not pass, in its words. */
  check(instance: Instance): Promise<string | undefined>;
  /**
   * One ordinary reload; why it failed. Done when no process of before accepts visitors any more;
   * its effect is seen by asking the listeners.
   */
  reload(instance: Instance): Promise<string | undefined>;
  /** Path whose answer says that the running server has the hook of this site. */
  probePath(site: string): string;
  /** Whether it is this answer. Default: 204, which a site may answer to every path by itself. */
  isProbeAnswer?(answer: ListenerAnswer): boolean;
  /**
   * Says to the running server which sites are closed, all at once, and keeps it for its next
   * start; only where it does not look at the flags. Does nothing where it knows already. Rejects
   * with an `Error`; then it asks for what was closed before.
   */
  publish?(instance: Instance, read: Configuration, closed: ClosedHosts): Promise<void>;
  /**
   * Where it decides exceptions by files of the flag folder: what it finds there beside the flag of
   * a closed site, text by name; or the exceptions that it cannot decide. Pure.
   */
  flagFiles?(config: Config, closed: ClosedSite, own: OwnFlags): FlagFiles;
  /** Undefined where it cannot be told; absent for a web server that never tells. */
  running?(instance: Instance, read: Configuration, site: string): Promise<Running | undefined>;
  /** Why `publish` would reject now, a sentence. */
  unpublishable?(instance: Instance, read: Configuration): Promise<string | undefined>;
}
