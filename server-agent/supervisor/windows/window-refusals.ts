/** What is said where a window cannot be planned, changed or acted on. */
import type { Problem } from "../../contract/errors.ts";
import { isActive } from "../../core/windows/stack.ts";
import { refuse } from "../../result.ts";
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
