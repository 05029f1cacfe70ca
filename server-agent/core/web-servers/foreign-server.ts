import type { VirtualHost } from "../../contract/config.ts";

/** Id of the web server beside the agent that serves it, if one does. */
export function foreignServer({ rules }: Pick<VirtualHost, "rules">): string | undefined {
  for (const { handler } of rules) if (handler?.type === "foreign") return handler.server;
  return undefined;
}
