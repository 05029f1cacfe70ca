/**
 * Many agents in one process, as far as the desktop sees them: each answers `GET /v1/agent` and the
 * event stream on a socket of its own, with its metrics once a second. Only for measuring the
 * desktop; what they send passes through the contract's own schemas.
 */
import { once } from "node:events";
import { type ServerResponse, createServer } from "node:http";
import { join } from "node:path";
import type { Config } from "../../server-agent/contract/config.ts";
import { type Event, Snapshot } from "../../server-agent/contract/events.ts";
import type { Receipt } from "../../server-agent/contract/maintenance.ts";

export interface SimulatedAgents {
  sockets: string[];
  /**
   * Puts a site of one agent in maintenance under this author's name, and tells the desktop.
   * Returns when that was (`Date.now()`).
   */
  close(agent: number, site: number, author: string): number;
  end(): Promise<void>;
}

export function siteName(agent: number, site: number): string {
  return `site-${site}.server-${agent}.example.com`;
}

export async function simulateAgents(folder: string, count: number, sitesEach: number): Promise<SimulatedAgents> {
  const agents = Array.from(
    { length: count },
    (_, at) => new SimulatedAgent(at, sitesEach, join(folder, `${at}.sock`)),
  );
  await Promise.all(agents.map((agent) => agent.listen()));
  const ticking = setInterval(() => {
    for (const agent of agents) agent.tick();
  }, 1000);
  return {
    sockets: agents.map(({ socketPath }) => socketPath),
    close: (agent, site, author) => agents[agent]?.close(site, author) ?? Date.now(),
    end: async () => {
      clearInterval(ticking);
      await Promise.all(agents.map((agent) => agent.end()));
    },
  };
}

class SimulatedAgent {
  readonly socketPath: string;
  readonly #number: number;
  readonly #server = createServer((request, response) => this.#answer(request.url ?? "", response));
  readonly #streams = new Set<ServerResponse>();
  readonly #snapshot: Snapshot;
  #ticks = 0;

  constructor(number: number, sites: number, socketPath: string) {
    this.#number = number;
    this.socketPath = socketPath;
    const at = new Date().toISOString();
    const config: Config = {
      listeners: [{ name: "http", address: "127.0.0.1", port: 8080 }],
      virtualHosts: Array.from({ length: sites }, (_, site) => ({
        id: `site-${site}`,
        hosts: [siteName(number, site)],
        rules: [{ handler: { type: "respond" as const, body: "live" } }],
      })),
    };
    this.#snapshot = Snapshot.parse({
      type: "snapshot",
      revision: 1,
      at,
      agent: {
        version: "0.1.0",
        apiVersion: 1,
        pid: 1,
        startedAt: at,
        uptimeSeconds: 1,
        workers: [{ id: 1, pid: 2, state: "serving" }],
        listeners: [{ name: "http", address: "127.0.0.1", port: 8080 }],
        generation: 1,
        hostname: `server-${number}`,
        clock: at,
      },
      config,
      generations: [
        { generation: 1, state: "active", createdAt: at, author: "bench", reason: "seed", changes: [], inFlight: 0 },
      ],
      maintenance: [],
      stages: [],
      windows: [],
      reminders: [],
      metrics: Object.fromEntries(
        config.virtualHosts.map(({ id }) => [id, { requests: 0, inFlight: 0, perSecond: 0, status: {} }]),
      ),
    } satisfies Snapshot);
  }

  async listen(): Promise<void> {
    this.#server.listen(this.socketPath);
    await once(this.#server, "listening");
  }

  tick(): void {
    this.#ticks += 1;
    for (const [at, metrics] of Object.values(this.#snapshot.metrics).entries()) {
      metrics.perSecond = 20 + ((at * 7 + this.#ticks * 3 + this.#number) % 40);
      metrics.requests += metrics.perSecond;
      metrics.inFlight = (at + this.#ticks) % 4;
    }
    this.#tell({ type: "metrics", ...this.#next(), metrics: this.#snapshot.metrics });
  }

  close(site: number, author: string): number {
    const id = `site-${site}`;
    const { config } = this.#snapshot;
    const original = config.virtualHosts.findIndex((host) => host.id === id);
    const host = config.virtualHosts[original];
    if (host === undefined) throw new Error(`there is no ${id}`);
    config.virtualHosts.splice(original, 0, {
      id: `${id}-copycat`,
      hosts: host.hosts,
      copycatOf: id,
      rules: [{ handler: { type: "maintenance", status: 503, page: "default" } }],
    });
    const receipt: Receipt = {
      id: `r-${this.#number}-${site}`,
      site: id,
      copycat: `${id}-copycat`,
      state: "in-maintenance",
      generation: ++this.#snapshot.agent.generation,
      startedAt: new Date().toISOString(),
      switchMs: 2,
      author,
      reason: "bench",
      options: { site: id },
      operations: [],
      inverse: [],
      changes: [],
      warnings: [],
      counts: { refused: 0, excepted: 0, drained: 0, cut: 0, draining: 0 },
    };
    this.#snapshot.maintenance.unshift(receipt);
    const sentAt = Date.now();
    this.#tell({
      type: "config",
      ...this.#next(),
      config,
      generations: this.#snapshot.generations,
      agent: this.#snapshot.agent,
    });
    this.#tell({ type: "maintenance", ...this.#next(), receipt });
    return sentAt;
  }

  async end(): Promise<void> {
    for (const stream of this.#streams) stream.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #next(): { revision: number; at: string } {
    this.#snapshot.revision += 1;
    return { revision: this.#snapshot.revision, at: new Date().toISOString() };
  }

  #tell(event: Event): void {
    const line = `${JSON.stringify(event)}\n`;
    for (const stream of this.#streams) stream.write(line);
  }

  #answer(url: string, response: ServerResponse): void {
    if (url === "/v1/agent") {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ ...this.#snapshot.agent, clock: new Date().toISOString() }));
    } else if (url === "/v1/events") {
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      response.write(`${JSON.stringify(this.#snapshot)}\n`);
      this.#streams.add(response);
      response.once("close", () => this.#streams.delete(response));
    } else {
      response.writeHead(404).end();
    }
  }
}
