/** What a switch of several servers comes to, in words. Pure. */
import type { Failure } from "../../main/contract/failures.ts";
import type { FleetOperationState, FleetServer } from "../../main/contract/fleet.ts";
import { listOf } from "../../main/language/formats.ts";
import { t } from "../../main/language/translate.ts";
import { milliseconds } from "../lib/format.ts";
import type { KnownOperation } from "../lib/operations.ts";
import type { Site, SiteState } from "../lib/sites.ts";

type Told = Pick<FleetOperationState, "kind" | "phase" | "servers" | "skewMs">;

const MAX_NAMED = 3;

/** `web-1`, `web-1 and web-2`, `web-1, web-2 and 4 others`. */
export function namesOf(servers: readonly Pick<FleetServer, "name">[]): string {
  const names = servers.map(({ name }) => name);
  const others = names.length - MAX_NAMED + 1;
  return listOf(
    names.length > MAX_NAMED
      ? [...names.slice(0, MAX_NAMED - 1), t("{others, plural, other {# others}}", { others })]
      : names,
  );
}

function sitesIn(servers: readonly Pick<FleetServer, "sites">[]): number {
  return servers.reduce((sum, { sites }) => sum + sites.length, 0);
}
function sitesOf(servers: readonly FleetServer[]): string {
  return t("{sites, plural, one {# site} other {# sites}} on {servers, plural, one {# server} other {# servers}}", {
    sites: sitesIn(servers),
    servers: servers.length,
  });
}

/** Nobody was there to say no. */
function isAbsence({ code }: Pick<Failure, "code">): boolean {
  return (
    code === "agent.stopping" ||
    code === "server.unreachable" ||
    code === "server.silent" ||
    code === "server.socket-missing" ||
    code === "server.agent-missing" ||
    code.startsWith("ssh.")
  );
}

/** It had no room for the call, again and again. */
function isBusy({ code }: Pick<Failure, "code">): boolean {
  return code === "agent.busy";
}

/** Undefined where they were not all switched in one go, or where there is one. */
function within({ skewMs, servers }: Told): string | undefined {
  return skewMs === null || servers.length < 2 ? undefined : milliseconds(skewMs);
}

function doneWords(operation: Told): string {
  const what = { sites: sitesOf(operation.servers), count: sitesIn(operation.servers) };
  const time = within(operation);
  if (operation.kind === "maintenance")
    return time === undefined
      ? t("{count, plural, one {{sites} is} other {{sites} are}} in maintenance.", what)
      : t("{count, plural, one {{sites} is} other {{sites} are}} in maintenance, all within {time}.", {
          ...what,
          time,
        });
  return time === undefined
    ? t("{count, plural, one {{sites} is} other {{sites} are}} live again.", what)
    : t("{count, plural, one {{sites} is} other {{sites} are}} live again, all within {time}.", { ...what, time });
}

/** Which of the switched sites answer otherwise than planned; empty where all do as planned. */
export function notAsPlanned(sites: readonly Pick<Site, "name" | "serverName" | "lastState">[]): string {
  const wrong = sites.filter(({ lastState }) => lastState === "failed");
  return wrong.length === 0
    ? ""
    : t("{count, plural, one {{sites} does} other {{sites} do}} not answer as planned", {
        count: wrong.length,
        sites: namesOf(
          wrong.map(({ name, serverName }) => ({ name: t("{site} on {server}", { site: name, server: serverName }) })),
        ),
      });
}

export function notAsPlannedPill(): Pill {
  return { state: "failed", label: t("Not as planned") };
}

/** What happened, in one or two sentences. */
export function outcomeOf(operation: Told): string {
  const { phase, servers } = operation;
  const are = (...phases: FleetServer["phase"][]) => servers.filter((server) => phases.includes(server.phase));
  switch (phase) {
    case "staging":
      return t("{count, plural, one {# server is} other {# servers are}} being prepared. Nothing has changed yet.", {
        count: servers.length,
      });
    case "committing":
      return t("Everything is prepared, and all servers switch now.");
    case "undoing":
      return are("committed", "undoing", "undone").some(({ receipts }) => receipts.length > 0)
        ? t("What was switched is being undone.")
        : t("What was prepared is being dropped.");
    case "done":
      return doneWords(operation);
    case "refused": {
      const refused = are("refused");
      const absent = refused.filter(({ failure }) => failure !== null && isAbsence(failure));
      const busy = refused.filter(({ failure }) => failure !== null && isBusy(failure));
      const others = refused.filter((server) => !absent.includes(server) && !busy.includes(server));
      const words = [
        ...(others.length > 0 ? [t("{names} refused", { names: namesOf(others) })] : []),
        ...(busy.length > 0
          ? [
              t("{count, plural, one {{names} was} other {{names} were}} busy with other calls", {
                names: namesOf(busy),
                count: busy.length,
              }),
            ]
          : []),
        ...(absent.length > 0 ? [t("{names} could not be reached", { names: namesOf(absent) })] : []),
      ];
      return t("Nothing was changed anywhere: {why}.", { why: words.join(t(", and ")) });
    }
    case "undone": {
      const failed = are("failed");
      return failed.length > 0
        ? t("{names} did not switch, so the switch was undone on the others. Everything is as it was before.", {
            names: namesOf(failed),
          })
        : t("Nothing of it is left on any server. Everything is as it was before.");
    }
    case "incomplete":
      return standing(operation);
    case "interrupted":
      return t("Backsoon stopped in the middle of this. {standing}", { standing: standing(operation) });
  }
}

/** What is where, of an operation that is not over. */
function standing({ kind, servers }: Told): string {
  const are = (...phases: FleetServer["phase"][]) => servers.filter((server) => phases.includes(server.phase));
  const switched = are("committed");
  const unknown = are("unknown");
  const prepared = are("staged");
  const asBefore = are("undone", "refused", "failed", "waiting");
  const named = (chosen: FleetServer[]) => ({ names: namesOf(chosen), count: chosen.length });
  const parts: string[] = [];
  if (switched.length > 0)
    parts.push(
      kind === "maintenance"
        ? t("{count, plural, one {{names} is} other {{names} are}} in maintenance", named(switched))
        : t("{count, plural, one {{names} is} other {{names} are}} live again", named(switched)),
    );
  if (prepared.length > 0)
    parts.push(t("{count, plural, one {{names} is} other {{names} are}} prepared but not switched", named(prepared)));
  if (unknown.length > 0) {
    const names = namesOf(unknown);
    parts.push(
      parts.length === 0
        ? t("It is not known whether {names} switched", { names })
        : t("it is not known whether {names} switched", { names }),
    );
  }
  if (asBefore.length > 0)
    parts.push(t("{count, plural, one {{names} is} other {{names} are}} as before", named(asBefore)));
  return `${parts.join("; ")}.`;
}

/** The same in a few words, for lists. */
export function shortOutcome(operation: KnownOperation): string {
  const { own, taking, servers } = operation;
  if (!own)
    return servers.length < taking
      ? t(
          "Switched on {count, number} of {taking, plural, one {# server} other {# servers}}, as far as can be seen from here",
          { count: servers.length, taking },
        )
      : t("Switched");
  switch (operation.phase) {
    case "staging":
      return t("Being prepared");
    case "committing":
      return t("Switching");
    case "undoing":
      return t("Being undone");
    case "done": {
      const time = within(operation);
      return time === undefined ? t("Switched") : t("Switched, all within {time}", { time });
    }
    case "refused":
      return t("Refused, nothing was changed");
    case "undone":
      return t("Undone, everything is as before");
    case "incomplete":
      return t("Not finished: action needed");
    case "interrupted":
      return t("Interrupted: action needed");
  }
}

export interface Pill {
  state: SiteState;
  label: string;
}

/** @param closed how many of its sites are in maintenance now */
export function pillOf({ kind, phase }: Pick<FleetOperationState, "kind" | "phase">, closed: number): Pill {
  switch (phase) {
    case "staging":
      return { state: "draining", label: t("Preparing") };
    case "committing":
      return { state: "draining", label: t("Switching") };
    case "undoing":
      return { state: "draining", label: t("Undoing") };
    case "done":
      return kind === "maintenance" && closed > 0
        ? { state: "maintenance", label: t("Maintenance") }
        : { state: "live", label: t("Live again") };
    case "refused":
      return { state: "disabled", label: t("Nothing changed") };
    case "undone":
      return { state: "disabled", label: t("Undone") };
    case "incomplete":
      return { state: "failed", label: t("Not finished") };
    case "interrupted":
      return { state: "failed", label: t("Interrupted") };
  }
}

/**
 * How far a server is. @param closed how many of its sites are in maintenance by this operation
 * now; `null` when that is not known
 */
export function serverPill(
  { phase, failure }: Pick<FleetServer, "phase" | "failure">,
  kind: FleetOperationState["kind"],
  closed: number | null,
): Pill {
  switch (phase) {
    case "waiting":
      return { state: "unknown", label: t("Waiting") };
    case "staging":
      return { state: "draining", label: t("Being prepared") };
    case "staged":
      return { state: "draining", label: t("Prepared, not switched") };
    case "refused":
      if (failure !== null && isBusy(failure)) return { state: "disabled", label: t("Busy, as before") };
      return {
        state: "failed",
        label: failure !== null && isAbsence(failure) ? t("Not reached, as before") : t("Refused, as before"),
      };
    case "committing":
      return { state: "draining", label: t("Switching") };
    case "committed":
      if (closed === null) return { state: "unknown", label: t("Switched; now unreachable") };
      return kind === "revert" || closed === 0
        ? { state: "live", label: t("Live again") }
        : { state: "maintenance", label: t("In maintenance") };
    case "undoing":
      return { state: "draining", label: t("Being undone") };
    case "undone":
      return { state: "disabled", label: t("As before") };
    case "failed":
      return {
        state: "failed",
        label: failure !== null && isBusy(failure) ? t("Busy, did not switch") : t("Did not switch"),
      };
    case "unknown":
      return { state: "unknown", label: t("Unknown") };
  }
}

export interface PhaseView {
  title: string;
  /** Servers that are through it, and that stopped in it. */
  through: number;
  stopped: number;
  words: string;
  state: "waiting" | "running" | "done" | "stopped";
}

/** The two phases as they are drawn. */
export function phasesOf(operation: Told): [PhaseView, PhaseView] {
  const { phase, servers } = operation;
  const total = servers.length;
  const prepared = servers.filter((server) => server.stageId !== null || server.phase === "committed").length;
  const refused = servers.filter((server) => server.phase === "refused").length;
  const switched = servers.filter((server) => server.phase === "committed").length;
  const back = servers.filter((server) => server.phase === "undone" && server.receipts.length > 0).length;
  const stuck = servers.filter((server) => server.phase === "failed" || server.phase === "unknown").length;
  const hasBegun = phase === "committing" || switched + back + stuck > 0;
  return [
    {
      title: t("Prepare"),
      through: prepared,
      stopped: refused,
      words: [
        t("{count, number} of {total, number} prepared", { count: prepared, total }),
        ...(refused > 0 ? [t("{count, number} refused", { count: refused })] : []),
      ].join(", "),
      state: prepared === total ? "done" : phase === "staging" ? "running" : "stopped",
    },
    {
      title: t("Switch"),
      through: switched,
      stopped: stuck,
      words: hasBegun
        ? [
            t("{count, number} of {total, number} switched", { count: switched, total }),
            ...(back > 0 ? [t("{count, number} undone", { count: back })] : []),
            ...(stuck > 0 ? [t("{count, number} unknown", { count: stuck })] : []),
          ].join(", ")
        : phase === "staging"
          ? t("Starts when all are prepared")
          : t("Not started, nothing was changed"),
      state:
        switched === total
          ? "done"
          : phase === "committing"
            ? "running"
            : hasBegun || phase !== "staging"
              ? "stopped"
              : "waiting",
    },
  ];
}

/**
 * What the buttons of an operation that is not over would do; empty where there is nothing to
 * decide.
 */
export function choicesOf({ phase, kind, servers }: Told): string {
  if (phase !== "incomplete" && phase !== "interrupted") return "";
  const are = (...phases: FleetServer["phase"][]) => servers.filter((server) => phases.includes(server.phase));
  const switched = are("committed");
  const rest = servers.filter((server) => !switched.includes(server));
  const all =
    servers.length === 1
      ? namesOf(servers)
      : t("all {count, plural, one {# server} other {# servers}}", { count: servers.length });
  const finish = finishWords(phase, switched.length === 0 ? all : namesOf(rest), switched.length > 0);
  const undo: string[] = [];
  if (switched.length > 0) {
    const names = namesOf(switched);
    undo.push(
      kind === "maintenance" ? t("brings {names} back", { names }) : t("puts {names} in maintenance again", { names }),
    );
  }
  if (are("staged").length > 0) undo.push(t("drops what is prepared on {names}", { names: namesOf(are("staged")) }));
  if (are("unknown").length > 0)
    undo.push(t("makes sure that nothing is left on {names}", { names: namesOf(are("unknown")) }));
  return undo.length === 0 ? finish : `${finish} ${t("Undo {actions}.", { actions: undo.join(t(", and ")) })}`;
}

function finishWords(phase: FleetOperationState["phase"], servers: string, isRest: boolean): string {
  if (phase === "interrupted")
    return isRest ? t("Finish switches {servers}, too.", { servers }) : t("Finish switches {servers}.", { servers });
  return isRest
    ? t("Try again switches {servers}, too.", { servers })
    : t("Try again switches {servers}.", { servers });
}
