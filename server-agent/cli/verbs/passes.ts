import { parseArgs } from "node:util";
import type { IssuedPass, Pass } from "../../contract/passes.ts";
import { callAgent, operator, report, SOCKET_OPTIONS, socketPath } from "../call-agent.ts";
import { count } from "../count.ts";
import { parseUntil } from "../parse-until.ts";
import { UsageError } from "../usage-error.ts";

const OPTIONS = { ...SOCKET_OPTIONS, site: { type: "string" }, until: { type: "string" } } as const;
const DEFAULT_LIFE = "1d";

/** `passes` lists them; `passes add NAME --site SITE`, `passes revoke ID`. */
export async function passes(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  const [verb = "list", subject, ...more] = positionals;
  const socket = socketPath(values.socket);
  const { json } = values;
  if (verb === "list" && subject === undefined)
    return report(await callAgent(socket, "listPasses", {}), json, (reply) => describeAll(reply.passes));
  if (subject === undefined || more.length > 0) throw new UsageError(USE);
  if (verb === "revoke") {
    const call = { params: { id: subject }, query: { author: operator() } };
    return report(await callAgent(socket, "revokePass", call), json, describe);
  }
  if (verb !== "add") throw new UsageError(USE);
  if (values.site === undefined) throw new UsageError("name the site: --site SITE");
  const until = parseUntil(values.until ?? DEFAULT_LIFE, new Date());
  const body = { name: subject, site: values.site, until, author: operator() };
  return report(await callAgent(socket, "createPass", { body }), json, describeIssued);
}

const USE = "use `passes`, `passes add NAME --site SITE [--until TIME]`, or `passes revoke ID`";

function describeAll(all: readonly Pass[]): string {
  return all.length === 0 ? "no passes\n" : all.map(describe).join("");
}

function describe({ id, name, site, until, lastUsedAt, opened, revoked }: Pass): string {
  const state = revoked === undefined ? `until ${until}` : `revoked at ${revoked.at} by ${revoked.by}`;
  const use = lastUsedAt === undefined ? "never used" : `last used ${lastUsedAt}, link opened ${count(opened, "time")}`;
  return `${id}  "${name}" for ${site}, ${state}; ${use}\n`;
}

function describeIssued(pass: IssuedPass): string {
  return `${describe(pass)}${pass.links.map((link) => `${link}\n`).join("")}A link lets in the browser that opens it. It will not be shown again.\n`;
}
