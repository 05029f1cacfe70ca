/**
 * Acting on switches of several servers from wherever one is shown. What follows arrives as state.
 */
import { SvelteMap } from "svelte/reactivity";
import type { Failure } from "../../main/contract/failures.ts";
import { t } from "../../main/language/translate.ts";
import { call, failureOf } from "../lib/bridge.ts";
import { router } from "../lib/router.svelte.ts";
import type { Site } from "../lib/sites.ts";
import { toasts } from "../lib/toasts.svelte.ts";
import { returnTargets } from "./actions.ts";

interface Attempt {
  busy: boolean;
  failure: Failure | undefined;
}

const attempts = new SvelteMap<string, Attempt>();
const MAX_TITLE_LENGTH = 200;

/** The latest action on an operation, while it is asked for or was refused. */
export function attemptOn(operationId: string): Attempt | undefined {
  return attempts.get(operationId);
}

async function attempt(operationId: string, action: () => Promise<void>): Promise<void> {
  if (attempts.get(operationId)?.busy === true) return;
  attempts.set(operationId, { busy: true, failure: undefined });
  try {
    await action();
    attempts.delete(operationId);
  } catch (error) {
    attempts.set(operationId, { busy: false, failure: failureOf(error) });
  }
}

export function goOn(operationId: string, how: "finish" | "undo"): Promise<void> {
  return attempt(operationId, async () => {
    await call(`fleet.${how}`, { operationId });
    router.go({ screen: "fleet", operationId });
  });
}

/** @throws {FailureError} while it is still running */
export async function forget(operationId: string): Promise<void> {
  await call("fleet.forget", { operationId });
  router.go({ screen: "overview" });
}

function backTitle(title: string): string {
  const ending = t("{sites}: back", { sites: "" });
  return t("{sites}: back", { sites: title.slice(0, MAX_TITLE_LENGTH - ending.length) });
}

/** Brings the sites of an operation back in two phases, as far as their servers answer. */
export function revertOperation(
  { id, title }: { id: string; title: string },
  sites: readonly Site[],
  how: "delete" | "demote" = "delete",
): Promise<void> {
  return attempt(id, async () => {
    const { operationId } = await call("fleet.start", {
      title: backTitle(title),
      targets: returnTargets(sites, how),
    });
    router.go({ screen: "fleet", operationId });
  });
}

/** Sites that were put in maintenance one by one, or by different operations. */
export async function revertSites(title: string, sites: readonly Site[]): Promise<boolean> {
  try {
    const { operationId } = await call("fleet.start", { title, targets: returnTargets(sites, "delete") });
    router.go({ screen: "fleet", operationId });
    return true;
  } catch (error) {
    toasts.fail(t("The sites stay in maintenance"), failureOf(error));
    return false;
  }
}
