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

/** What was found of one kind, and when (`performance.now()`). */
interface FoundKind {
  servers: readonly FoundServer[];
  /** Processes that could not be looked at, a sentence each. */
  problems: readonly string[];
  readAt: number;
}

export class FoundServers {
  readonly #adapters: readonly WebServerAdapter[];
  readonly #known = new Map<WebServerAdapter, FoundKind>();
  readonly #finding = new Map<WebServerAdapter, Promise<readonly FoundServer[]>>();

  constructor(adapters: readonly WebServerAdapter[]) {
    this.#adapters = adapters;
  }

  /** Asks all of them. */
  async find(): Promise<readonly FoundServer[]> {
    return (await Promise.all(this.#adapters.map((adapter) => this.#find(adapter)))).flat();
  }

  /** Asks those of the kinds of these servers anew. */
  async refresh(servers: Iterable<string>): Promise<void> {
    const kinds = new Set([...servers].flatMap((server) => this.adapterOf(server) ?? []));
    await Promise.all([...kinds].map((adapter) => this.#find(adapter)));
  }

  /** Processes that could not be looked at, a sentence each. */
  get problems(): string[] {
    return this.#adapters.flatMap((adapter) => this.#known.get(adapter)?.problems ?? []);
  }

  /** Of the kind of this server, whether it runs or not. */
  adapterOf(server: string): WebServerAdapter | undefined {
    return this.#adapters.find(({ kind }) => isOfKind(server, kind));
  }

  /** The one of this id, as it is now. */
  async one(server: string): Promise<FoundServer | undefined> {
    const adapter = this.adapterOf(server);
    if (adapter === undefined) return undefined;
    const known = this.#known.get(adapter);
    if (known !== undefined && performance.now() - known.readAt < MAX_READ_AGE_MS) return withId(known.servers, server);
    // Those of several sites come at once.
    const finding = this.#finding.get(adapter) ?? this.#find(adapter).finally(() => void this.#finding.delete(adapter));
    this.#finding.set(adapter, finding);
    return withId(await finding, server);
  }

  /**
   * Tells those of these servers that have to be told what is closed. One that does not run is told
   * when it is found again. Rejects with an `Error`.
   */
  async publish(closed: ReadonlyMap<string, ClosedHosts>): Promise<void> {
    await Promise.all(
      [...closed].map(async ([server, sites]) => {
        if (this.adapterOf(server)?.publish === undefined) return;
        const found = await this.one(server);
        await found?.adapter.publish?.(found.instance, found.read, sites);
      }),
    );
  }

  async #find(adapter: WebServerAdapter): Promise<readonly FoundServer[]> {
    const found = await adapter.find();
    const { instances, twins } = toldApart(found.instances);
    const servers = await Promise.all(
      instances.map(async (instance) => ({ adapter, instance, read: await readOf(adapter, instance) })),
    );
    this.#known.set(adapter, { servers, problems: [...found.problems, ...twins], readAt: performance.now() });
    return servers;
  }
}

/**
 * One of each id, which says which configuration it reads: two of them are a web server that ends
 * beside its successor, or one in a container beside one that is not.
 *
 * @returns `twins`: those that are left out, a sentence each.
 */
function toldApart(found: readonly Instance[]): { instances: Instance[]; twins: string[] } {
  const chosen = new Map<string, Instance>();
  for (const instance of found)
    if (instance.root === undefined || chosen.get(instance.id)?.root !== undefined || !chosen.has(instance.id))
      chosen.set(instance.id, instance);
  const twins = found.flatMap(({ id, kind, pid, configuration, container }) => {
    const other = chosen.get(id)?.pid ?? pid;
    const where = container === undefined ? "" : ` in container ${container}`;
    return other === pid
      ? []
      : `The ${kind} with process id ${String(pid)}${where} reads the same configuration file (${configuration}) as the one with process id ${String(other)}, and is left out.`;
  });
  return { instances: [...chosen.values()], twins };
}

function withId(servers: readonly FoundServer[], id: string): FoundServer | undefined {
  return servers.find(({ instance }) => instance.id === id);
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
