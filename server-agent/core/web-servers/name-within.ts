import type { Config } from "../../contract/config.ts";
import { sampleHost } from "../proof/proof-samples.ts";

/** A name that the virtual host answers for; undefined where there is none, or none can be told. */
export function nameWithin(config: Config, site: string): string | undefined {
  const virtualHost = config.virtualHosts.find(({ id }) => id === site);
  return virtualHost?.hosts.map(sampleHost).find((name) => name !== undefined);
}
