/** What the main process knows and the page shows. */
import { z } from "zod";
import type { SiteMetrics } from "../../server-agent/contract/events.ts";
import { command } from "./command.ts";
import { nothing } from "./fields.ts";
import type { PublicProof } from "./maintenance.ts";
import type { Connection, ServerState } from "./servers.ts";
import type { PartPatch, StateParts } from "./state/parts.ts";

export interface AppInfo {
  version: string;
  electron: string;
  chrome: string;
  node: string;
  platform: string;
  packaged: boolean;
  /** nginx is installed here, so that the practice server can be beside one. */
  hasNginx: boolean;
}

export interface AppState extends StateParts {
  app: AppInfo;
  servers: ServerState[];
}

/** What changed of `AppState`. `servers` keeps its order; a new server goes last. */
export type StatePatch =
  | { part: "server"; server: ServerState }
  /** The small and frequent one: a server was heard of, with its metrics. */
  | {
      part: "observation";
      id: string;
      at: string;
      connection: Connection;
      metrics: { revision: number; at: string; byVirtualHost: Record<string, SiteMetrics> } | null;
    }
  /** `null`: the server has forgotten the receipt. */
  | { part: "seen-from-here"; id: string; receiptId: string; proof: PublicProof | null }
  | { part: "server-removed"; id: string }
  | PartPatch;

export const STATE_COMMANDS = {
  "state.get": command(nothing).returns<AppState>(),
  "notice.dismiss": command(z.strictObject({ id: z.string() })).returns<null>(),
};
