/**
 * The windows of one server. What a lost reply leaves open is found out by looking at what the
 * server has.
 */
import type { CallArguments } from "../../server-agent/core/client/admin-call.ts";
import type { MaintenanceWindow, WindowDraft } from "../../server-agent/contract/windows.ts";
import type { Reply, RouteName } from "../../server-agent/contract/routes.ts";
import { isRunning } from "../contract/shared/states.ts";
import { done, isBusy, isLoss } from "../failures.ts";
import type { Failure, Result } from "../contract/failures.ts";
import type { WindowPlace } from "../contract/windows.ts";
import { pause, withTimeout } from "../timing/with-timeout.ts";
import { isPlannedAs } from "./full-draft.ts";
import { t } from "../language/translate.ts";

export interface Agents {
  call: <N extends RouteName>(serverId: string, name: N, given: CallArguments<N>) => Promise<Result<Reply<N>>>;
  /** How long a server may leave open what it has done. */
  patienceMs?: number;
}

const CALL_TIMEOUT_MS = 15_000;
const RETRY_DELAY_MS = 300;

type Action = "startWindow" | "endWindow" | "extendWindow" | "skipWindow";

export class ServerWindows {
  readonly #agents: Agents;

  constructor(agents: Agents) {
    this.#agents = agents;
  }

  get({ serverId, id }: WindowPlace): Promise<Result<MaintenanceWindow>> {
    return this.#ask(serverId, "getWindow", { params: { id } });
  }

  /**
   * One that a lost reply has left behind is taken for this one: of the same operation, or new and
   * just the same.
   */
  async create(serverId: string, draft: WindowDraft): Promise<Result<MaintenanceWindow>> {
    const before = await this.#ask(serverId, "listWindows", {});
    if (!before.ok) return before;
    const known = new Set(before.value.windows.map(({ id }) => id));
    const reply = await this.#ask(serverId, "createWindow", { body: draft });
    if (reply.ok || !isLoss(reply.failure)) return reply;
    const found = await this.#persist(() => this.#ask(serverId, "listWindows", {}));
    const own = found.ok
      ? found.value.windows.find((window) => !known.has(window.id) && isPlannedAs(window, draft))
      : undefined;
    return own === undefined ? reply : done(own);
  }

  async change(place: WindowPlace, draft: WindowDraft, revision: number): Promise<Result<MaintenanceWindow>> {
    const reply = await this.#ask(place.serverId, "changeWindow", {
      params: { id: place.id },
      body: draft,
      ifMatch: revision,
    });
    if (reply.ok || !isLoss(reply.failure)) return reply;
    const now = await this.#persist(() => this.get(place));
    return now.ok && now.value.revision > revision && isPlannedAs(now.value, draft) ? now : reply;
  }

  /** It is fine if it is gone already. */
  async remove(place: WindowPlace, revision?: number): Promise<Result<null>> {
    const reply = await this.#persist(() =>
      this.#ask(place.serverId, "removeWindow", {
        params: { id: place.id },
        ...(revision === undefined ? {} : { ifMatch: revision }),
      }),
    );
    return reply.ok || reply.failure.code === "not-found" ? done(null) : reply;
  }

  /**
   * Makes sure that nothing is left of a creation that is not known to have failed: of an
   * operation, what is planned just so.
   */
  async removeAlike(serverId: string, draft: WindowDraft): Promise<Result<null>> {
    const list = await this.#persist(() => this.#ask(serverId, "listWindows", {}));
    if (!list.ok) return list;
    for (const { id } of list.value.windows.filter((window) => isPlannedAs(window, draft))) {
      const removed = await this.remove({ serverId, id });
      if (!removed.ok) return removed;
    }
    return done(null);
  }

  /** @param isDone tells by the window before and after whether the act was carried out */
  async act<N extends Action>(
    place: WindowPlace,
    name: N,
    given: Pick<CallArguments<N>, "body">,
    isDone: (before: MaintenanceWindow, after: MaintenanceWindow) => boolean,
  ): Promise<Result<MaintenanceWindow>> {
    const before = await this.get(place);
    if (!before.ok) return before;
    const reply = (await this.#ask(place.serverId, name, {
      ...given,
      params: { id: place.id },
    })) as Result<MaintenanceWindow>;
    if (reply.ok || !isLoss(reply.failure)) return reply;
    const after = await this.#persist(() => this.get(place));
    return after.ok && isDone(before.value, after.value) ? after : reply;
  }

  /** A server that is too busy has done nothing, and is asked again as long as patience lasts. */
  async #ask<N extends RouteName>(serverId: string, name: N, given: CallArguments<N>): Promise<Result<Reply<N>>> {
    const { patienceMs = CALL_TIMEOUT_MS } = this.#agents;
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const reply = await withTimeout(this.#agents.call(serverId, name, given), deadline - performance.now());
      if (reply === undefined) return { ok: false, failure: silent(patienceMs) };
      if (reply.ok || !isBusy(reply.failure) || performance.now() + RETRY_DELAY_MS > deadline) return reply;
      await pause(RETRY_DELAY_MS);
    }
  }

  /** Asks until the server answers, as long as patience lasts. */
  async #persist<T>(ask: () => Promise<Result<T>>): Promise<Result<T>> {
    const deadline = performance.now() + (this.#agents.patienceMs ?? CALL_TIMEOUT_MS);
    for (;;) {
      const reply = await ask();
      if (reply.ok || !isLoss(reply.failure) || performance.now() + RETRY_DELAY_MS > deadline) return reply;
      await pause(RETRY_DELAY_MS);
    }
  }
}

function silent(ms: number): Failure {
  return { code: "server.silent", message: t("It did not answer within {seconds} s.", { seconds: ms / 1000 }) };
}

/** When the occurrence ends that holds the sites now; `undefined` when none does. */
export function endOf({ occurrences }: MaintenanceWindow): string | undefined {
  return occurrences.find(isRunning)?.end;
}
