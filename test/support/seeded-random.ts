/** Random numbers that can be had again: a failure names its seed. */
export interface SeededRandom {
  /** From 0 up to, and without, 1. */
  next(): number;
  /** True in this share of all cases. */
  chance(share: number): boolean;
  pick<const T>(choices: readonly [T, ...T[]]): T;
}

/** mulberry32. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    chance: (share) => next() < share,
    pick: (choices) => choices[Math.floor(next() * choices.length)] ?? choices[0],
  };
}
