/** Caddy beside the agent: asked, checked and reloaded here; what is decided is in core/caddy. */
import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Hazard } from "../../contract/web-servers.ts";
import { type AdaptedConfiguration, portOf, readAdapted } from "../../core/caddy/adapted.ts";
import { type Discovered, discover } from "../../core/caddy/discover.ts";
import { FALLBACK, hookFile } from "../../core/caddy/hook-names.ts";
import { PROBE_FIELD, portIn, probePath } from "../../core/caddy/hook-text.ts";
import { type CaddyFiles, buildTree } from "../../core/caddy/include-tree.ts";
import { planHook } from "../../core/caddy/plan.ts";
import { readCounts, upstreamsOf } from "../../core/caddy/site-upstreams.ts";
import { withoutOrder } from "../../core/caddy/without-order.ts";
import {
  type HookPlaces,
  type Instance,
  outOfReach,
  pageSocketOf,
  type ReadConfiguration,
  type WebServerAdapter,
} from "../adapter.ts";
import { withCertificateEnds } from "../certificate-end.ts";
import { textOf, textsIn } from "../files-on-disk.ts";
import { asWord } from "../processes.ts";
import { askEndpoint, isEndpointOf } from "./admin-endpoint.ts";
import { freeFallbackPort } from "./fallback-port.ts";
import { filesNamed } from "./files-named.ts";
import { findCaddies } from "./find-caddies.ts";
import { readsCaddyfile, runArgumentsOf } from "./run-arguments.ts";
import { argumentsOf, askCaddy, complaint, environmentOf } from "./run-caddy.ts";

export interface CaddyConfiguration extends ReadConfiguration {
  /** Undefined where Caddy could not be asked. */
  readonly found: Discovered | undefined;
  /** What `caddy adapt` printed. */
  readonly adapted: unknown;
  readonly fallbackPort: number;
  /** Files of the hook that are there, imported or not. */
  readonly hookFiles: ReadonlyMap<string, string>;
}

const LIMITS: WebServerAdapter["limits"] = {
  inFlight: "numbers",
  cut: false,
  sentences: [
    "Caddy cannot end single requests; they finish on their own.",
    "Caddy reports how many requests each application has, but not which ones, or since when.",
    "Caddy's own redirects from HTTP to HTTPS still work while a site is closed; they lead to the page.",
    "While the agent does not answer, visitors get the simple page, and only certificate renewal gets through.",
  ],
};

const PRICE =
  "One reload of Caddy: nobody waits, but WebSockets end, and under heavy load some connections (about 20) are reset.";

export function caddyAdapter(places: HookPlaces): WebServerAdapter<CaddyConfiguration> {
  return {
    kind: "caddy",
    limits: LIMITS,
    find: findCaddies,
    read: (instance) => readConfiguration(instance, places),
    plan(instance, { found, fallbackPort, hookFiles, problems }, sites, remove) {
      const changes =
        found === undefined
          ? {
              sites: [],
              files: [],
              refused: sites.map((site) => ({ site, hazards: [unreadable(instance, problems)] })),
            }
          : planHook(found, {
              sites,
              remove,
              paths: { ...places, pageSocket: pageSocketOf(places, instance.id), fallbackPort },
              hookFileOnDisk: (path) => hookFiles.get(path) ?? null,
            });
      const commands = (["validate", "reload"] as const).map((command) => commandLine(instance, command));
      return { ...changes, commands: changes.files.length === 0 ? [] : commands, price: PRICE };
    },
    async check(instance) {
      const ran = await askCaddy(instance, "validate");
      return ran.ok ? undefined : complaint(ran);
    },
    reload: reloadCaddy,
    async running({ id, pid }, { adapted, found, fallbackPort }, site) {
      const admin = readAdapted(adapted)?.admin;
      const hosts = found?.groups.find(({ id }) => id === site)?.hosts;
      const own = [`unix/${pageSocketOf(places, id)}`, `127.0.0.1:${String(fallbackPort)}`];
      const upstreams = upstreamsOf(adapted, hosts ?? []).filter((dial) => !own.includes(dial));
      if (admin === undefined || upstreams.length === 0 || !(await isEndpointOf(pid, admin))) return undefined;
      const counts = readCounts(await askEndpoint(admin, "/reverse_proxy/upstreams"));
      if (counts === undefined) return undefined;
      return { of: upstreams, total: upstreams.reduce((sum, one) => sum + (counts.get(one) ?? 0), 0) };
    },
    probePath: (site) => probePath(places.token, site),
    isProbeAnswer: ({ status, headers }) => status === 204 && headers[PROBE_FIELD] !== undefined,
  };
}

async function readConfiguration(instance: Instance, { webFolder }: HookPlaces): Promise<CaddyConfiguration> {
  const run = argumentsOf(instance);
  const obstacle = outOfReach(instance);
  if (obstacle !== undefined) return unread(obstacle);
  if (run.configuration === undefined)
    return unread("It runs without a configuration file: its configuration is only in its admin endpoint.");
  if (run.resumes)
    return unread(
      "It was started with --resume: it uses the last configuration from its admin endpoint, not the file.",
    );
  if (!readsCaddyfile(run))
    return unread(`${run.configuration} is no Caddyfile; the agent changes no other configuration of Caddy.`);
  const ran = await askCaddy(instance, "adapt");
  if (!ran.ok) return unread(`Caddy does not accept its configuration on disk: ${complaint(ran)}`);
  const json: unknown = JSON.parse(ran.stdout);
  const adapted = readAdapted(json);
  if (adapted === undefined) return unread("The agent does not understand the output of `caddy adapt`.");
  const main = run.configuration;
  const tree = buildTree(main, FILES, {
    environment: await environmentOf(instance),
    heredocs: knowsHeredocs(instance.version),
  });
  const found = discover(tree, adapted, { namesOf, unable: unableOf(adapted) });
  const hookFiles = textsIn(dirname(hookFile(main, FALLBACK)));
  return {
    sites: await withCertificateEnds(found.sites),
    questions: found.questions,
    files: new Map([...tree.files].map(([path, { text }]) => [path, text])),
    problems: [...tree.problems, ...(await differences(instance, adapted, json))],
    found,
    adapted: json,
    fallbackPort:
      portIn(hookFiles.get(hookFile(main, FALLBACK)) ?? "") ??
      (await freeFallbackPort(`${webFolder} ${main}`, takenPorts(adapted))),
    hookFiles,
  };
}

async function reloadCaddy(instance: Instance): Promise<string | undefined> {
  const { pid } = instance;
  const cmdline = await readFile(`/proc/${String(pid)}/cmdline`, "utf8").catch(() => undefined);
  if (cmdline === undefined) return `process ${String(pid)} has ended.`;
  // The process may be another one's by now.
  if (runArgumentsOf(cmdline) === undefined) return `process ${String(pid)} is no Caddy any more.`;
  const adapt = await askCaddy(instance, "adapt");
  const admin = adapt.ok ? readAdapted(JSON.parse(adapt.stdout))?.admin : undefined;
  if (admin === undefined) return "it has no admin endpoint to be told by.";
  if (!(await isEndpointOf(pid, admin)))
    return `it does not listen on ${admin}, the admin endpoint that its file names; restart it once.`;
  const ran = await askCaddy(instance, "reload");
  return ran.ok ? undefined : complaint(ran);
}

/** What runs, where it is not what the file says. */
async function differences(instance: Instance, { admin }: AdaptedConfiguration, onDisk: unknown): Promise<string[]> {
  if (instance.pid === 0 || admin === undefined || !(await isEndpointOf(instance.pid, admin))) return [];
  const running = await askEndpoint(admin, "/config/");
  if (running === undefined || running === null) return [];
  if (isDeepStrictEqual(withoutOrder(running), withoutOrder(onDisk))) return [];
  return [
    "Caddy runs with a configuration that differs from its file: it was changed over its admin endpoint, or not reloaded since. Any reload, also by the agent, loads the file.",
  ];
}

function unableOf({ admin }: AdaptedConfiguration): { code: string; message: string }[] {
  if (admin !== undefined) return [];
  return [
    { code: "admin-off", message: "With `admin off`, Caddy cannot be reloaded: remove it, and restart Caddy once." },
  ];
}

function takenPorts({ servers, httpPort, httpsPort }: AdaptedConfiguration): Set<number> {
  const own = servers.flatMap(({ listen }) => listen.map((address) => portOf(address) ?? 0));
  return new Set([...own, httpPort, httpsPort]);
}

/** @param version As `caddy version` says; empty where it is not known. */
function knowsHeredocs(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 7);
}

function unreadable({ configuration }: Instance, problems: readonly string[]): Hazard {
  const place = configuration === "" ? {} : { file: configuration, line: 1 };
  return { code: "unreadable", message: problems.join(" "), ...place, refuses: true };
}

function unread(problem: string): CaddyConfiguration {
  return {
    sites: [],
    questions: [],
    files: new Map(),
    problems: [problem],
    found: undefined,
    adapted: undefined,
    fallbackPort: 0,
    hookFiles: new Map(),
  };
}

const FILES: CaddyFiles = {
  named: filesNamed,
  text: textOf,
};

function namesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.nlink ?? 0;
}

function commandLine(instance: Instance, command: string): string {
  const { configuration = "", adapter } = argumentsOf(instance);
  const words = [instance.program, command, "--config", configuration];
  return [...words, ...(adapter === "" ? [] : ["--adapter", adapter])].map(asWord).join(" ");
}
