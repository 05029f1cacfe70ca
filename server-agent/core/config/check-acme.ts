/** What a document must mean about certificates that the agent obtains. */
import type { Config, IssuedCertificate, VirtualHost } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import { isIssued, nameFault } from "../acme/acme-names.ts";
import { suggestName } from "../nearest-name.ts";
import { ownValue } from "../own-value.ts";
import { coversHost } from "../tls/certificate-names.ts";
import { quote } from "../wording.ts";

/** In one certificate, as authorities limit it. */
const MAX_NAMES = 100;

export function checkAcme({ virtualHosts, acme = {} }: Config, problems: Problem[]): void {
  for (const [index, { tls, hosts, copycatOf, rules }] of virtualHosts.entries()) {
    if (!isIssued(tls)) continue;
    const path = `/virtualHosts/${String(index)}`;
    if (ownValue(acme, tls.acme) === undefined) {
      const wayOut =
        suggestName(tls.acme, () => Object.keys(acme), problems.length) ??
        `add it: "acme": { ${JSON.stringify(tls.acme)}: { "termsAgreed": true } }`;
      problems.push({
        path: `${path}/tls/acme`,
        code: "virtual-host.unknown-authority",
        message: `there is no authority ${quote(tls.acme)} in \`acme\` of the document; ${wayOut}`,
      });
    }
    if (copycatOf !== undefined)
      problems.push({
        path: `${path}/tls`,
        code: "virtual-host.copycat-acme",
        message: `a copycat uses the certificate of its original; give \`tls\` to ${quote(copycatOf)} instead`,
      });
    if (rules.some(({ handler }) => handler?.type === "foreign"))
      problems.push({
        path: `${path}/tls`,
        code: "virtual-host.foreign-acme",
        message: "the web server beside the agent serves this site with its own certificate; remove `tls` here",
      });
    checkNames(tls, hosts, path, problems);
  }
}

function checkNames(
  { names }: IssuedCertificate,
  hosts: VirtualHost["hosts"],
  path: string,
  problems: Problem[],
): void {
  const [list, field] = names === undefined ? [hosts, `${path}/hosts`] : [names, `${path}/tls/names`];
  if (list.length > MAX_NAMES)
    problems.push({
      path: field,
      code: "virtual-host.acme-names",
      message: `a certificate is for ${String(MAX_NAMES)} names at most; make several virtual hosts of this one`,
    });
  for (const [position, name] of list.entries()) {
    const isForeign = names !== undefined && hosts.every((host) => !isAmong(host, name));
    const message = isForeign
      ? `${quote(name)} is not among the \`hosts\` of this virtual host; add it there, or remove it here`
      : nameFault(name);
    if (message !== undefined)
      problems.push({ path: `${field}/${String(position)}`, code: "virtual-host.acme-names", message });
  }
}

/** Whether the host may answer for the name; of an expression nobody knows. */
function isAmong(host: string, name: string): boolean {
  if (host.startsWith("~") || host === "*") return true;
  return host.startsWith("*.")
    ? name.toLowerCase().endsWith(host.slice(1).toLowerCase())
    : coversHost([host.toLowerCase().replace(/\.$/, "")], name) === true;
}
