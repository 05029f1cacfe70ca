import type { Page } from "@playwright/test";
import type { AppState } from "../../main/contract/state.ts";
import type { Bridge, CommandName, Input, Output } from "../../main/contract/commands.ts";
import type { Result } from "../../main/contract/failures.ts";

/** Calls main as the page does. */
export function call<N extends CommandName>(page: Page, name: N, input: Input<N>): Promise<Result<Output<N>>> {
  return page.evaluate(
    ([command, given]) =>
      (globalThis as unknown as { bridge: Bridge }).bridge.call(command as "state.get", given as undefined),
    [name, input] as const,
  ) as Promise<Result<Output<N>>>;
}

/** The value of a call that must be answered well. */
export async function value<N extends CommandName>(page: Page, name: N, input: Input<N>): Promise<Output<N>> {
  const result = await call(page, name, input);
  if (!result.ok) throw new Error(`${name}: ${result.failure.code}: ${result.failure.message}`);
  return result.value;
}

export function stateOf(page: Page): Promise<AppState> {
  return value(page, "state.get", undefined);
}
