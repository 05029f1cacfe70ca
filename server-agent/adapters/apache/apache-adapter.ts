/** Apache beside the agent: asked, checked and reloaded here; what is decided is in core/apache. */
import { createHash } from "node:crypto";
import { type Discovered, discover } from "../../core/apache/discover.ts";
import { exceptionFiles } from "../../core/apache/exceptions.ts";
import {
  exceptFolder,
  ownFolder,
  passFolder,
  pageFile,
  pageText,
  PROBE_FIELD,
  probePath,
} from "../../core/apache/hook-text.ts";
import { planHook } from "../../core/apache/plan.ts";
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
import { asWord, environmentOf } from "../processes.ts";
import { valuesOf } from "./arguments.ts";
import { findMasters } from "./masters.ts";
import { reloadMaster } from "./reload.ts";
import { checkConfiguration, complaint, dumpConfiguration } from "./run-apache.ts";

export interface ApacheConfiguration extends ReadConfiguration {
  /** Undefined where Apache could not be asked. */
  readonly found: Discovered | undefined;
}

const LIMITS: WebServerAdapter["limits"] = {
  inFlight: "none",
  cut: false,
  sentences: [
    "Requests in flight are not shown yet; they finish on their own.",
    "Apache decides exceptions from files: paths, IPv4 networks, methods, staff passes, and values of one header or cookie, at most 16 per site.",
    "Apache closes HTTP/1.1 connections after each page of a closed site (`Connection: close`).",
    "While the agent does not answer, visitors get the simple page, and exceptions still work.",
  ],
};

const PRICE =
  "One reload of Apache (graceful): nobody waits, but under heavy load some connections (about 8) are reset.";

export function apacheAdapter(places: HookPlaces): WebServerAdapter<ApacheConfiguration> {
  return {
    kind: "apache",
    limits: LIMITS,
    find: findMasters,
    read: readConfiguration,
    plan(instance, { found, problems }, sites, remove) {
      const changes =
        found === undefined
          ? { sites: [], files: [], refused: sites.map((site) => ({ site, hazards: [unreadable(problems)] })) }
          : planHook(found, {
              sites,
              remove,
              paths: { ...places, pageSocket: pageSocketOf(places, instance.id) },
              hookFileOnDisk: (path) => textOf(path) ?? null,
            });
      const commands = [
        [instance.program, "-t", ...instance.args].map(asWord).join(" "),
        `kill -USR1 ${String(instance.pid)}`,
      ];
      return { ...changes, commands: changes.files.length === 0 ? [] : commands, price: PRICE };
    },
    check: async (instance) => checkConfiguration(instance, await environmentOf(instance.pid)),
    reload: ({ pid }) => reloadMaster(pid),
    probePath: (site) => probePath(places.token, site),
    isProbeAnswer: ({ status, headers }) => status === 204 && headers[PROBE_FIELD] !== undefined,
    flagFiles(config, closed, { page, token, passes }) {
      const { site } = closed;
      const decided = exceptionFiles(config, closed, hashOf);
      if (!decided.ok) return decided;
      const files = new Map([
        [pageFile(site), pageText(site, page)],
        [`${ownFolder(site)}/${hashOf(token)}`, ""],
        ...passes.map((pass) => [`${passFolder(site)}/${hashOf(pass)}`, ""] as const),
      ]);
      for (const [name, text] of decided.files) files.set(`${exceptFolder(site)}/${name}`, text);
      return { ok: true, files };
    },
  };
}

/** As Apache makes it, for names of files; it keeps nothing secret that could be tried out. */
function hashOf(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}

async function readConfiguration(instance: Instance): Promise<ApacheConfiguration> {
  const obstacle = outOfReach(instance);
  if (obstacle !== undefined) return unread(obstacle);
  const environment = await environmentOf(instance.pid);
  const ran = await dumpConfiguration(instance, environment);
  if (!ran.ok) return unread(`Apache does not accept its configuration on disk: ${complaint(ran)}`);
  const defines = valuesOf(instance.args, "-D");
  const found = discover(ran.stdout, { textOf, facts: factsOf, environment, defines });
  const { files, problems } = found.configuration;
  return {
    sites: await withCertificateEnds(found.sites),
    questions: found.questions,
    files: new Map([...files].map(([path, { text }]) => [path, text])),
    problems: [...problems],
    found,
  };
}

function unreadable(problems: readonly string[]) {
  return { code: "unreadable", message: problems.join(" "), refuses: true };
}

function unread(problem: string): ApacheConfiguration {
  return { sites: [], questions: [], files: new Map(), problems: [problem], found: undefined };
}
