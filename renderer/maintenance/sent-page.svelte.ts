/**
 * A page that was sent to a server, found on those where the maintenance is to be: a server that
 * came later, or one that a preset was not made on, keeps it elsewhere or not at all.
 */
import { untrack } from "svelte";
import { sentPageId } from "../../main/contract/agent.ts";
import { appState } from "../lib/app-state.svelte.ts";
import { call } from "../lib/bridge.ts";
import type { Draft } from "./draft.ts";

export class SentPage {
  readonly #holder: { readonly draft: Draft };
  /** As text, so that it is asked for again only where another page or server is chosen. */
  readonly #wanted: string | undefined = $derived.by(() => {
    const { draft } = this.#holder;
    if (draft.response !== "files" || sentPageId(draft.root) === undefined) return undefined;
    const reached = this.servers.filter((id) => appState.server(id)?.connection.state === "connected");
    return reached.length === 0 ? undefined : JSON.stringify({ serverIds: reached, root: draft.root });
  });
  /** Those that take part, the leading one first. */
  readonly servers: readonly string[] = $derived.by(() => {
    const { draft } = this.#holder;
    return [draft, ...draft.also].map(({ serverId }) => serverId).filter((id, at, ids) => ids.indexOf(id) === at);
  });
  /** `null` for a folder that is the servers' own. */
  readonly sent = $derived.by(() => {
    const { sent, root } = this.#holder.draft;
    return sent?.root === root ? sent : null;
  });
  /** Servers that take part and do not have it. */
  readonly lacking: readonly string[] = $derived.by(() => {
    const { sent } = this;
    return sent === null ? [] : this.servers.filter((id) => sent.roots[id] === undefined);
  });

  /**
   * Made while a component is set up: it looks for the page until that is destroyed.
   * @param holder what has the draft: it may be replaced there
   */
  constructor(holder: { readonly draft: Draft }) {
    this.#holder = holder;
    $effect(() => {
      if (this.#wanted !== undefined && untrack(() => this.sent === null || this.lacking.length > 0))
        void this.#find(JSON.parse(this.#wanted) as { serverIds: string[]; root: string });
    });
  }

  /** Sends it from a server that has it to those that lack it. @throws {FailureError} */
  async copy(): Promise<void> {
    const { root } = this.#holder.draft;
    const roots = await call("page.copy", { serverIds: [...this.servers], root });
    this.#keep(root, roots, true);
  }

  async #find(wanted: { serverIds: string[]; root: string }): Promise<void> {
    try {
      const { roots, elsewhere } = await call("page.find", wanted);
      this.#keep(wanted.root, roots, elsewhere);
    } catch {
      // The plan says what is wrong with the server, or that the page is not there.
    }
  }

  #keep(root: string, roots: Readonly<Record<string, string>>, elsewhere: boolean): void {
    const { draft } = this.#holder;
    if (draft.root !== root) return;
    const known = this.sent;
    draft.sent = { name: known?.name ?? "", root, roots: { ...known?.roots, ...roots }, elsewhere };
  }
}
