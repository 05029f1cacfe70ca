/** Own pages on their way to servers, and back to be shown. */
import type { Result } from "../contract/failures.ts";
import type { OwnPageUpload } from "../../server-agent/contract/own-pages.ts";
import { done } from "../failures.ts";
import type { PreviewStore } from "../page/preview-store.ts";
import type { Servers } from "../servers/servers.ts";

/** Sends a page to each of these servers. The first that refuses ends it, and is named. */
export async function sendPage(
  servers: Pick<Servers, "call">,
  serverIds: readonly string[],
  { files }: OwnPageUpload,
  nameOf: (serverId: string) => string,
): Promise<Result<Record<string, string>>> {
  const roots: Record<string, string> = {};
  for (const serverId of new Set(serverIds)) {
    const kept = await servers.call(serverId, "putOwnPage", { body: { files } });
    if (!kept.ok)
      return {
        ok: false,
        failure: {
          ...kept.failure,
          message: `The page was not sent to ${nameOf(serverId)}: ${kept.failure.message}`,
        },
      };
    roots[serverId] = kept.value.root;
  }
  return done(roots);
}

/** @returns the address of a frame with the page; `null` if its server cannot show it */
export async function showOwnPage(
  servers: Pick<Servers, "call">,
  previews: Pick<PreviewStore, "putOwn">,
  serverId: string,
  root: string,
): Promise<string | null> {
  const read = async (path: string) => {
    const file = await servers.call(serverId, "readOwnPage", { query: { root, path } });
    return file.ok
      ? { type: file.value.type, body: new Uint8Array(Buffer.from(file.value.content, "base64")) }
      : undefined;
  };
  const page = await read("/");
  if (page === undefined) return null;
  return previews.putOwn(`${serverId} ${root} ${Buffer.from(page.body).toString("base64")}`, read);
}
