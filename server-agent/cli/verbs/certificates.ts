import { parseArgs } from "node:util";
import type { SiteCertificate } from "../../contract/tls/acme.ts";
import { EXIT } from "../../exit-codes.ts";
import { callAgent, report, SOCKET_OPTIONS, socketPath } from "../call-agent.ts";
import { UsageError } from "../usage-error.ts";

/** `certificates` lists them; `certificates renew SITE` orders one now, and waits for it. */
export async function certificates(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: SOCKET_OPTIONS });
  const [verb = "list", site, ...more] = positionals;
  const socket = socketPath(values.socket);
  const { json } = values;
  if (verb === "list" && site === undefined)
    return report(await callAgent(socket, "listCertificates", {}), json, (reply) =>
      reply.certificates.length === 0 ? "no certificates\n" : reply.certificates.map(describe).join(""),
    );
  if (verb !== "renew" || site === undefined || more.length > 0)
    throw new UsageError("use `certificates`, or `certificates renew SITE`");
  const outcome = await callAgent(socket, "renewCertificate", { params: { site }, body: {} });
  const code = report(outcome, json, describe);
  return outcome.ok && outcome.value.acme?.failure !== undefined ? EXIT.failed : code;
}

function describe({ site, names, begins, ends, acme }: SiteCertificate): string {
  const life = begins === undefined || ends === undefined ? "cannot be read" : `valid from ${begins} until ${ends}`;
  return `${site}  ${names.join(" ")}, ${life}; ${acme === undefined ? "from files" : origin(acme)}\n`;
}

function origin({ authority, issued, orderAt, failure }: NonNullable<SiteCertificate["acme"]>): string {
  const what = issued ? `from ${authority}` : `self-signed until ${authority} issues one`;
  const next = orderAt === undefined ? "order in progress" : `next order at ${orderAt}`;
  return `${what}; ${next}${failure === undefined ? "" : `\n  failed at ${failure.at}: ${failure.message}`}`;
}
