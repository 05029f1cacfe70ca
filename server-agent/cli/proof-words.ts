/** What the agent found when it asked its own listeners; visitors may come to others. */
import type { Config } from "../contract/config.ts";
import type { Receipt } from "../contract/maintenance.ts";
import { foreignServer } from "../core/web-servers/foreign-server.ts";
import { wrongCells, wrongWords } from "../core/proof/wrong-cells.ts";

export function isWrong(receipt: Receipt): boolean {
  return wrongCells(receipt.proof).length > 0;
}

/** The web server beside the agent that serves the site, if one does. */
export function serverOf({ virtualHosts }: Config, site: string): string | undefined {
  const virtualHost = virtualHosts.find(({ id }) => id === site);
  return virtualHost === undefined ? undefined : foreignServer(virtualHost);
}

/** `server`: the one that was asked, where it is not the agent itself. */
export function proofWords(receipt: Receipt, server: string | undefined): string {
  const { proof } = receipt;
  const title = server === undefined ? "proof at the agent" : `proof through ${server}`;
  if (proof === undefined) return `${title}: not made yet`;
  const wrong = wrongWords(proof);
  return `${title}, ${proof.observedAt}: ${wrong === "" ? "as planned" : wrong}`;
}
