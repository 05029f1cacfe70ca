import { parseArgs } from "node:util";
import type { HookOutcome, HookPlan, WebServer, WebServerSite } from "../../contract/web-servers.ts";
import type { ExitCode } from "../../exit-codes.ts";
import { callAgent, operator, report, SOCKET_OPTIONS, socketPath } from "../call-agent.ts";
import { count } from "../count.ts";
import { UsageError } from "../usage-error.ts";

/** `web-servers` lists those that run here, with their sites. */
export async function webServers(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: SOCKET_OPTIONS });
  if (positionals.length > 0) throw new UsageError("`web-servers` takes no arguments");
  const reply = await callAgent(socketPath(values.socket), "listWebServers", {});
  return report(reply, values.json, ({ webServers: all }) =>
    all.length === 0 ? "found no running nginx, Apache, Caddy or HAProxy\n" : all.map(describe).join(""),
  );
}

const OPTIONS = { ...SOCKET_OPTIONS, plan: { type: "boolean" }, later: { type: "boolean" } } as const;

/** `prepare WEB-SERVER [SITE]…` lets a web server ask the agent while a site is closed. */
export function prepare(args: readonly string[]): Promise<ExitCode> {
  return changeHook("prepare", args);
}

/** `unprepare WEB-SERVER [SITE]…` takes it back. */
export function unprepare(args: readonly string[]): Promise<ExitCode> {
  return changeHook("unprepare", args);
}

async function changeHook(verb: "prepare" | "unprepare", args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  const [id, ...named] = positionals;
  if (id === undefined)
    throw new UsageError(`use \`${verb} WEB-SERVER [SITE]…\`; \`backsoon-agent web-servers\` lists both`);
  const socket = socketPath(values.socket);
  const params = { id };
  const sites = named.length === 0 ? {} : { sites: named };
  if (values.plan === true) {
    const body = { ...sites, remove: verb === "unprepare" };
    return report(await callAgent(socket, "planHook", { params, body }), values.json, describePlan);
  }
  const how = { reload: values.later === true ? ("later" as const) : ("now" as const), author: operator() };
  const outcome =
    verb === "prepare"
      ? await callAgent(socket, "installHook", { params, body: { ...sites, ...how } })
      : await callAgent(socket, "removeHook", {
          params,
          query: named.length === 0 ? how : { ...how, sites: named.join(",") },
        });
  return report(outcome, values.json, (done) => describeOutcome(verb, done));
}

function describe({ id, version, pid, configuration, sites, problems }: WebServer): string {
  const width = Math.max(...sites.map((site) => site.id.length), 0);
  return [
    `${id}  ${version}  pid ${String(pid)}  ${configuration}`,
    ...sites.flatMap((site) => [`  ${site.id.padEnd(width)}  ${stateOf(site)}`, ...inFlightOf(site)]),
    ...problems.map((problem) => `  ! ${problem}`),
    "",
  ].join("\n");
}

function stateOf({ state, message, listeners, hazards }: WebServerSite): string {
  const at = listeners.map(({ address, port, tls }) => `${address}:${String(port)}${tls ? " (TLS)" : ""}`).join(", ");
  const where = hazards.find(({ refuses }) => refuses);
  const place = where?.file === undefined ? "" : ` ${where.file}:${String(where.line ?? 1)}`;
  return `${state}${state === "ready" || state === "not-prepared" ? "" : `: ${message}${place}`}  ${at}`;
}

function inFlightOf({ inFlight }: WebServerSite): string[] {
  if (inFlight === undefined) return [];
  const { of, total, before } = inFlight;
  const where = of.join(", ");
  return before === undefined
    ? [`    ${count(total, "request")} at ${where}`]
    : [`    ${count(before, "connection")} from before the switch to ${where}`];
}

function describePlan({ files, commands, price, refused }: HookPlan): string {
  return [
    ...files.map(
      ({ path, before, after }) => `${before === null ? "new" : after === null ? "removed" : "changed"}  ${path}`,
    ),
    ...commands.map((command) => `runs  ${command}`),
    price,
    ...refused.map(({ site, hazards }) => `! ${site}: ${hazards.map(({ message }) => message).join(" ")}`),
    "",
  ].join("\n");
}

function describeOutcome(verb: "prepare" | "unprepare", { plan, webServer, generation }: HookOutcome): string {
  const done = verb === "prepare" ? "prepared" : "no longer prepared";
  const sites = webServer.sites.filter(({ id }) => plan.sites.includes(id));
  return [
    `${plan.sites.join(", ")}: ${done}, generation ${String(generation)}`,
    ...(verb === "prepare" ? sites.map((site) => `  ${site.id}  ${stateOf(site)}`) : []),
    "",
  ].join("\n");
}
