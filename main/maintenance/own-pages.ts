/** Own pages on their way to servers, from one to another, and back to be shown. */
import { t } from "../language/translate.ts";
import type { AppState } from "../contract/state.ts";
import type { Result } from "../contract/failures.ts";
import type { MaintenanceOptions } from "../../server-agent/contract/maintenance.ts";
import { type OwnPageUpload, sentPageId } from "../../server-agent/contract/own-pages.ts";
import { done, failed } from "../failures.ts";
import type { PreviewStore } from "../page/preview-store.ts";
import type { Servers } from "../servers/servers.ts";

/** Where servers keep a page: its folder by the server's id. */
type Roots = Record<string, string>;

export class OwnPages {
  readonly #servers: Pick<Servers, "call">;
  readonly #state: () => Pick<AppState, "servers">;

  constructor(servers: Pick<Servers, "call">, state: () => Pick<AppState, "servers">) {
    this.#servers = servers;
    this.#state = state;
  }

  /** Sends a page to each of these servers. The first that refuses ends it, and is named. */
  async send(serverIds: readonly string[], { files }: OwnPageUpload): Promise<Result<Roots>> {
    const roots: Roots = {};
    for (const serverId of new Set(serverIds)) {
      const kept = await this.#servers.call(serverId, "putOwnPage", { body: { files } });
      if (!kept.ok)
        return {
          ok: false,
          failure: {
            ...kept.failure,
            message: t("The page was not sent to {server}: {why}", {
              server: this.#nameOf(serverId),
              why: kept.failure.message,
            }),
          },
        };
      roots[serverId] = kept.value.root;
    }
    return done(roots);
  }

  /**
   * Where these servers keep a page that was sent, and whether any server that is connected has it.
   *
   * @param root its folder on any server
   */
  async find(serverIds: readonly string[], root: string): Promise<{ roots: Roots; elsewhere: boolean }> {
    const id = sentPageId(root);
    if (id === undefined) return { roots: {}, elsewhere: false };
    const roots = await this.#rootsOn(serverIds, id);
    if (Object.keys(roots).length > 0) return { roots, elsewhere: true };
    return { roots, elsewhere: Object.keys(await this.#rootsOn(this.#others(serverIds), id)).length > 0 };
  }

  /**
   * Sends a page to those of the servers that lack it, from one that has it. Refuses with
   * `not-found` where none has it, and with what the first server says that does not take it.
   *
   * @param root its folder on any server
   */
  async copy(serverIds: readonly string[], root: string): Promise<Result<Roots>> {
    const id = sentPageId(root) ?? "";
    const roots = await this.#rootsOn(serverIds, id);
    const lacking = serverIds.filter((serverId) => roots[serverId] === undefined);
    if (lacking.length === 0) return done(roots);
    for (const source of [...Object.keys(roots), ...this.#others(serverIds)]) {
      const found = await this.#servers.call(source, "findOwnPage", { query: { id, files: "yes" } });
      if (!found.ok || found.value.files === undefined) continue;
      const sent = await this.send(lacking, { files: found.value.files });
      return sent.ok ? done({ ...roots, ...sent.value }) : sent;
    }
    const names = lacking.map((serverId) => this.#nameOf(serverId)).join(", ");
    return failed(
      "not-found",
      t("The page is not on {servers}, and no server that is connected has it: upload it again.", { servers: names }),
    );
  }

  /** Options that were made for another server: a page that was sent goes along. */
  async fitted<Options extends Pick<MaintenanceOptions, "root">>(
    serverId: string,
    sites: readonly Options[],
  ): Promise<Result<Options[]>> {
    const fitted: Options[] = [];
    for (const options of sites) {
      const { root } = options;
      if (root === undefined || sentPageId(root) === undefined) fitted.push(options);
      else {
        const roots = await this.copy([serverId], root);
        if (!roots.ok) return roots;
        fitted.push({ ...options, root: roots.value[serverId] ?? root });
      }
    }
    return done(fitted);
  }

  async #rootsOn(serverIds: readonly string[], id: string): Promise<Roots> {
    const found = serverIds.map(async (serverId) => {
      const page = await this.#servers.call(serverId, "findOwnPage", { query: { id } });
      return page.ok ? [[serverId, page.value.root] as const] : [];
    });
    return Object.fromEntries((await Promise.all(found)).flat());
  }

  /** Servers beside these that can be asked. */
  #others(serverIds: readonly string[]): string[] {
    return this.#state()
      .servers.filter(({ connection, profile }) => connection.state === "connected" && !serverIds.includes(profile.id))
      .map(({ profile }) => profile.id);
  }

  #nameOf(serverId: string): string {
    return this.#state().servers.find(({ profile }) => profile.id === serverId)?.profile.name ?? serverId;
  }
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
