/** Whether a document can serve with the files that it names and that are read before it serves. */
import type { Config } from "../../contract/config.ts";
import { geoFileFault } from "../../worker/clients/geo-file.ts";
import { type CertificateFindings, checkCertificates } from "../certificates/check-certificates.ts";

/**
 * What serves already keeps no other document from serving: a site must be closed also while a file
 * is broken.
 *
 * @param active The document that serves, if one does.
 * @param now Epoch milliseconds.
 */
export async function checkFiles(
  config: Config,
  active: Config | undefined,
  now: number,
): Promise<CertificateFindings> {
  const { problems, warnings } = await checkCertificates(config, active, now);
  for (const [index, path] of (config.geoFiles ?? []).entries()) {
    if (active?.geoFiles?.includes(path) === true) continue;
    const fault = await geoFileFault(path);
    if (fault !== undefined)
      problems.push({
        path: `/geoFiles/${String(index)}`,
        code: "geo.file",
        message: `${path} cannot be used: ${fault}; name a file in MMDB format that the agent's user may read`,
      });
  }
  return { problems, warnings };
}
