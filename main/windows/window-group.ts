/**
 * Windows on one or several servers, on all of them or on none: everything that can be refused is
 * asked for first, and what was done is reverted where one of them fails all the same. Nothing is
 * stored here: the servers know what they have, and of which operation it is a part.
 */
import { type PlainMessage, t } from "../language/translate.ts";
import type { MaintenanceWindow, WindowDraft } from "../../server-agent/contract/windows.ts";
import type { Failure, Result } from "../contract/failures.ts";
import type { ServerWindowPlan, WindowPlace } from "../contract/windows.ts";
import { done, failed } from "../failures.ts";
import type { UndoStep } from "../stores/undos.ts";
import { type Part, failureOf } from "./refusals.ts";
import { type Agents, ServerWindows, endOf } from "./server-windows.ts";

export interface WindowsParts extends Agents {
  /** The name of a server in the list; `undefined` when it is not. */
  nameOf: (serverId: string) => string | undefined;
  author: () => string;
  log: (line: string) => void;
}

/** What was done on one server. `undo`: `undefined` where nothing can come back. */
export interface Changed {
  place: WindowPlace;
  undo: UndoStep | undefined;
}

export class WindowGroup {
  readonly #parts: WindowsParts;
  /** One server at a time. */
  readonly servers: ServerWindows;

  constructor(parts: WindowsParts) {
    this.#parts = parts;
    this.servers = new ServerWindows(parts);
  }

  author(): string {
    return this.#parts.author();
  }

  /** All or none. An operation that this begins is known by its id, also where a reply is lost. */
  async createAll(
    wanted: readonly { serverId: string; draft: WindowDraft }[],
    nothing: PlainMessage,
  ): Promise<Result<Changed[]>> {
    const refusal = await this.refusalOf(wanted, nothing);
    if (refusal !== undefined) return refusal;
    return this.all(
      wanted,
      async ({ serverId, draft }) => {
        const created = await this.servers.create(serverId, draft);
        if (!created.ok) return created;
        const { id, revision } = created.value;
        return done({ place: { serverId, id }, undo: { kind: "remove", serverId, id, revision } });
      },
      nothing,
      // It may have been planned there all the same: the reply was lost, and what the server has
      // could not be seen.
      async ({ serverId, draft }) => failureIn(await this.servers.removeAlike(serverId, draft)),
    );
  }

  /**
   * @param settle for one that failed: makes sure that nothing is left of it; says why that is not
   *   sure
   */
  async all<T extends { serverId: string }>(
    items: readonly T[],
    act: (item: T, index: number) => Promise<Result<Changed>>,
    nothing: PlainMessage,
    settle: (item: T) => Promise<Failure | undefined> = () => Promise.resolve(undefined),
  ): Promise<Result<Changed[]>> {
    const replies = await Promise.all(items.map(act));
    const changed = replies.flatMap((reply) => (reply.ok ? [reply.value] : []));
    if (changed.length === items.length) return done(changed);
    const parts = await Promise.all(
      items.map(async (item, index): Promise<Part> => {
        const reply = replies[index];
        const name = this.nameOf(item.serverId);
        if (reply?.ok !== true)
          return { name, failure: reply?.failure, left: items.length === 1 ? undefined : await settle(item) };
        const { undo } = reply.value;
        return { name, failure: undefined, left: undo === undefined ? undefined : failureIn(await this.revert(undo)) };
      }),
    );
    const failure = failureOf(nothing, parts);
    this.#parts.log(`windows: ${failure.message}`);
    return { ok: false, failure };
  }

  /** Undoes one step on its server, unless someone else has changed the window since. */
  async revert(step: UndoStep): Promise<Result<unknown>> {
    switch (step.kind) {
      case "remove":
        return this.servers.remove(step, step.revision);
      case "change":
        return this.servers.change(step, step.draft, step.revision);
      case "create":
        return this.servers.create(step.serverId, step.draft);
      case "move-end":
        return this.#moveEnd(step);
    }
  }

  async #moveEnd({ serverId, id, until, extended }: Extract<UndoStep, { kind: "move-end" }>): Promise<Result<unknown>> {
    const place = { serverId, id };
    const present = await this.servers.get(place);
    if (!present.ok) return present;
    if (endOf(present.value) !== extended)
      return failed("window.stale", t("Someone else has moved its end, or ended it, in between."));
    const body = { until, author: this.author() };
    return this.servers.act(place, "extendWindow", { body }, (_former, now) => endOf(now) === until);
  }

  /** Asks every server beforehand. */
  async refusalOf(
    wanted: readonly { serverId: string; draft: WindowDraft | undefined }[],
    nothing: PlainMessage,
  ): Promise<{ ok: false; failure: Failure } | undefined> {
    const plans = await Promise.all(
      wanted.map(async ({ serverId, draft }) => (draft === undefined ? undefined : await this.planOn(serverId, draft))),
    );
    const parts = plans.map((plan, index): Part => ({
      name: this.nameOf(wanted[index]?.serverId ?? ""),
      failure: plan?.failure ?? undefined,
      left: undefined,
    }));
    return parts.every(({ failure }) => failure === undefined)
      ? undefined
      : { ok: false, failure: failureOf(nothing, parts) };
  }

  async planOn(serverId: string, draft: WindowDraft): Promise<ServerWindowPlan> {
    const reply = await this.#parts.call(serverId, "planWindow", { body: draft });
    return {
      serverId,
      name: this.nameOf(serverId),
      plan: reply.ok ? reply.value : null,
      failure: reply.ok ? null : reply.failure,
    };
  }

  /** In full: what everybody is told of a window is without its logos. */
  async readAll(
    places: readonly (WindowPlace & { revision?: number })[],
    nothing: PlainMessage,
  ): Promise<Result<MaintenanceWindow[]>> {
    const problem = this.problemOf(places.map(({ serverId }) => serverId));
    if (problem !== undefined) return problem;
    const replies = await Promise.all(places.map((place) => this.servers.get(place)));
    const parts = replies.map((reply, index): Part => {
      const place = places[index];
      const isStale = reply.ok && place?.revision !== undefined && place.revision !== reply.value.revision;
      const stale: Failure = { code: "window.stale", message: t("Someone else changed the window in between.") };
      return {
        name: this.nameOf(place?.serverId ?? ""),
        failure: reply.ok ? (isStale ? stale : undefined) : reply.failure,
        left: undefined,
      };
    });
    if (parts.some(({ failure }) => failure !== undefined)) return { ok: false, failure: failureOf(nothing, parts) };
    return done(replies.flatMap((reply) => (reply.ok ? [reply.value] : [])));
  }

  /** Refuses with `ipc.input` a server that is named twice, with `server.unknown` a missing one. */
  problemOf(serverIds: readonly string[]): { ok: false; failure: Failure } | undefined {
    if (new Set(serverIds).size < serverIds.length)
      return failed("ipc.input", t("Each server may take part once; put its sites together."));
    const missing = serverIds.find((id) => this.#parts.nameOf(id) === undefined);
    return missing === undefined
      ? undefined
      : failed("server.unknown", t("There is no server {id}; it may have been removed.", { id: missing }));
  }

  nameOf(serverId: string): string {
    return this.#parts.nameOf(serverId) ?? serverId;
  }
}

export function failureIn(result: Result<unknown>): Failure | undefined {
  return result.ok ? undefined : result.failure;
}
