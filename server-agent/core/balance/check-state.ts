/** What health checks of a target, one after the other, say about it. */

export interface CheckState {
  readonly isDown: boolean;
  /** Checks in a row that said otherwise. */
  readonly against: number;
}

export interface CheckRules {
  /** So many failed checks in a row, and it is down. */
  readonly failures: number;
  /** So many good ones in a row, and it is healthy again. */
  readonly successes: number;
}

/** @param before Undefined: it was never checked, so that the first check decides. */
export function afterCheck(before: CheckState | undefined, isGood: boolean, rules: CheckRules): CheckState {
  if (before === undefined) return { isDown: !isGood, against: 0 };
  if (isGood !== before.isDown) return { ...before, against: 0 };
  const against = before.against + 1;
  const isEnough = against >= (before.isDown ? rules.successes : rules.failures);
  return isEnough ? { isDown: !before.isDown, against: 0 } : { ...before, against };
}

/** What answers a check, or why it is not good: undefined. */
export function isGoodStatus(status: number, wanted: readonly number[] | undefined): boolean {
  return wanted === undefined ? status >= 200 && status < 400 : wanted.includes(status);
}
