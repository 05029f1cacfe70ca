/** Whether a document can serve with what it names: files, and hashes of passwords. */
import { isDeepStrictEqual } from "node:util";
import type { Config } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import type { Auth } from "../../contract/rules/auth.ts";
import { unshared } from "../../core/config/in-common.ts";
import { childPointer } from "../../core/json-pointer.ts";
import { faultsOfFile, faultsOfListed, type UserFault } from "../../worker/auth/user-faults.ts";
import { geoFileFault } from "../../worker/clients/geo-file.ts";
import type { CertificateReadings } from "../certificates/certificate-facts.ts";
import { type CertificateFindings, checkCertificates } from "../certificates/check-certificates.ts";

/**
 * What serves already keeps no other document from serving: a site must be closed also while a file
 * is broken.
 *
 * @param active The document that serves, if one does.
 * @param now Epoch milliseconds.
 * @param readings Gets what was read of certificates.
 */
export async function checkFiles(
  config: Config,
  active: Config | undefined,
  now: number,
  readings?: CertificateReadings,
): Promise<CertificateFindings> {
  const findings = await checkCertificates(config, active, now, readings);
  findings.problems.push(...(await checkGeoFiles(config, active)));
  await checkUsers(config, active, findings);
  return findings;
}

async function checkGeoFiles({ geoFiles = [] }: Config, active: Config | undefined): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [index, path] of geoFiles.entries()) {
    const fault = active?.geoFiles?.includes(path) === true ? undefined : await geoFileFault(path);
    if (fault !== undefined)
      problems.push({
        path: `/geoFiles/${String(index)}`,
        code: "geo.file",
        message: `${path} cannot be used: ${fault}; name a file in MMDB format that the agent's user may read`,
      });
  }
  return problems;
}

/** Most switches change one virtual host, and have the others as the very objects that serve. */
async function checkUsers(
  { virtualHosts }: Config,
  active: Config | undefined,
  { problems, warnings }: CertificateFindings,
): Promise<void> {
  for (const [index, virtualHost] of unshared(active?.virtualHosts ?? [], virtualHosts)) {
    for (const [position, { auth }] of virtualHost.rules.entries()) {
      if (auth === undefined || isServing(auth, active)) continue;
      const path = `/virtualHosts/${String(index)}/rules/${String(position)}/auth`;
      const told = ({ at, message }: UserFault): Problem => ({
        path: at.reduce(childPointer, path),
        code: "auth.users",
        message,
      });
      problems.push(...faultsOfListed(auth).map(told));
      warnings.push(...(await faultsOfFile(auth)).map(told));
    }
  }
}

function isServing(auth: Auth, active: Config | undefined): boolean {
  return active?.virtualHosts.some(({ rules }) => rules.some((rule) => isDeepStrictEqual(rule.auth, auth))) === true;
}
