/** What is done about one occurrence of a window right now, on each server that can. */
import { randomUUID } from "node:crypto";
import type { MaintenanceWindow, WindowDraft } from "../../server-agent/contract/windows.ts";
import type { Failure, Result } from "../contract/failures.ts";
import type { ServerWindowResult, WindowActionResult, WindowPlace } from "../contract/windows.ts";
import { done } from "../failures.ts";
import type { UndoStep } from "../stores/undos.ts";
import { endOf } from "./server-windows.ts";
import { loadTemporal } from "./temporal.ts";
import type { Undos } from "./undos.ts";
import { type WindowGroup, failureIn } from "./window-group.ts";

export class Occurrences {
  readonly #group: WindowGroup;
  readonly #undos: Undos;

  constructor(group: WindowGroup, undos: Undos) {
    this.#group = group;
    this.#undos = undos;
  }

  async skip(
    windows: readonly WindowPlace[],
    start: string,
  ): Promise<Result<WindowActionResult & { undo: string | null }>> {
    const full = await Promise.all(windows.map((place) => this.#group.servers.get(place)));
    const failures = await Promise.all(windows.map((place) => skipOn(this.#group, place, start)));
    const skipped = windows.flatMap((place, index) => {
      const window = full[index];
      return window?.ok === true && failures[index] === undefined ? [{ place, window: window.value }] : [];
    });
    const singles = await singlesOf(
      skipped.map(({ place }) => place),
      skipped.map(({ window }) => window),
      start,
    );
    return done({
      servers: this.#results(windows, failures),
      // What is skipped stays so; in its place comes a window of its own.
      undo: this.#undos.keep([{ how: "all", steps: singles.map((single) => ({ kind: "create", ...single })) }]),
    });
  }

  /** The occurrence of `start` and no other. */
  async start(windows: readonly WindowPlace[], start: string): Promise<Result<WindowActionResult>> {
    const body = { start, author: this.#group.author() };
    const replies = await Promise.all(
      windows.map((place) =>
        this.#group.servers.act(place, "startWindow", { body }, (_before, { state }) => state === "running"),
      ),
    );
    return done({ servers: this.#results(windows, replies.map(failureIn)) });
  }

  async end(windows: readonly WindowPlace[]): Promise<Result<WindowActionResult>> {
    const body = { author: this.#group.author() };
    const replies = await Promise.all(
      windows.map((place) =>
        this.#group.servers.act(place, "endWindow", { body }, (_before, { state }) => state !== "running"),
      ),
    );
    return done({ servers: this.#results(windows, replies.map(failureIn)) });
  }

  async extend(
    windows: readonly WindowPlace[],
    minutes: number,
  ): Promise<Result<WindowActionResult & { undo: string | null }>> {
    const body = { minutes, author: this.#group.author() };
    const before = await Promise.all(windows.map((place) => this.#group.servers.get(place)));
    const replies = await Promise.all(
      windows.map((place) =>
        this.#group.servers.act(
          place,
          "extendWindow",
          { body },
          (previous, now) => (endOf(now) ?? "") > (endOf(previous) ?? ""),
        ),
      ),
    );
    const steps = windows.flatMap(({ serverId, id }, index) => {
      const [previous, reply] = [before[index], replies[index]];
      const until = previous?.ok === true ? endOf(previous.value) : undefined;
      const extended = reply?.ok === true ? endOf(reply.value) : undefined;
      return until === undefined || extended === undefined
        ? []
        : [{ kind: "move-end", serverId, id, until, extended } satisfies UndoStep];
    });
    const isAhead = steps.every(({ until }) => Date.parse(until) > Date.now());
    return done({
      servers: this.#results(windows, replies.map(failureIn)),
      undo: isAhead ? this.#undos.keep([{ how: "each", steps }]) : null,
    });
  }

  #results(windows: readonly WindowPlace[], failures: readonly (Failure | undefined)[]): ServerWindowResult[] {
    return windows.map(({ serverId }, index) => ({
      serverId,
      name: this.#group.nameOf(serverId),
      failure: failures[index] ?? null,
    }));
  }
}

/** @returns why it could not be skipped there */
export async function skipOn(group: WindowGroup, place: WindowPlace, start: string): Promise<Failure | undefined> {
  const isSkipped = ({ occurrences }: MaintenanceWindow) =>
    occurrences.some(({ state, start: other }) => state === "skipped" && Date.parse(other) === Date.parse(start));
  const body = { start, author: group.author() };
  return failureIn(await group.servers.act(place, "skipWindow", { body }, (_before, after) => isSkipped(after)));
}

/** An occurrence as a window of its own, on each server. */
export async function singlesOf(
  places: readonly WindowPlace[],
  windows: readonly MaintenanceWindow[],
  start: string,
): Promise<{ serverId: string; draft: WindowDraft }[]> {
  await loadTemporal();
  const { singleOf } = await import("./single.ts");
  const id = randomUUID();
  return places.flatMap(({ serverId }, index) => {
    const window = windows[index];
    if (window === undefined) return [];
    const { operation: _operation, ...draft } = singleOf(window, start);
    return {
      serverId,
      draft: places.length === 1 ? draft : { ...draft, operation: { id, title: draft.title, servers: places.length } },
    };
  });
}
