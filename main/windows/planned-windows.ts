/** Planning, changing and removing windows on several servers. */
import { t } from "../language/translate.ts";
import { randomUUID } from "node:crypto";
import type { MaintenanceWindow, WindowDraft } from "../../server-agent/contract/windows.ts";
import { done, failed } from "../failures.ts";
import type { Result } from "../contract/failures.ts";
import type {
  SeenWindow,
  ServerWindowPlan,
  WindowPlace,
  WindowTarget,
  WindowTerms,
  WindowsChanged,
} from "../contract/windows.ts";
import type { UndoStep } from "../stores/undos.ts";
import { loadTemporal } from "./temporal.ts";
import { draftOf, withTerms } from "./full-draft.ts";
import { singlesOf, skipOn } from "./occurrences.ts";
import { type Part, failureOf } from "./refusals.ts";
import type { Undos } from "./undos.ts";
import { type Changed, type WindowGroup, failureIn } from "./window-group.ts";

/** Plans, changes and removes windows on all of their servers or on none. */
export class PlannedWindows {
  readonly #group: WindowGroup;
  readonly #undos: Undos;

  constructor(group: WindowGroup, undos: Undos) {
    this.#group = group;
    this.#undos = undos;
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
    const author = this.#group.author();
    const fresh = targets.map(({ serverId, sites }) => this.#group.planOn(serverId, { ...terms, sites, author }));
    const changed = windows.map(async ({ serverId, id, occurrence }): Promise<ServerWindowPlan> => {
      const window = await this.#group.servers.get({ serverId, id });
      if (!window.ok) return { serverId, name: this.#group.nameOf(serverId), plan: null, failure: window.failure };
      const planned = await this.#group.planOn(serverId, withTerms(draftOf(window.value), terms, author));
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
    const problem = this.#group.problemOf(servers);
    if (problem !== undefined) return problem;
    const operation =
      servers.length === 1 ? {} : { operation: { id: randomUUID(), title: terms.title, servers: servers.length } };
    const author = this.#group.author();
    return this.#changed(
      await this.#group.createAll(
        targets.map(({ serverId, sites }) => ({ serverId, draft: { ...terms, sites, ...operation, author } })),
        "Nothing was planned on any server.",
      ),
    );
  }

  async change(terms: WindowTerms, seen: readonly SeenWindow[], health?: string): Promise<Result<WindowsChanged>> {
    const author = this.#group.author();
    const full = await this.#group.readAll(seen, "Nothing was changed on any server.");
    if (!full.ok) return full;
    const drafts = full.value.map((window) => withTerms(draftOf(window), terms, author, health));
    const refusal = await this.#group.refusalOf(
      seen.map(({ serverId }, index) => ({ serverId, draft: drafts[index] })),
      "Nothing was changed on any server.",
    );
    if (refusal !== undefined) return refusal;
    const changed = await this.#group.all(
      seen,
      async ({ serverId, id, revision }, index) => {
        const [draft, before] = [drafts[index], full.value[index]];
        if (draft === undefined || before === undefined)
          return failed("internal", t("There is no draft for this server."));
        const reply = await this.#group.servers.change({ serverId, id }, draft, revision);
        if (!reply.ok) return reply;
        const undo: UndoStep = { kind: "change", serverId, id, revision: reply.value.revision, draft: draftOf(before) };
        return done({ place: { serverId, id }, undo });
      },
      "Nothing was changed on any server.",
    );
    return this.#changed(changed);
  }

  /**
   * First the new one, then the occurrence that it stands for is left out: never neither of them.
   */
  async detach(terms: WindowTerms, windows: readonly WindowPlace[], start: string): Promise<Result<WindowsChanged>> {
    const full = await this.#group.readAll(windows, "Nothing was changed on any server.");
    if (!full.ok) return full;
    const operation =
      windows.length === 1 ? {} : { operation: { id: randomUUID(), title: terms.title, servers: windows.length } };
    const author = this.#group.author();
    const created = await this.#group.createAll(
      windows.map(({ serverId }, index) => ({
        serverId,
        draft: { ...terms, sites: full.value[index]?.sites ?? [], ...operation, author },
      })),
      "Nothing was changed on any server.",
    );
    if (!created.ok) return created;
    const skipped = await Promise.all(windows.map((place) => skipOn(this.#group, place, start)));
    const parts = windows.map(({ serverId }, index): Part => ({
      name: this.#group.nameOf(serverId),
      failure: skipped[index],
      left: undefined,
    }));
    if (parts.every(({ failure }) => failure === undefined)) {
      const singles = await singlesOf(windows, full.value, start);
      return done({
        windows: created.value.map(({ place }) => place),
        undo: this.#undos.keep([
          { how: "all", steps: singles.map((single) => ({ kind: "create", ...single })) },
          { how: "each", steps: stepsOf(created.value) },
        ]),
      });
    }
    // Where it could not be left out, the new one goes again. Where it was left out, the new one
    // stands for it and stays.
    const back = await Promise.all(
      created.value.map(async ({ place }, index) =>
        skipped[index] === undefined ? undefined : failureIn(await this.#group.servers.remove(place)),
      ),
    );
    const failure = failureOf(
      "Nothing was changed on any server.",
      parts.map((part, index) => ({ ...part, left: back[index] })),
    );
    const isMoved = skipped.some((reason) => reason === undefined);
    return { ok: false, failure: isMoved ? { ...failure, code: "windows.partial" } : failure };
  }

  async remove(seen: readonly SeenWindow[]): Promise<Result<WindowsChanged>> {
    const full = await this.#group.readAll(seen, "Nothing was removed on any server.");
    if (!full.ok) return full;
    await loadTemporal();
    const { draftToRestore } = await import("./restore.ts");
    const restore = full.value.map((window) => draftToRestore(window, Date.now()));
    const removed = await this.#group.all(
      seen,
      async ({ serverId, id, revision }, index): Promise<Result<Changed>> => {
        const draft = restore[index];
        const gone = await this.#group.servers.remove({ serverId, id }, revision);
        if (!gone.ok) return gone;
        const undo: UndoStep | undefined = draft === undefined ? undefined : { kind: "create", serverId, draft };
        return done({ place: { serverId, id }, undo });
      },
      "Nothing was removed on any server.",
    );
    // What is over cannot be planned once more.
    const isOver = full.value.some(({ state }) => state === "over");
    return isOver && removed.ok
      ? done({ windows: removed.value.map(({ place }) => place), undo: null })
      : this.#changed(removed);
  }

  /**
   * The same window on further servers; `operation` says how many it should be on.
   * @param fit what its sites are there, e.g. with their page in another folder
   */
  async finish(
    from: WindowPlace,
    serverIds: readonly string[],
    fit: (serverId: string, sites: WindowDraft["sites"]) => Promise<Result<WindowDraft["sites"]>>,
  ): Promise<Result<WindowsChanged>> {
    const problem = this.#group.problemOf(serverIds);
    if (problem !== undefined) return problem;
    const window = await this.#group.servers.get(from);
    if (!window.ok) return window;
    await loadTemporal();
    const { draftToRestore } = await import("./restore.ts");
    const draft = draftToRestore(window.value, Date.now());
    const wanted: { serverId: string; draft: WindowDraft }[] = [];
    for (const serverId of serverIds) {
      const sites = await fit(serverId, draft.sites);
      if (!sites.ok) return sites;
      wanted.push({ serverId, draft: { ...draft, sites: sites.value } });
    }
    return this.#changed(await this.#group.createAll(wanted, "Nothing was planned on any server."));
  }

  #changed(changed: Result<Changed[]>): Result<WindowsChanged> {
    if (!changed.ok) return changed;
    const undo = this.#undos.keep([{ how: "each", steps: stepsOf(changed.value) }]);
    return done({ windows: changed.value.map(({ place }) => place), undo });
  }
}

function stepsOf(changed: readonly Changed[]): UndoStep[] {
  return changed.flatMap(({ undo }) => undo ?? []);
}

/** Whether an overlap is with this occurrence of the window itself. */
function meets({ occurrences }: MaintenanceWindow, start: string, overlap: { start: string }): boolean {
  const end = occurrences.find((occurrence) => Date.parse(occurrence.start) === Date.parse(start))?.end;
  const at = Date.parse(overlap.start);
  return at >= Date.parse(start) && (end === undefined || at < Date.parse(end));
}
