/**
 * What a crash may leave. A change that was acknowledged must be there; one that was under way may
 * be there or not, as a whole; what a visitor has seen served must be there. Everything that an
 * agent tells (configuration, listener, receipts, history, files) must tell the same.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { Config } from "../../../server-agent/contract/config.ts";
import type { Answer, TestAgent } from "../../../tools/driving/agent.ts";

export interface SiteState {
  readonly generation: number;
  readonly config: Config;
}

/** One site whose body names the change that it comes from, on a port that outlives the agent. */
export function markedConfig(port: number, marker: string): Config {
  return {
    listeners: [{ name: "http", address: "127.0.0.1", port }],
    virtualHosts: [
      { id: "shop", hosts: ["shop.example.com"], rules: [{ handler: { type: "respond", body: marker } }] },
      { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
    ],
  };
}

/** The same document with another marker, in maintenance or not as before. */
export function withMarker(config: Config, marker: string): Config {
  const rules = markedConfig(1, marker).virtualHosts[0]?.rules ?? [];
  return {
    ...config,
    virtualHosts: config.virtualHosts.map((host) => (host.id === "shop" ? { ...host, rules } : host)),
  };
}

export function withoutCopycat(config: Config): Config {
  return { ...config, virtualHosts: config.virtualHosts.filter(({ copycatOf }) => copycatOf !== "shop") };
}

export function isInMaintenance({ virtualHosts }: Config): boolean {
  return virtualHosts.some(({ copycatOf }) => copycatOf === "shop");
}

/** Whether the answer is the one of this document. */
export function isAnswerOf({ status, text }: Answer, config: Config): boolean {
  if (isInMaintenance(config)) return status === 503;
  const handler = config.virtualHosts.find(({ id }) => id === "shop")?.rules[0]?.handler;
  return status === 200 && handler?.type === "respond" && handler.body === text;
}

export class CrashModel {
  /** The state that was acknowledged last. */
  known: SiteState;
  /** What the change under way will make. */
  pending: Config | undefined;
  /** A visitor was answered by the change under way. */
  wasSeen = false;
  /** The receipt of every maintenance so far, the open one last. */
  readonly receipts: string[] = [];
  /** Text of every generation that anybody was told of. */
  readonly #contents = new Map<number, string>();

  constructor(known: SiteState) {
    this.known = known;
    this.#remember(known);
  }

  /** The change under way was acknowledged with this generation. */
  acknowledge(generation: number): void {
    expect(generation).toBe(this.known.generation + 1);
    expect(this.pending).toBeDefined();
    this.#advance({ generation, config: this.pending ?? this.known.config });
  }

  /** A visitor's answer. `asked`: the document that was known to serve when the request began. */
  witness(answer: Answer, asked: Config): void {
    if (isAnswerOf(answer, this.known.config) || isAnswerOf(answer, asked)) return;
    this.wasSeen = this.pending !== undefined && isAnswerOf(answer, this.pending);
    expect(this.wasSeen, `a visitor got ${String(answer.status)} ${answer.text.slice(0, 60)}`).toBe(true);
  }

  /** Asks the agent everything. Returns whether the change under way was carried out. */
  async check(agent: TestAgent): Promise<boolean> {
    const { generation, config } = await agent.call("getConfig");
    const wasDone = generation !== this.known.generation;
    if (wasDone) {
      expect(this.pending, `generation ${String(generation)} came from nowhere`).toBeDefined();
      this.acknowledge(generation);
    }
    expect(this.wasSeen, "a visitor was answered by a generation that is gone").toBe(false);
    this.pending = undefined;
    this.#remember({ generation, config });
    expect(config).toEqual(this.known.config);
    for (let visit = 0; visit < 3; visit++)
      expect(isAnswerOf(await agent.visit(), config), "the listener answers what the configuration says").toBe(true);
    await this.#checkReceipts(agent);
    const { generations } = await agent.call("listGenerations");
    expect(generations.map((entry) => entry.generation)).toEqual(
      Array.from({ length: generation }, (_, index) => generation - index),
    );
    expect(generations.filter(({ state }) => state === "active").map((entry) => entry.generation)).toEqual([
      generation,
    ]);
    expect(agent.log()).not.toMatch(/damaged/);
    return wasDone;
  }

  /**
   * The stored generations are those that were told of, each in full. Returns how many of them
   * somebody was told of.
   */
  async checkFiles(stateDirectory: string): Promise<number> {
    const names = (await readdir(join(stateDirectory, "generations"))).toSorted();
    expect(names).toEqual(
      Array.from({ length: this.known.generation }, (_, index) => `${String(index + 1).padStart(6, "0")}.json`),
    );
    for (const [generation, text] of this.#contents) {
      const file = await readFile(
        join(stateDirectory, "generations", `${String(generation).padStart(6, "0")}.json`),
        "utf8",
      );
      const { config } = JSON.parse(file.split("\n")[0] ?? "") as { config: unknown };
      expect(config).toEqual(JSON.parse(text));
    }
    return this.#contents.size;
  }

  async #checkReceipts(agent: TestAgent): Promise<void> {
    const { maintenance } = await agent.call("listMaintenance");
    const ids = maintenance.map(({ id }) => id).toReversed();
    const isOpen = isInMaintenance(this.known.config);
    // Each maintenance has one receipt; one that began in a crash is met here for the first time.
    expect(ids.slice(0, this.receipts.length)).toEqual(this.receipts);
    expect(ids.length - this.receipts.length).toBeLessThanOrEqual(1);
    this.receipts.push(...ids.slice(this.receipts.length));
    expect(maintenance.map(({ state }) => state)).toEqual(
      ids.map((_, index) => (isOpen && index === 0 ? "in-maintenance" : "reverted")),
    );
    for (const { site, generation, revert } of maintenance) {
      expect(site).toBe("shop");
      expect(revert?.generation ?? Infinity).toBeGreaterThan(generation);
    }
  }

  #advance(state: SiteState): void {
    this.known = state;
    this.pending = undefined;
    this.wasSeen = false;
  }

  #remember({ generation, config }: SiteState): void {
    const text = JSON.stringify(config);
    expect(
      this.#contents.get(generation) ?? text,
      `generation ${String(generation)} has another document than before`,
    ).toBe(text);
    this.#contents.set(generation, text);
  }
}
