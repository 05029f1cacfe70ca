/** What the page watches of the requests in flight. */
import { isDeepStrictEqual } from "node:util";
import type { SeenRequests } from "../agent/request-watches.ts";
import type { Result } from "../contract/failures.ts";
import type { RequestWatch, WatchedRequests as Watched } from "../contract/requests.ts";
import { done, failed } from "../failures.ts";
import type { StateStore } from "../state/state-store.ts";
import type { Servers } from "./servers.ts";

/** Each has an SSH channel of its own, and sshd allows ten in all (`MaxSessions`). */
const MAX_WATCHES_PER_SERVER = 3;

/** The requests in flight that the page watches, as state. */
export class WatchedRequests {
  readonly #servers: Pick<Servers, "watchRequests">;
  readonly #store: StateStore;
  readonly #watches = new Map<string, { watch: RequestWatch; stop: () => void }>();

  constructor(servers: Pick<Servers, "watchRequests">, store: StateStore) {
    this.#servers = servers;
    this.#store = store;
  }

  /** Watches these from now on and no others. Refuses with `ipc.input` what is too much. */
  watch(watches: readonly RequestWatch[]): Result<null> {
    if (new Set(watches.map(({ id }) => id)).size < watches.length)
      return failed("ipc.input", "Each watch needs an id of its own.");
    const perServer = Map.groupBy(watches, ({ serverId }) => serverId);
    if ([...perServer.values()].some(({ length }) => length > MAX_WATCHES_PER_SERVER))
      return failed("ipc.input", `Watch ${MAX_WATCHES_PER_SERVER} lists of one server at most.`);
    const wanted = new Map(watches.map((watch) => [watch.id, watch]));
    const ended = [...this.#watches].filter(([id, { watch }]) => !isDeepStrictEqual(watch, wanted.get(id)));
    for (const [id, { stop }] of ended) {
      stop();
      this.#watches.delete(id);
    }
    const added = watches.filter(({ id }) => !this.#watches.has(id));
    if (ended.length === 0 && added.length === 0) return done(null);
    const observedAt = new Date().toISOString();
    const known = Object.entries(this.#store.state.requests).filter(([id]) => this.#watches.has(id));
    const fresh = added.map(({ id }): [string, Watched] => [
      id,
      { requests: null, total: 0, observedAt, failure: null },
    ]);
    this.#store.set("requests", Object.fromEntries([...known, ...fresh]));
    for (const watch of added) {
      const { id, serverId, site, before } = watch;
      const stop = this.#servers.watchRequests(serverId, { site, before }, (seen) => this.#take(id, seen));
      this.#watches.set(id, { watch, stop });
    }
    return done(null);
  }

  #take(id: string, seen: SeenRequests): void {
    const { requests } = this.#store.state;
    const before = Object.hasOwn(requests, id) ? requests[id] : undefined;
    if (before === undefined) return;
    const watched: Watched =
      seen.failure === null ? { ...seen, observedAt: new Date().toISOString() } : { ...before, failure: seen.failure };
    this.#store.set("requests", { ...requests, [id]: watched });
  }
}
