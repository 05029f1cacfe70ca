/** What a switch of several servers comes to, in words. Pure. */
import type { Failure } from "../../main/contract/failures.ts";
import type { FleetOperationState, FleetServer } from "../../main/contract/fleet.ts";
import { agreeing, plural } from "../../main/contract/shared/plural.ts";
import { count, milliseconds } from "../lib/format.ts";
import type { KnownOperation } from "../lib/operations.ts";
import type { Site, SiteState } from "../lib/sites.ts";

type Told = Pick<FleetOperationState, "kind" | "phase" | "servers" | "skewMs">;

const MAX_NAMED = 3;

/** `web-1`, `web-1 and web-2`, `web-1, web-2 and 4 others`. */
export function namesOf(servers: readonly Pick<FleetServer, "name">[]): string {
  const names = servers.map(({ name }) => name);
  const parts =
    names.length > MAX_NAMED
      ? [...names.slice(0, MAX_NAMED - 1), `${count(names.length - MAX_NAMED + 1)} others`]
      : names;
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}

function sitesIn(servers: readonly Pick<FleetServer, "sites">[]): number {
  return servers.reduce((sum, { sites }) => sum + sites.length, 0);
}
function sitesOf(servers: readonly FleetServer[]): string {
  return `${plural(sitesIn(servers), "site")} on ${plural(servers.length, "server")}`;
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

function within({ skewMs, servers }: Told): string {
  return skewMs === null || servers.length < 2 ? "" : `, all within ${milliseconds(skewMs)}`;
}

/** Which of the switched sites answer otherwise than planned; empty where all do as planned. */
export function notAsPlanned(sites: readonly Pick<Site, "name" | "serverName" | "lastState">[]): string {
  const wrong = sites.filter(({ lastState }) => lastState === "failed");
  return wrong.length === 0
    ? ""
    : `${namesOf(wrong.map(({ name, serverName }) => ({ name: `${name} on ${serverName}` })))} ${agreeing(wrong.length, "does", "do")} not answer as planned`;
}

export const NOT_AS_PLANNED = { state: "failed", label: "Not as planned" } as const;

/** What happened, in one or two sentences. */
export function outcomeOf(operation: Told): string {
  const { kind, phase, servers } = operation;
  const are = (...phases: FleetServer["phase"][]) => servers.filter((server) => phases.includes(server.phase));
  switch (phase) {
    case "staging":
      return `${plural(servers.length, "server")} ${agreeing(servers.length, "is", "are")} being prepared. Nothing has changed yet.`;
    case "committing":
      return "Everything is prepared, and all servers switch now.";
    case "undoing":
      return are("committed", "undoing", "undone").some(({ receipts }) => receipts.length > 0)
        ? "What was switched is being undone."
        : "What was prepared is being dropped.";
    case "done":
      return `${sitesOf(servers)} ${agreeing(sitesIn(servers), "is", "are")} ${kind === "maintenance" ? "in maintenance" : "live again"}${within(operation)}.`;
    case "refused": {
      const refused = are("refused");
      const absent = refused.filter(({ failure }) => failure !== null && isAbsence(failure));
      const busy = refused.filter(({ failure }) => failure !== null && isBusy(failure));
      const others = refused.filter((server) => !absent.includes(server) && !busy.includes(server));
      const words = [
        ...(others.length > 0 ? [`${namesOf(others)} refused`] : []),
        ...(busy.length > 0 ? [`${namesOf(busy)} ${agreeing(busy.length, "was", "were")} busy with other calls`] : []),
        ...(absent.length > 0 ? [`${namesOf(absent)} could not be reached`] : []),
      ];
      return `Nothing was changed anywhere: ${words.join(", and ")}.`;
    }
    case "undone": {
      const failed = are("failed");
      return failed.length > 0
        ? `${namesOf(failed)} did not switch, so the switch was undone on the others. Everything is as it was before.`
        : "Nothing of it is left on any server. Everything is as it was before.";
    }
    case "incomplete":
      return standing(operation);
    case "interrupted":
      return `Backsoon stopped in the middle of this. ${standing(operation)}`;
  }
}

/** What is where, of an operation that is not over. */
function standing({ kind, servers }: Told): string {
  const are = (...phases: FleetServer["phase"][]) => servers.filter((server) => phases.includes(server.phase));
  const switched = are("committed");
  const unknown = are("unknown");
  const prepared = are("staged");
  const asBefore = are("undone", "refused", "failed", "waiting");
  const result = kind === "maintenance" ? "is in maintenance" : "is live again";
  const parts = [
    ...(switched.length > 0
      ? [
          switched.length === 1
            ? `${namesOf(switched)} ${result}`
            : `${namesOf(switched)} ${result.replace("is", "are")}`,
        ]
      : []),
    ...(prepared.length > 0
      ? [`${namesOf(prepared)} ${agreeing(prepared.length, "is", "are")} prepared but not switched`]
      : []),
    ...(unknown.length > 0 ? [`it is not known whether ${namesOf(unknown)} switched`] : []),
    ...(asBefore.length > 0 ? [`${namesOf(asBefore)} ${agreeing(asBefore.length, "is", "are")} as before`] : []),
  ];
  // A server's name stays as it is, also where a sentence begins with it.
  return `${parts.join("; ").replace(/^it /, "It ")}.`;
}

/** The same in a few words, for lists. */
export function shortOutcome(operation: KnownOperation): string {
  const { own, taking, servers } = operation;
  if (!own)
    return servers.length < taking
      ? `Switched on ${count(servers.length)} of ${plural(taking, "server")}, as far as can be seen from here`
      : "Switched";
  const words: Record<FleetOperationState["phase"], string> = {
    staging: "Being prepared",
    committing: "Switching",
    undoing: "Being undone",
    done: `Switched${within(operation)}`,
    refused: "Refused, nothing was changed",
    undone: "Undone, everything is as before",
    incomplete: "Not finished: action needed",
    interrupted: "Interrupted: action needed",
  };
  return words[operation.phase];
}

export interface Pill {
  state: SiteState;
  label: string;
}

/** @param closed how many of its sites are in maintenance now */
export function pillOf({ kind, phase }: Pick<FleetOperationState, "kind" | "phase">, closed: number): Pill {
  switch (phase) {
    case "staging":
      return { state: "draining", label: "Preparing" };
    case "committing":
      return { state: "draining", label: "Switching" };
    case "undoing":
      return { state: "draining", label: "Undoing" };
    case "done":
      return kind === "maintenance" && closed > 0
        ? { state: "maintenance", label: "Maintenance" }
        : { state: "live", label: "Live again" };
    case "refused":
      return { state: "disabled", label: "Nothing changed" };
    case "undone":
      return { state: "disabled", label: "Undone" };
    case "incomplete":
      return { state: "failed", label: "Not finished" };
    case "interrupted":
      return { state: "failed", label: "Interrupted" };
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
      return { state: "unknown", label: "Waiting" };
    case "staging":
      return { state: "draining", label: "Being prepared" };
    case "staged":
      return { state: "draining", label: "Prepared, not switched" };
    case "refused":
      if (failure !== null && isBusy(failure)) return { state: "disabled", label: "Busy, as before" };
      return {
        state: "failed",
        label: failure !== null && isAbsence(failure) ? "Not reached, as before" : "Refused, as before",
      };
    case "committing":
      return { state: "draining", label: "Switching" };
    case "committed":
      if (closed === null) return { state: "unknown", label: "Switched; now unreachable" };
      return kind === "revert" || closed === 0
        ? { state: "live", label: "Live again" }
        : { state: "maintenance", label: "In maintenance" };
    case "undoing":
      return { state: "draining", label: "Being undone" };
    case "undone":
      return { state: "disabled", label: "As before" };
    case "failed":
      return {
        state: "failed",
        label: failure !== null && isBusy(failure) ? "Busy, did not switch" : "Did not switch",
      };
    case "unknown":
      return { state: "unknown", label: "Unknown" };
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
  const of = `of ${count(total)}`;
  return [
    {
      title: "Prepare",
      through: prepared,
      stopped: refused,
      words: `${count(prepared)} ${of} prepared${refused > 0 ? `, ${count(refused)} refused` : ""}`,
      state: prepared === total ? "done" : phase === "staging" ? "running" : "stopped",
    },
    {
      title: "Switch",
      through: switched,
      stopped: stuck,
      words: hasBegun
        ? [
            `${count(switched)} ${of} switched`,
            ...(back > 0 ? [`${count(back)} undone`] : []),
            ...(stuck > 0 ? [`${count(stuck)} unknown`] : []),
          ].join(", ")
        : phase === "staging"
          ? "Starts when all are prepared"
          : "Not started, nothing was changed",
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
  const all = servers.length === 1 ? namesOf(servers) : `all ${plural(servers.length, "server")}`;
  const finish = `${phase === "interrupted" ? "Finish" : "Try again"} switches ${switched.length === 0 ? all : `${namesOf(rest)}, too`}.`;
  const undo = [
    ...(switched.length > 0
      ? [kind === "maintenance" ? `brings ${namesOf(switched)} back` : `puts ${namesOf(switched)} in maintenance again`]
      : []),
    ...(are("staged").length > 0 ? [`drops what is prepared on ${namesOf(are("staged"))}`] : []),
    ...(are("unknown").length > 0 ? [`makes sure that nothing is left on ${namesOf(are("unknown"))}`] : []),
  ];
  return undo.length === 0 ? finish : `${finish} Undo ${undo.join(", and ")}.`;
}
