/** HAProxy beside the agent: asked, checked, told and reloaded here; core/haproxy decides. */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { closedNames } from "../../core/haproxy/closed-names.ts";
import { type Discovered, discover } from "../../core/haproxy/discover.ts";
import { isAtLeast } from "../../core/haproxy/hazards.ts";
import { closedMap, hookFolder, type HookPaths } from "../../core/haproxy/hook-text.ts";
import { PROBE_FIELD, probePath } from "../../core/haproxy/own-lines.ts";
import { planHook } from "../../core/haproxy/plan.ts";
import { backendsOf } from "../../core/haproxy/site-backends.ts";
import { chrootOf, type RuntimeSocket, runtimeSocket } from "../../core/haproxy/settings.ts";
import {
  type HookPlaces,
  type Instance,
  outOfReach,
  pageSocketOf,
  type ReadConfiguration,
  type WebServerAdapter,
} from "../adapter.ts";
import { withCertificateEnds } from "../certificate-end.ts";
import { factsOf, textOf } from "../files-on-disk.ts";
import { asWord } from "../processes.ts";
import { configurationFiles, valueOf } from "./arguments.ts";
import { environmentFor, findMasters, workersOf } from "./masters.ts";
import { orderTo, shownSessions } from "./orders.ts";
import { publishNames } from "./publish.ts";
import { reloadMaster } from "./reload.ts";
import { aboutProgram, checkConfiguration, fileArgs } from "./run-haproxy.ts";

export interface HaproxyConfiguration extends ReadConfiguration {
  /** Undefined where it could not be read. */
  readonly found: Discovered | undefined;
}

const LIMITS: WebServerAdapter["limits"] = {
  inFlight: "connections",
  cut: false,
  sentences: [
    "HAProxy reports how many connections from before the switch are still open, but not for which pages; they finish on their own.",
    "While the agent does not answer, visitors get one simple page for all sites, and only certificate renewal gets through.",
    "While the agent does not answer, uploads over HTTP/2 are cut off after the page.",
    "After somebody else reloads HAProxy, older connections see a switch one answer late, unless HAProxy has a master socket (-S).",
  ],
};

const PRICE =
  "One reload of HAProxy: nobody waits, but under heavy load some connections (about 15) are reset where its listeners are not passed on (`expose-fd listeners`).";

/** From this version on, HAProxy can ask over a unix socket by itself. */
const CAN_ASK = [2, 6] as const;
const MAX_CERTIFICATES = 50;

export function haproxyAdapter(places: HookPlaces): WebServerAdapter<HaproxyConfiguration> {
  return {
    kind: "haproxy",
    limits: LIMITS,
    find: findMasters,
    read: (instance) => readConfiguration(instance, places),
    plan(instance, { found, problems, noExceptions }, sites, remove) {
      const paths = pathsOf(instance, found, places, noExceptions === undefined);
      const changes =
        found === undefined
          ? {
              sites: [],
              files: [],
              refused: sites.map((site) => ({
                site,
                hazards: [{ code: "unreadable", message: problems.join(" "), refuses: true }],
              })),
            }
          : planHook(found, { sites, remove, paths, hookFileOnDisk: (path) => textOf(path) ?? null });
      const commands = [
        [instance.program, "-c", ...fileArgs(instance.args)].map(asWord).join(" "),
        `kill -USR2 ${String(instance.pid)}`,
      ];
      return { ...changes, commands: changes.files.length === 0 ? [] : commands, price: PRICE };
    },
    check: async (instance) => checkConfiguration(instance, await environmentFor(instance.pid)),
    reload: ({ pid }) => reloadMaster(pid),
    probePath: (site) => probePath(places.token, site),
    isProbeAnswer: ({ status, headers }) => status === 204 && headers[PROBE_FIELD] !== undefined,
    async publish(instance, { found, problems }, closed) {
      if (found === undefined) throw new Error(problems.join(" "));
      const all = new Map(found.groups.map(({ id, hosts }) => [id, hosts]));
      await publishNames({
        pid: instance.pid,
        map: closedMap(hookFolder(instance.configuration)),
        names: closedNames(closed, all),
        runtime: runtimeSocket(found.configuration),
        master: masterOf(instance),
      });
    },
    async running(instance, { found }, site) {
      const own = found?.groups.find(({ id }) => id === site);
      const backends = own === undefined ? undefined : backendsOf(own);
      const runtime = found === undefined ? undefined : runtimeSocket(found.configuration);
      if (own === undefined || backends === undefined || runtime === undefined) return undefined;
      const frontends = new Set(own.frontends.map(({ section }) => section.name));
      const sessions = (await shownSessions(orderTo(runtime), masterOf(instance))).filter(
        ({ frontend, backend }) => frontends.has(frontend) && backends.has(backend),
      );
      const ages = sessions.map(({ ageSeconds }) => ageSeconds);
      return { of: [...backends].map((name) => `backend ${name}`), total: ages.length, ages };
    },
    async unpublishable(instance, { found }) {
      const runtime = found === undefined ? undefined : runtimeSocket(found.configuration);
      if (runtime === undefined) return "HAProxy has no runtime socket with `level admin`, or no longer.";
      try {
        const said = await orderTo(runtime)(`show map ${closedMap(hookFolder(instance.configuration))}`);
        return said === "" || said.startsWith("0x") ? undefined : `HAProxy does not take the order: ${said}`;
      } catch (error) {
        const where = runtime.path ?? `${runtime.host ?? ""}:${String(runtime.port)}`;
        return `HAProxy accepts no commands on ${where}: ${error instanceof Error ? error.message : String(error)}.`;
      }
    },
  };
}

/** Socket of its main process, if it has one. */
function masterOf({ args, cwd }: Instance): RuntimeSocket | undefined {
  const master = valueOf(args, "-S")?.split(",")[0];
  return master === undefined ? undefined : { path: resolve(cwd, master.replace(/^unix@/, "")) };
}

async function readConfiguration(instance: Instance, places: HookPlaces): Promise<HaproxyConfiguration> {
  const { pid, args, cwd, version } = instance;
  const obstacle = outOfReach(instance);
  if (obstacle !== undefined) return unread(obstacle);
  const [environment, workers, about] = await Promise.all([
    environmentFor(pid),
    workersOf(pid),
    aboutProgram(instance.program),
  ]);
  const complaint = await checkConfiguration(instance, environment);
  const files = configurationFiles(args, cwd).map((path) => ({ path, text: readFileSync(path, "utf8") }));
  const found = discover(files, {
    environment,
    version,
    token: places.token,
    hasMaster: workers.length > 0,
    facts: factsOf,
    fileText: (path) => textOf(resolve(cwd, path)),
  });
  const chroot = chrootOf(found.configuration);
  const canAsk = about.hasLua && isAtLeast(version, CAN_ASK);
  const sites = found.sites.map((site) => ({
    ...site,
    certificates: site.certificates.flatMap(({ file }) =>
      certificateFiles(resolve(cwd, file)).map((certificate) => ({ file: certificate })),
    ),
  }));
  return {
    sites: await withCertificateEnds(sites),
    questions: found.questions,
    files: new Map(files.map(({ path, text }) => [path, text])),
    problems: complaint === undefined ? [] : [`HAProxy does not accept its configuration on disk: ${complaint}`],
    found,
    ...(chroot === undefined ? {} : { pageSocket: `${chroot}${inChroot(instance)}` }),
    ...(canAsk
      ? {}
      : { noExceptions: `HAProxy ${version} cannot ask the agent: exceptions need 2.6 or later, built with Lua.` }),
  };
}

function unread(problem: string): HaproxyConfiguration {
  return { sites: [], questions: [], files: new Map(), problems: [problem], found: undefined };
}

/** The page socket as the workers see it within their root folder. */
function inChroot({ id }: Instance): string {
  return `/backsoon/${id}.sock`;
}

function pathsOf(instance: Instance, found: Discovered | undefined, places: HookPlaces, canAsk: boolean): HookPaths {
  const hasChroot = found !== undefined && chrootOf(found.configuration) !== undefined;
  return {
    folder: hookFolder(instance.configuration),
    pageSocket: hasChroot ? inChroot(instance) : pageSocketOf(places, instance.id),
    token: places.token,
    canAsk,
  };
}

/** `crt` may name a folder; keys and lists in it are left out. */
function certificateFiles(path: string): string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
  const names = readdirSync(path).filter((name) => !/^\.|\.(?:key|issuer|ocsp|sctl|list|dh)$/.test(name));
  return names
    .sort()
    .slice(0, MAX_CERTIFICATES)
    .map((name) => join(path, name));
}
