import { randomUUID } from "node:crypto";
import type { MaintenanceWindow, WindowDraft } from "../../server-agent/contract/windows.ts";
import { isRunning } from "../contract/shared/states.ts";
import { done, failed } from "../failures.ts";
import type { Failure, Result } from "../contract/failures.ts";
import type {
  SeenWindow,
  ServerWindowAct,
  ServerWindowPlan,
  WindowPlace,
  WindowTarget,
  WindowTerms,
  WindowsChanged,
} from "../contract/windows.ts";
import { loadTemporal } from "./temporal.ts";
import { draftOf, withTerms } from "./full-draft.ts";
import { type Part, failureOf } from "./refusals.ts";
import { type Agents, ServerWindows } from "./server-windows.ts";
import { UndoStore } from "./undo-store.ts";

export interface WindowsParts extends Agents {
  /** The name of a server in the list; `undefined` when it is not. */
  nameOf: (serverId: string) => string | undefined;
  author: () => string;
  log: (line: string) => void;
}

interface Done {
  place: WindowPlace;
  /** Takes it back; `undefined` when nothing is left of it. */
  takeBack: () => Promise<Failure | undefined>;
}

/**
 * Windows on one or several servers. What is planned, changed or removed is so on all of them or on
 * none: everything that can be refused is asked for first, and what was done is taken back where
 * one of them fails all the same. Nothing is stored here: the servers know what they have, and of
 * which operation it is a part.
 */
export class PlannedWindows {
  readonly #parts: WindowsParts;
  readonly #servers: ServerWindows;
  readonly #undos = new UndoStore();

  constructor(parts: WindowsParts) {
    this.#parts = parts;
    this.#servers = new ServerWindows(parts);
  }

  /**
   * What it would do on each server. Of windows that are changed, their own occurrences are no
   * overlap.
   */
  async plan(
    terms: WindowTerms,
    targets: readonly WindowTarget[],
    windows: readonly (WindowPlace & { occurrence?: string | undefined })[],
  ): Promise<Result<{ servers: ServerWindowPlan[] }>> {
    const author = this.#parts.author();
    const fresh = targets.map(({ serverId, sites }) => this.#planOn(serverId, { ...terms, sites, author }));
    const changed = windows.map(async ({ serverId, id, occurrence }): Promise<ServerWindowPlan> => {
      const window = await this.#servers.get({ serverId, id });
      if (!window.ok) return { serverId, name: this.#nameOf(serverId), plan: null, failure: window.failure };
      const planned = await this.#planOn(serverId, withTerms(draftOf(window.value), terms, author));
      if (planned.plan === null) return planned;
      const isOwn = (overlap: { window: string; start: string }) =>
        overlap.window === id && (occurrence === undefined || meets(window.value, occurrence, overlap));
      return {
        ...planned,
        plan: { ...planned.plan, overlaps: planned.plan.overlaps.filter((overlap) => !isOwn(overlap)) },
      };
    });
    return done({ servers: await Promise.all([...fresh, ...changed]) });
  }

  async create(terms: WindowTerms, targets: readonly WindowTarget[]): Promise<Result<WindowsChanged>> {
    const servers = targets.map(({ serverId }) => serverId);
    const problem = this.#problemOf(servers);
    if (problem !== undefined) return problem;
    const operation =
      servers.length === 1 ? {} : { operation: { id: randomUUID(), title: terms.title, servers: servers.length } };
    const author = this.#parts.author();
    return this.#createAll(
      targets.map(({ serverId, sites }) => ({ serverId, draft: { ...terms, sites, ...operation, author } })),
      "Nothing was planned",
    );
  }

  async change(terms: WindowTerms, seen: readonly SeenWindow[], health?: string): Promise<Result<WindowsChanged>> {
    const author = this.#parts.author();
    const full = await this.#readAll(seen, "Nothing was changed");
    if (!full.ok) return full;
    const drafts = full.value.map((window) => withTerms(draftOf(window), terms, author, health));
    const refusal = await this.#refusalOf(
      seen.map(({ serverId }, index) => ({ serverId, draft: drafts[index] })),
      "Nothing was changed",
    );
    if (refusal !== undefined) return refusal;
    return this.#all(
      seen,
      async ({ serverId, id, revision }, index) => {
        const [draft, before] = [drafts[index], full.value[index]];
        if (draft === undefined || before === undefined)
          return failed("internal", "There is no draft for this server.");
        const changed = await this.#servers.change({ serverId, id }, draft, revision);
        if (!changed.ok) return changed;
        return done({
          place: { serverId, id },
          takeBack: async () =>
            failureIn(await this.#servers.change({ serverId, id }, draftOf(before), changed.value.revision)),
        });
      },
      "Nothing was changed",
    );
  }

  /**
   * First the new one, then the occurrence that it stands for is left out: never neither of them.
   */
  async detach(terms: WindowTerms, windows: readonly WindowPlace[], start: string): Promise<Result<WindowsChanged>> {
    const full = await this.#readAll(windows, "Nothing was changed");
    if (!full.ok) return full;
    const operation =
      windows.length === 1 ? {} : { operation: { id: randomUUID(), title: terms.title, servers: windows.length } };
    const author = this.#parts.author();
    const created = await this.#createAll(
      windows.map(({ serverId }, index) => ({
        serverId,
        draft: { ...terms, sites: full.value[index]?.sites ?? [], ...operation, author },
      })),
      "Nothing was changed",
    );
    if (!created.ok) return created;
    const skipped = await Promise.all(windows.map((place) => this.#skip(place, start)));
    const parts = windows.map(({ serverId }, index): Part => ({
      name: this.#nameOf(serverId),
      failure: skipped[index],
      left: undefined,
    }));
    if (parts.every(({ failure }) => failure === undefined)) {
      const singles = await this.#singles(windows, full.value, start);
      const moved = created.value.undo;
      return done({
        windows: created.value.windows,
        undo: this.#undos.keep(async () => {
          const again = await this.#createAll(singles, "Nothing was changed");
          return again.ok && moved !== null ? this.#undos.run(moved) : nothingOf(again);
        }),
      });
    }
    // Where it could not be left out, the new one goes again. Where it was left out, the new one
    // stands for it and stays.
    const back = await Promise.all(
      created.value.windows.map(async (place, index) =>
        skipped[index] === undefined ? undefined : failureIn(await this.#servers.remove(place)),
      ),
    );
    const failure = failureOf(
      "Nothing was changed",
      parts.map((part, index) => ({ ...part, left: back[index] })),
    );
    const isMoved = skipped.some((reason) => reason === undefined);
    return { ok: false, failure: isMoved ? { ...failure, code: "windows.partial" } : failure };
  }

  async remove(seen: readonly SeenWindow[]): Promise<Result<WindowsChanged>> {
    const full = await this.#readAll(seen, "Nothing was removed");
    if (!full.ok) return full;
    await loadTemporal();
    const { draftToRestore } = await import("./restore.ts");
    const restore = full.value.map((window) => draftToRestore(window, Date.now()));
    const removed = await this.#all(
      seen,
      async ({ serverId, id, revision }, index) => {
        const draft = restore[index];
        const gone = await this.#servers.remove({ serverId, id }, revision);
        if (!gone.ok) return gone;
        return done({
          place: { serverId, id },
          takeBack: async () =>
            draft === undefined ? undefined : failureIn(await this.#servers.create(serverId, draft)),
        });
      },
      "Nothing was removed",
    );
    // What is over cannot be planned once more.
    return removed.ok && full.value.some(({ state }) => state === "over")
      ? done({ ...removed.value, undo: null })
      : removed;
  }

  /** The same window on further servers; `operation` says how many it should be on. */
  async finish(from: WindowPlace, serverIds: readonly string[]): Promise<Result<WindowsChanged>> {
    const problem = this.#problemOf(serverIds);
    if (problem !== undefined) return problem;
    const window = await this.#servers.get(from);
    if (!window.ok) return window;
    await loadTemporal();
    const { draftToRestore } = await import("./restore.ts");
    const draft = draftToRestore(window.value, Date.now());
    return this.#createAll(
      serverIds.map((serverId) => ({ serverId, draft })),
      "Nothing was planned",
    );
  }

  async skip(
    windows: readonly WindowPlace[],
    start: string,
  ): Promise<Result<{ servers: ServerWindowAct[]; undo: string | null }>> {
    const full = await Promise.all(windows.map((place) => this.#servers.get(place)));
    const failures = await Promise.all(windows.map((place) => this.#skip(place, start)));
    const skipped = windows.flatMap((place, index) => {
      const window = full[index];
      return window?.ok === true && failures[index] === undefined ? [{ place, window: window.value }] : [];
    });
    const singles = await this.#singles(
      skipped.map(({ place }) => place),
      skipped.map(({ window }) => window),
      start,
    );
    return done({
      servers: this.#acts(windows, failures),
      // What is skipped stays so; in its place comes a window of its own.
      undo:
        singles.length === 0
          ? null
          : this.#undos.keep(async () => nothingOf(await this.#createAll(singles, "Nothing was planned"))),
    });
  }

  /** The occurrence of `start` and no other. */
  async start(windows: readonly WindowPlace[], start: string): Promise<Result<{ servers: ServerWindowAct[] }>> {
    const body = { start, author: this.#parts.author() };
    const replies = await Promise.all(
      windows.map((place) =>
        this.#servers.act(place, "startWindow", { body }, (_before, { state }) => state === "running"),
      ),
    );
    return done({ servers: this.#acts(windows, replies.map(failureIn)) });
  }

  async end(windows: readonly WindowPlace[]): Promise<Result<{ servers: ServerWindowAct[] }>> {
    const body = { author: this.#parts.author() };
    const replies = await Promise.all(
      windows.map((place) =>
        this.#servers.act(place, "endWindow", { body }, (_before, { state }) => state !== "running"),
      ),
    );
    return done({ servers: this.#acts(windows, replies.map(failureIn)) });
  }

  async extend(
    windows: readonly WindowPlace[],
    minutes: number,
  ): Promise<Result<{ servers: ServerWindowAct[]; undo: string | null }>> {
    const author = this.#parts.author();
    const before = await Promise.all(windows.map((place) => this.#servers.get(place)));
    const replies = await Promise.all(
      windows.map((place) =>
        this.#servers.act(
          place,
          "extendWindow",
          { body: { minutes, author } },
          (former, now) => (endOf(now) ?? "") > (endOf(former) ?? ""),
        ),
      ),
    );
    const back = windows.flatMap((place, index) => {
      const [former, reply] = [before[index], replies[index]];
      const until = former?.ok === true ? endOf(former.value) : undefined;
      return reply?.ok === true && until !== undefined ? { place, until, extended: endOf(reply.value) } : [];
    });
    const takeBack = async ({ place, until, extended }: (typeof back)[number]): Promise<Result<unknown>> => {
      const present = await this.#servers.get(place);
      if (!present.ok) return present;
      if (endOf(present.value) !== extended)
        return failed("window.stale", "Someone else has moved its end, or ended it, in between.");
      return this.#servers.act(
        place,
        "extendWindow",
        { body: { until, author } },
        (_former, now) => endOf(now) === until,
      );
    };
    const undo = async (): Promise<Result<null>> => {
      const taken = await Promise.all(back.map(takeBack));
      const refused = taken.find((reply) => !reply.ok);
      return refused === undefined ? done(null) : nothingOf(refused);
    };
    const isAhead = back.length > 0 && back.every(({ until }) => Date.parse(until) > Date.now());
    return done({
      servers: this.#acts(windows, replies.map(failureIn)),
      undo: isAhead ? this.#undos.keep(undo) : null,
    });
  }

  undo(id: string): Promise<Result<null>> {
    return this.#undos.run(id);
  }

  /** All or none. An operation that this begins is known by its id, also where a reply is lost. */
  async #createAll(
    wanted: readonly { serverId: string; draft: WindowDraft }[],
    nothing: string,
  ): Promise<Result<WindowsChanged>> {
    const refusal = await this.#refusalOf(wanted, nothing);
    if (refusal !== undefined) return refusal;
    return this.#all(
      wanted,
      async ({ serverId, draft }) => {
        const created = await this.#servers.create(serverId, draft);
        if (!created.ok) return created;
        const { id, revision } = created.value;
        return done({
          place: { serverId, id },
          takeBack: async () => failureIn(await this.#servers.remove({ serverId, id }, revision)),
        });
      },
      nothing,
      // It may have been planned there all the same: the reply was lost, and what the server has
      // could not be seen.
      async ({ serverId, draft }) => failureIn(await this.#servers.removeAlike(serverId, draft)),
    );
  }

  /**
   * @param settle for one that failed: makes sure that nothing is left of it; says why that is not
   *   sure
   */
  async #all<T extends { serverId: string }>(
    items: readonly T[],
    act: (item: T, index: number) => Promise<Result<Done>>,
    nothing: string,
    settle: (item: T) => Promise<Failure | undefined> = () => Promise.resolve(undefined),
  ): Promise<Result<WindowsChanged>> {
    const replies = await Promise.all(items.map(act));
    const succeeded = replies.flatMap((reply) => (reply.ok ? [reply.value] : []));
    if (succeeded.length === items.length) {
      const undo = async (): Promise<Result<null>> => {
        const left = await Promise.all(succeeded.map(({ takeBack }) => takeBack()));
        const parts = items.map(({ serverId }, index): Part => ({
          name: this.#nameOf(serverId),
          failure: left[index],
          left: undefined,
        }));
        if (parts.every(({ failure }) => failure === undefined)) return done(null);
        return { ok: false, failure: failureOf("It could not be undone", parts) };
      };
      return done({ windows: succeeded.map(({ place }) => place), undo: this.#undos.keep(undo) });
    }
    const parts = await Promise.all(
      items.map(async (item, index): Promise<Part> => {
        const reply = replies[index];
        const name = this.#nameOf(item.serverId);
        if (reply?.ok === true) return { name, failure: undefined, left: await reply.value.takeBack() };
        return { name, failure: reply?.failure, left: items.length === 1 ? undefined : await settle(item) };
      }),
    );
    const failure = failureOf(nothing, parts);
    this.#parts.log(`windows: ${failure.message}`);
    return { ok: false, failure };
  }

  /** Asks every server beforehand. */
  async #refusalOf(
    wanted: readonly { serverId: string; draft: WindowDraft | undefined }[],
    nothing: string,
  ): Promise<{ ok: false; failure: Failure } | undefined> {
    const plans = await Promise.all(
      wanted.map(async ({ serverId, draft }) =>
        draft === undefined ? undefined : await this.#planOn(serverId, draft),
      ),
    );
    const parts = plans.map((plan, index): Part => ({
      name: this.#nameOf(wanted[index]?.serverId ?? ""),
      failure: plan?.failure ?? undefined,
      left: undefined,
    }));
    return parts.every(({ failure }) => failure === undefined)
      ? undefined
      : { ok: false, failure: failureOf(nothing, parts) };
  }

  async #planOn(serverId: string, draft: WindowDraft): Promise<ServerWindowPlan> {
    const reply = await this.#parts.call(serverId, "planWindow", { body: draft });
    return {
      serverId,
      name: this.#nameOf(serverId),
      plan: reply.ok ? reply.value : null,
      failure: reply.ok ? null : reply.failure,
    };
  }

  /** In full: what everybody is told of a window is without its logos. */
  async #readAll(
    places: readonly (WindowPlace & { revision?: number })[],
    nothing: string,
  ): Promise<Result<MaintenanceWindow[]>> {
    const problem = this.#problemOf(places.map(({ serverId }) => serverId));
    if (problem !== undefined) return problem;
    const replies = await Promise.all(places.map((place) => this.#servers.get(place)));
    const parts = replies.map((reply, index): Part => {
      const place = places[index];
      const isStale = reply.ok && place?.revision !== undefined && place.revision !== reply.value.revision;
      const stale: Failure = { code: "window.stale", message: "Someone else changed the window in between." };
      return {
        name: this.#nameOf(place?.serverId ?? ""),
        failure: reply.ok ? (isStale ? stale : undefined) : reply.failure,
        left: undefined,
      };
    });
    if (parts.some(({ failure }) => failure !== undefined)) return { ok: false, failure: failureOf(nothing, parts) };
    return done(replies.flatMap((reply) => (reply.ok ? [reply.value] : [])));
  }

  /** An occurrence as a window of its own, on each server. */
  async #singles(
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
        draft:
          places.length === 1 ? draft : { ...draft, operation: { id, title: draft.title, servers: places.length } },
      };
    });
  }

  async #skip(place: WindowPlace, start: string): Promise<Failure | undefined> {
    const isSkipped = ({ occurrences }: MaintenanceWindow) =>
      occurrences.some(
        (occurrence) => occurrence.state === "skipped" && Date.parse(occurrence.start) === Date.parse(start),
      );
    return failureIn(
      await this.#servers.act(
        place,
        "skipWindow",
        { body: { start, author: this.#parts.author() } },
        (_before, after) => isSkipped(after),
      ),
    );
  }

  #acts(windows: readonly WindowPlace[], failures: readonly (Failure | undefined)[]): ServerWindowAct[] {
    return windows.map(({ serverId }, index) => ({
      serverId,
      name: this.#nameOf(serverId),
      failure: failures[index] ?? null,
    }));
  }

  #problemOf(serverIds: readonly string[]): { ok: false; failure: Failure } | undefined {
    if (new Set(serverIds).size < serverIds.length)
      return failed("ipc.input", "Each server may take part once; put its sites together.");
    const missing = serverIds.find((id) => this.#parts.nameOf(id) === undefined);
    return missing === undefined
      ? undefined
      : failed("server.unknown", `There is no server ${missing}; it may have been removed.`);
  }

  #nameOf(serverId: string): string {
    return this.#parts.nameOf(serverId) ?? serverId;
  }
}

/** Whether an overlap is with this occurrence of the window itself. */
function meets({ occurrences }: MaintenanceWindow, start: string, overlap: { start: string }): boolean {
  const end = occurrences.find((occurrence) => Date.parse(occurrence.start) === Date.parse(start))?.end;
  const at = Date.parse(overlap.start);
  return at >= Date.parse(start) && (end === undefined || at < Date.parse(end));
}

function endOf({ occurrences }: MaintenanceWindow): string | undefined {
  return occurrences.find(isRunning)?.end;
}

function failureIn(result: Result<unknown>): Failure | undefined {
  return result.ok ? undefined : result.failure;
}

function nothingOf(result: Result<unknown>): Result<null> {
  return result.ok ? done(null) : result;
}
