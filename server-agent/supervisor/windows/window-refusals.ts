/** What is said where a window cannot be planned, changed or acted on. */
import type { Problem } from "../../contract/errors.ts";
import { isActive } from "../../core/windows/stack.ts";
import { type Refusal, refuse } from "../../result.ts";
import { checkPrecondition, type Precondition } from "../switch/precondition.ts";
import type { Entry } from "./window-book.ts";

export function refuseStale(
  { stored: { id, revision } }: Entry,
  ifMatch: Precondition,
): ReturnType<typeof refuse> | undefined {
  if (checkPrecondition(ifMatch, revision) === undefined) return undefined;
  return refuse(
    "window.stale",
    `Someone else changed the window: its revision is ${revision}. Read it again and repeat your change.`,
    { window: id },
  );
}

export function refuseWhileActive({ stored: { id, records } }: Entry): ReturnType<typeof refuse> | undefined {
  return records.some(isActive)
    ? refuse("window.state", "It is running: extend it, or end it first.", { window: id })
    : undefined;
}

export function refuseUnknownWindow(id: string): ReturnType<typeof refuse> {
  return refuse("not-found", `There is no window ${id}; GET /v1/windows lists them.`);
}

export function refuseNotRunning(id: string): ReturnType<typeof refuse> {
  return refuse("window.state", "It is not running.", { window: id });
}

/** Why the end of a maintenance that a window has started cannot be changed so. */
export function endedByWindow(
  window: string,
  { until, hasOthers }: { until: string | null | undefined; hasOthers: boolean },
): Refusal | undefined {
  const path = "/until";
  const message =
    until === null
      ? "a window ends this maintenance, so it has an end; choose another one, or end the window"
      : hasOthers
        ? "a window ends this maintenance: send the new end alone, and the rest of the change with another call"
        : undefined;
  if (message === undefined) return undefined;
  return refuse("options.invalid", `until: ${message}`, {
    problems: [{ path, code: "change.window", message }],
    window,
  }).refusal;
}

export function refuseField(path: string, message: string): ReturnType<typeof refuse> {
  return refuse("options.invalid", `${path}: ${message}`, { problems: [{ path, code: "window.extend", message }] });
}

export function refuseSite(index: number, message: string, problems: readonly Problem[]): ReturnType<typeof refuse> {
  const at = `/sites/${index}`;
  return refuse("options.invalid", `${at}: ${message}`, {
    problems:
      problems.length === 0
        ? [{ path: at, code: "window.site", message }]
        : problems.map((problem) => ({ ...problem, path: at + problem.path })),
  });
}
