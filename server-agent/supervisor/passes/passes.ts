/**
 * Staff passes: made, listed, revoked, and known to every worker when the call has its reply. Every
 * change runs in the write queue, so that a successor finds it in the files.
 */
import { randomBytes } from "node:crypto";
import type { BoundListener } from "../../contract/agent.ts";
import type { Config } from "../../contract/config.ts";
import type { IssuedPass, Pass, PassDraft } from "../../contract/passes.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import { PASS_PATH } from "../../core/pass-names.ts";
import { passLinks } from "../../core/web-servers/pass-links.ts";
import { quote } from "../../core/wording.ts";
import { type Log, messageOf } from "../../log.ts";
import { done, type Refusal, refuse, type Result } from "../../result.ts";
import type { StateDirectory } from "../../store/state-directory.ts";
import type { StoredValue } from "../../store/stored-kinds.ts";
import type { PassUse } from "../../worker/passes/passes.ts";
import { type PassKey, signPass } from "../../worker/passes/token.ts";
import type { WorkerPool } from "../../adapters/builtin/worker-pool.ts";
import type { Clock } from "../clock.ts";
import type { EventBus } from "../event-bus.ts";
import type { Maintenance } from "../maintenance/maintenance.ts";
import { refuseUnstored } from "../refuse-unstored.ts";
import type { ReceiptBook } from "../switch/receipt-book.ts";
import type { Switch } from "../switch/switch.ts";
import type { WriteQueue } from "../switch/write-queue.ts";
import type { BesideWebServers } from "../web-servers/beside-web-servers.ts";
import { newTimedId } from "../timed-id.ts";

export interface PassesParts {
  state: Pick<StateDirectory, "save" | "forget">;
  queue: WriteQueue;
  pool: Pick<WorkerPool, "usePasses">;
  beside: Pick<BesideWebServers, "usePasses">;
  maintenance: Pick<Maintenance, "change">;
  receipts: Pick<ReceiptBook, "openFor">;
  switch: Pick<Switch, "active">;
  listeners: () => readonly BoundListener[];
  events: EventBus;
  clock: Clock;
  log: Log;
}

type StoredPass = StoredValue<"passes">;

/** So many are kept, those that are over included. */
const MAX_PASSES = 500;
const MAX_LIFE_MS = 366 * 86_400_000;
/** Uses are noted to the minute (ms). */
const USE_GRAIN_MS = 60_000;

/** What workers let in. */
export function usablePasses(passes: readonly StoredPass[]): PassKey[] {
  return passes.flatMap(({ id, site, until, key, revoked }) =>
    key === undefined || revoked !== undefined ? [] : [{ id, site, endMs: Date.parse(until), key }],
  );
}

export class Passes {
  readonly #parts: PassesParts;
  /** Oldest first. */
  readonly #passes: Map<string, StoredPass>;

  constructor(parts: PassesParts, found: readonly StoredPass[]) {
    this.#parts = parts;
    this.#passes = new Map(found.map((pass) => [pass.id, pass]));
    parts.events.on("passes-used", ({ uses }) => this.#note(uses));
  }

  /** Newest first, without their keys. */
  list(): Pass[] {
    return [...this.#passes.values()].map(shown).reverse();
  }

  /**
   * Makes a pass and tells its links, once. Where the site is closed already, passes are added to
   * whom its copycat lets in. Refuses with `not-found`, `options.invalid`, `store.failed`, and like
   * the change of a maintenance; then there is no pass.
   */
  async create(draft: PassDraft): Promise<Result<IssuedPass>> {
    const made = await this.#parts.queue.run(() => this.#make(draft));
    if (!made.ok) return made;
    const { pass, key } = made.value;
    const refusal = await this.#letPassesIn(pass);
    if (refusal !== undefined) {
      await this.#parts.queue.run(async () => {
        await this.#takeBack(pass.id);
        return done(undefined);
      });
      return { ok: false, refusal };
    }
    const { config } = this.#parts.switch.active;
    const links = passLinks(config, pass.site, this.#parts.listeners(), `${PASS_PATH}#${signPass(key)}`);
    return done({ ...shown(pass), links });
  }

  /**
   * From the reply on nobody gets in by it. One that was revoked before is told as it is. Refuses
   * with `not-found` or `store.failed`; by the latter it may be revoked but for web servers that
   * read files, as the message says then.
   */
  revoke(id: string, by = "unknown"): Promise<Result<Pass>> {
    return this.#parts.queue.run(async () => {
      const pass = this.#passes.get(id);
      if (pass === undefined) return refuse("not-found", `There is no pass ${id}; GET /v1/passes lists them.`);
      if (pass.revoked !== undefined) return this.#useRevoked(pass);
      const { key: _key, ...rest } = pass;
      const revoked: StoredPass = { ...rest, revoked: { at: new Date(this.#now()).toISOString(), by } };
      const stored = this.#store(revoked);
      if (stored !== undefined) return stored;
      this.#parts.log.info("pass revoked", { pass: id, site: pass.site, by });
      return this.#useRevoked(revoked);
    });
  }

  /** Also of one that was revoked before: what had to be told then may have failed. */
  async #useRevoked(pass: StoredPass): Promise<Result<Pass>> {
    const failure = await this.#use();
    if (failure === undefined) return done(shown(pass));
    return refuse(
      "store.failed",
      `The pass is revoked, and no worker accepts it. A web server that reads passes from files, such as Apache, may still accept it, because the web folder is not writable. The agent retries every few seconds. ${failure}`,
    );
  }

  async #make(draft: PassDraft): Promise<Result<{ pass: StoredPass; key: PassKey }>> {
    const { name, site, until, author = "unknown" } = draft;
    const { config } = this.#parts.switch.active;
    const original = config.virtualHosts.find(({ id }) => id === site);
    if (original === undefined || original.copycatOf !== undefined)
      return invalid("/site", "pass.site", `there is no site ${quote(site)}`);
    const left = Date.parse(until) - this.#now();
    if (left <= 0) return invalid("/until", "pass.end", "the end is in the past; choose a later one");
    if (left > MAX_LIFE_MS) return invalid("/until", "pass.end", "a pass may last a year at most");
    if (!this.#hasRoom()) return invalid("", "pass.many", `there are ${MAX_PASSES} passes already; revoke some first`);
    const createdAt = new Date(this.#now()).toISOString();
    const key = randomBytes(32).toString("hex");
    const pass: StoredPass = { id: newTimedId(createdAt), name, site, until, createdAt, author, opened: 0, key };
    const stored = this.#store(pass);
    if (stored !== undefined) return stored;
    const failure = await this.#use();
    if (failure !== undefined) {
      await this.#takeBack(pass.id);
      return refuse("store.failed", `The pass was not made, because the web folder is not writable: ${failure}`);
    }
    this.#parts.log.info("pass made", { pass: pass.id, site, until, author });
    return done({ pass, key: { id: pass.id, site, endMs: Date.parse(until), key } });
  }

  /** Why a site that is closed does not let passes in. */
  async #letPassesIn({ site, author }: StoredPass): Promise<Refusal | undefined> {
    const receipt = this.#parts.receipts.openFor(site);
    const { generation, config } = this.#parts.switch.active;
    if (receipt === undefined || letsPassesIn(config, receipt)) return undefined;
    const exceptions = [...(receipt.options.exceptions ?? []), { pass: true as const }];
    const ifMatch = { kind: "generation" as const, generation };
    const reason = "staff passes are let in";
    const changed = await this.#parts.maintenance.change(
      receipt.id,
      { exceptions, author, reason },
      ifMatch,
      performance.now(),
    );
    return changed.ok ? undefined : changed.refusal;
  }

  #note(uses: readonly PassUse[]): void {
    const at = new Date(Math.trunc(this.#now() / USE_GRAIN_MS) * USE_GRAIN_MS).toISOString();
    for (const { id, opened } of uses) {
      const pass = this.#passes.get(id);
      if (pass === undefined || (opened === 0 && pass.lastUsedAt === at)) continue;
      const used = {
        ...pass,
        opened: pass.opened + opened,
        firstUsedAt: pass.firstUsedAt ?? at,
        lastUsedAt: at,
      };
      this.#passes.set(id, used);
      try {
        this.#parts.state.save("passes", used);
      } catch (failure) {
        this.#parts.log.warn("could not store the use of a pass", { pass: id, why: messageOf(failure) });
      }
    }
    this.#parts.events.publish({ type: "passes-changed" });
  }

  #store(pass: StoredPass): ReturnType<typeof refuse> | undefined {
    try {
      this.#parts.state.save("passes", pass);
    } catch (failure) {
      return refuseUnstored("The pass", failure);
    }
    this.#passes.set(pass.id, pass);
    this.#parts.events.publish({ type: "passes-changed" });
    return undefined;
  }

  /**
   * Of a pass whose links nobody was told. Where its file cannot be removed, a restart lists it
   * again.
   */
  async #takeBack(id: string): Promise<void> {
    this.#parts.state.forget("passes", id);
    this.#passes.delete(id);
    await this.#use();
    this.#parts.events.publish({ type: "passes-changed" });
  }

  /** Forgets the oldest ones that are over, as far as that is needed. */
  #hasRoom(): boolean {
    for (const { id, until, revoked } of this.#passes.values()) {
      if (this.#passes.size < MAX_PASSES) return true;
      const isOver = revoked !== undefined || Date.parse(until) <= this.#now();
      if (isOver && this.#parts.state.forget("passes", id)) this.#passes.delete(id);
    }
    return this.#passes.size < MAX_PASSES;
  }

  /** Workers first: they are told whatever becomes of the web folder. Says why that failed. */
  async #use(): Promise<string | undefined> {
    const usable = usablePasses([...this.#passes.values()]);
    await this.#parts.pool.usePasses(usable);
    try {
      this.#parts.beside.usePasses(usable);
    } catch (failure) {
      return messageOf(failure);
    }
    return undefined;
  }

  #now(): number {
    return this.#parts.clock.now();
  }
}

/** Also where somebody wrote that by hand. */
function letsPassesIn({ virtualHosts }: Config, { copycat }: Receipt): boolean {
  const when = virtualHosts.find(({ id }) => id === copycat)?.when;
  return when !== undefined && JSON.stringify(when).includes('"pass":true');
}

function shown({ key: _key, ...pass }: StoredPass): Pass {
  return pass;
}

function invalid(path: string, code: string, message: string): ReturnType<typeof refuse> {
  const where = path === "" ? "" : `${path.slice(1)}: `;
  return refuse("options.invalid", `${where}${message}`, { problems: [{ path, code, message }] });
}
