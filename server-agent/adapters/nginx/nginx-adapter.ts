/** nginx beside the agent: asked, checked and reloaded here; what is decided is in core/nginx. */
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import type { Hazard } from "../../contract/web-servers.ts";
import { type Discovered, discover } from "../../core/nginx/discover.ts";
import { splitDump } from "../../core/nginx/dump.ts";
import { hookFile } from "../../core/nginx/hook-names.ts";
import { PROBE_TEXT, probePath } from "../../core/nginx/hook-text.ts";
import { planHook } from "../../core/nginx/plan.ts";
import {
  type HookPlaces,
  type Instance,
  outOfReach,
  pageSocketOf,
  type ReadConfiguration,
  type WebServerAdapter,
} from "../adapter.ts";
import { withCertificateEnds } from "../certificate-end.ts";
import { factsOf, textOf, textsIn } from "../files-on-disk.ts";
import { asWord } from "../processes.ts";
import { findMasters } from "./masters.ts";
import { reloadMaster } from "./reload.ts";
import { aboutProgram, askNginx, complaint } from "./run-nginx.ts";

export interface NginxConfiguration extends ReadConfiguration {
  /** Undefined where nginx could not be asked. */
  readonly found: Discovered | undefined;
  /** Files of the hook that are there, included or not. */
  readonly hookFiles: ReadonlyMap<string, string>;
}

const LIMITS: WebServerAdapter["limits"] = {
  inFlight: "none",
  cut: false,
  sentences: [
    "nginx cannot end single requests; they end by themselves.",
    "nginx does not say which requests of a site are in flight.",
    "Requests that an exception lets in while a site is closed arrive with %2F and %3F in their path decoded.",
    "While the agent does not answer, visitors get the simple page, and only certificate renewal gets through.",
  ],
};

const PRICE = "One reload of nginx: nobody waits, but under heavy load some connections (about 20) are reset.";

/** Modules that the hook needs, and by what the build leaves them out. */
const NEEDED = [
  "http_rewrite",
  "http_geo",
  "http_proxy",
  "http_access",
  "http_auth_basic",
  "http_limit_req",
  "http_limit_conn",
  "http_upstream_keepalive",
];

export function nginxAdapter(places: HookPlaces): WebServerAdapter<NginxConfiguration> {
  return {
    kind: "nginx",
    limits: LIMITS,
    find: findMasters,
    read: readConfiguration,
    plan(instance, { found, hookFiles, problems }, sites, remove) {
      const changes =
        found === undefined
          ? { sites: [], files: [], refused: sites.map((site) => ({ site, hazards: [unreadable(problems)] })) }
          : planHook(found, {
              sites,
              remove,
              paths: { ...places, pageSocket: pageSocketOf(places, instance.id) },
              hookFileOnDisk: (path) => hookFiles.get(path) ?? null,
            });
      const commands = [
        [instance.program, "-t", ...instance.args].map(asWord).join(" "),
        `kill -HUP ${String(instance.pid)}`,
      ];
      return { ...changes, commands: changes.files.length === 0 ? [] : commands, price: PRICE };
    },
    async check(instance) {
      const ran = await askNginx(instance, "-t");
      return ran.ok ? undefined : complaint(ran);
    },
    reload: ({ pid }) => reloadMaster(pid),
    probePath: (site) => probePath(places.token, site),
    isProbeAnswer: ({ status, body }) => status === 200 && body === PROBE_TEXT,
  };
}

async function readConfiguration(instance: Instance): Promise<NginxConfiguration> {
  const obstacle = outOfReach(instance);
  if (obstacle !== undefined) return unread(obstacle);
  const ran = await askNginx(instance, "-T");
  if (!ran.ok) return unread(`nginx does not accept its configuration on disk: ${complaint(ran)}`);
  const dump = ran.stdout.replace(
    /^(# configuration file )(?!\/)(.*:)$/gm,
    (_all, start: string, name: string) => start + join(instance.cwd, name),
  );
  const { files, changed } = splitDump(dump, textOf);
  const found = discover(files, { hostname: hostname().toLowerCase(), facts: factsOf, unable: await lacks(instance) });
  return {
    sites: await withCertificateEnds(found.sites),
    questions: found.questions,
    files: new Map(files.map(({ path, text }) => [path, text])),
    problems: [...found.problems, ...changed.map((path) => `${path} changed while it was read, or cannot be read.`)],
    found,
    hookFiles: textsIn(dirname(hookFile(found.tree.main, "any"))),
  };
}

function unreadable(problems: readonly string[]): Hazard {
  return { code: "unreadable", message: problems.join(" "), refuses: true };
}

function unread(problem: string): NginxConfiguration {
  return { sites: [], questions: [], files: new Map(), problems: [problem], found: undefined, hookFiles: new Map() };
}

async function lacks({ program }: Instance): Promise<string | undefined> {
  const { built } = await aboutProgram(program);
  if (!built.includes("--with-http_auth_request_module"))
    return "This nginx was built without http_auth_request_module, which it needs to ask the agent.";
  const missing = NEEDED.find((name) => built.includes(`--without-${name}_module`));
  return missing === undefined ? undefined : `This nginx was built without ${missing}_module, which the hook needs.`;
}
