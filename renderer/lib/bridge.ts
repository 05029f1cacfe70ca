/** The one door to the main process. */
import { t } from "../../main/language/translate.ts";
import type { Bridge, CommandName, Input, Output } from "../../main/contract/commands.ts";
import type { Failure } from "../../main/contract/failures.ts";

declare global {
  interface Window {
    readonly bridge: Bridge;
  }
}

/** What a command refused, to be shown with its way out. */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

type Guard = (name: CommandName, input: Input<CommandName>) => Promise<boolean>;

let guard: Guard | undefined;

/** Asked before each call; one that it refuses is not carried out. */
export function guardCalls(asks: Guard): void {
  guard = asks;
}

/** @throws {FailureError} when main or the agent refuses, or the person does. */
export async function call<N extends CommandName>(name: N, input: Input<N>): Promise<Output<N>> {
  if (guard !== undefined && !(await guard(name, input)))
    throw new FailureError({ code: "change.declined", message: t("It was not confirmed. Nothing was changed.") });
  const result = await window.bridge.call(name, input);
  if (!result.ok) throw new FailureError(result.failure);
  return result.value;
}

/** What was thrown, as a failure that can be shown. */
export function failureOf(error: unknown): Failure {
  return error instanceof FailureError
    ? error.failure
    : { code: "internal", message: error instanceof Error ? error.message : String(error) };
}
