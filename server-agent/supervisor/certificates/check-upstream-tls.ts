/** Whether TLS with upstreams can be spoken with the files that a document names. */
import { isDeepStrictEqual } from "node:util";
import type { Config } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import type { UpstreamTls } from "../../contract/upstream.ts";
import { childPointer } from "../../core/json-pointer.ts";
import { authoritiesFault, loadCertificate } from "../../worker/tls/certificate-files.ts";

/** What serves already keeps no other document from serving, and was warned of. */
export async function checkUpstreamTls({ upstreams = {} }: Config, active: Config | undefined) {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  for (const [name, { tls }] of Object.entries(upstreams)) {
    if (tls === undefined || isDeepStrictEqual(active?.upstreams?.[name]?.tls, tls)) continue;
    const path = `${childPointer("/upstreams", name)}/tls`;
    problems.push(...(await problemsOf(tls, path)));
    if (tls.verify === false)
      warnings.push({
        path: `${path}/verify`,
        code: "upstream.tls-unverified",
        message:
          "nothing tells the target from somebody on the way, who can read and change everything; name its CA in `ca` and remove `verify`",
      });
  }
  return { problems, warnings };
}

async function problemsOf({ ca, certificate, key }: UpstreamTls, path: string): Promise<Problem[]> {
  const problems: Problem[] = [];
  const message = ca === undefined ? undefined : await authoritiesFault(ca);
  if (message !== undefined) problems.push({ path: `${path}/ca`, code: "tls.ca", message });
  if (certificate === undefined || key === undefined) return problems;
  const outcome = await loadCertificate({ certificate, key });
  if (!outcome.ok) {
    const { field, code, message: why } = outcome.fault;
    problems.push({ path: `${path}/${field}`, code, message: why });
  }
  return problems;
}
