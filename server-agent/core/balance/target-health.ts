/**
 * What is known of a target's health, and what follows from what was seen of it. An unhealthy
 * target is tried last, never not at all: where no other is healthy either, it may answer after
 * all.
 */

/** Of one target, as one worker sees it. */
export interface Health {
  /** Failures since its last answer. */
  readonly failures: number;
  /** It counts as failing until then; 0: it does not. Milliseconds, by the clock of the caller. */
  readonly failingUntil: number;
  /** Health checks say so. */
  readonly isDown: boolean;
}

export interface FailureRules {
  /** So many failures in a row, and it counts as failing. */
  readonly failures: number;
  readonly failingMs: number;
}

export const HEALTHY: Health = { failures: 0, failingUntil: 0, isDown: false };

export function isHealthy({ failingUntil, isDown }: Health, now: number): boolean {
  return !isDown && failingUntil <= now;
}

/** It could not be reached, or gave no answer. */
export function afterFailure(health: Health, rules: FailureRules, now: number): Health {
  const failures = health.failures + 1;
  const isOver = failures >= rules.failures;
  return { ...health, failures, failingUntil: isOver ? now + rules.failingMs : health.failingUntil };
}

/** It has begun to answer. */
export function afterAnswer(health: Health): Health {
  return { ...health, failures: 0, failingUntil: 0 };
}

/**
 * A request was given to it. When the time of a failing target is up, one request shows
 * whether it is back: until the answer, others go elsewhere.
 */
export function afterChoice(health: Health, rules: FailureRules, now: number): Health {
  const isTrial = health.failingUntil > 0 && health.failingUntil <= now;
  return isTrial ? { ...health, failingUntil: now + rules.failingMs } : health;
}
