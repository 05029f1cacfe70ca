/** The web servers that run now, and what they say of their configuration. */
import type { HookCell } from "../../contract/web-servers.ts";
import { askForHook } from "../../adapters/install-hook.ts";
import type { ClosedHosts, Instance, ReadConfiguration, WebServerAdapter } from "../../adapters/adapter.ts";
import { messageOf } from "../../log.ts";

/** A running web server, and what it says of itself. */
export interface FoundServer {
  adapter: WebServerAdapter;
  instance: Instance;
  read: ReadConfiguration;
}

/** What was read is good for so long (ms), for several sites that are closed together. */
const MAX_READ_AGE_MS = 1000;

export class FoundServers {
  readonly #adapters: readonly WebServerAdapter[];
  #known: readonly FoundServer[] = [];
  #readAt = -Infinity;
  #finding: Promise<readonly FoundServer[]> | undefined;
  /** Processes that could not be looked at, a sentence each. */
  problems: string[] = [];

  constructor(adapters: readonly WebServerAdapter[]) {
    this.#adapters = adapters;
  }

  /** Asks all of them. */
  async find(): Promise<readonly FoundServer[]> {
    const found = await Promise.all(
      this.#adapters.map(async (adapter) => {
        const { instances, problems } = await adapter.find();
        const servers = await Promise.all(
          instances.map(async (instance) => ({ adapter, instance, read: await readOf(adapter, instance) })),
        );
        return { servers, problems };
      }),
    );
    this.problems = found.flatMap(({ problems }) => problems);
    this.#known = found.flatMap(({ servers }) => servers);
    this.#readAt = performance.now();
    return this.#known;
  }

  /** Of the kind of this server, whether it runs or not. */
  adapterOf(server: string): WebServerAdapter | undefined {
    return this.#adapters.find(({ kind }) => isOfKind(server, kind));
  }

  /** The one of this id, as it is now. */
  async one(server: string): Promise<FoundServer | undefined> {
    const isFresh = performance.now() - this.#readAt < MAX_READ_AGE_MS;
    // Those of several sites come at once.
    if (!isFresh) this.#finding ??= this.find().finally(() => (this.#finding = undefined));
    const known = isFresh ? this.#known : ((await this.#finding) ?? []);
    return known.find(({ instance }) => instance.id === server);
  }

  /**
   * Tells those of these servers that have to be told what is closed. One that does not run is told
   * when it is found again. Rejects with an `Error`.
   */
  async publish(closed: ReadonlyMap<string, ClosedHosts>): Promise<void> {
    const told = new Set(this.#adapters.filter((adapter) => adapter.publish !== undefined).map(({ kind }) => kind));
    const toTell = [...closed].filter(([server]) => [...told].some((kind) => isOfKind(server, kind)));
    if (toTell.length === 0) return;
    if (!toTell.every(([server]) => this.#known.some(({ instance }) => instance.id === server))) await this.find();
    await Promise.all(
      toTell.map(async ([server, sites]) => {
        const found = this.#known.find(({ instance }) => instance.id === server);
        await found?.adapter.publish?.(found.instance, sites);
      }),
    );
  }
}

/** Whether each listener of a site asks the agent now. */
export async function askAll({ adapter, read }: FoundServer, site: string): Promise<HookCell[]> {
  return Promise.all(
    read.questions.filter((question) => question.site === site).map((question) => askForHook(adapter, question)),
  );
}

/** As `Instance.id` is made. */
function isOfKind(server: string, kind: string): boolean {
  return server === kind || server.startsWith(`${kind}-`);
}

async function readOf(adapter: WebServerAdapter, instance: Instance): Promise<ReadConfiguration> {
  try {
    return await adapter.read(instance);
  } catch (failure) {
    return { sites: [], questions: [], files: new Map(), problems: [messageOf(failure)] };
  }
}
