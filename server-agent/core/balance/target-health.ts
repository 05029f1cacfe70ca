/**
 * What is known of a target's health, and what follows from what was seen of it. A target that is
 * not well is asked last, never not at all: where no other is well either, it may answer after all.
 */

/** Of one target, as one worker sees it. */
export interface Health {
  /** Failures since its last answer. */
  readonly failures: number;
  /** It is passed over until then; 0: it is not. Milliseconds, by the clock of the caller. */
  readonly restedUntil: number;
  /** Health checks say so. */
  readonly isDown: boolean;
}

export interface RestRules {
  /** So many failures in a row, and it is passed over. */
  readonly failures: number;
  readonly restMs: number;
}

export const WELL: Health = { failures: 0, restedUntil: 0, isDown: false };

export function isWell({ restedUntil, isDown }: Health, now: number): boolean {
  return !isDown && restedUntil <= now;
}

/** It could not be reached, or gave no answer. */
export function afterFailure(health: Health, rules: RestRules, now: number): Health {
  const failures = health.failures + 1;
  const isOver = failures >= rules.failures;
  return { ...health, failures, restedUntil: isOver ? now + rules.restMs : health.restedUntil };
}

/** It has begun to answer. */
export function afterAnswer(health: Health): Health {
  return { ...health, failures: 0, restedUntil: 0 };
}

/**
 * A request was given to it. After a rest it is one that shows whether the target is back: until
 * the answer, others go elsewhere.
 */
export function afterChoice(health: Health, rules: RestRules, now: number): Health {
  const isTrial = health.restedUntil > 0 && health.restedUntil <= now;
  return isTrial ? { ...health, restedUntil: now + rules.restMs } : health;
}
