/**
 * What was chosen in the wizard, by operation: who was refused looks at it again with the same
 * choices.
 */
import type { Draft } from "../../maintenance/draft.ts";

const MAX_DRAFTS = 20;
const kept = new Map<string, Draft>();

/** `undefined` when it was made elsewhere, or before the app was started. */
export function keptDraft(operationId: string): Draft | undefined {
  return kept.get(operationId);
}

export function keepDraft(operationId: string, draft: Draft): void {
  kept.set(operationId, draft);
  const [oldest] = kept.keys();
  if (kept.size > MAX_DRAFTS && oldest !== undefined) kept.delete(oldest);
}
