/**
 * How often a test repeats what chance decides: a few times in `npm test`, many times in
 * `npm run soak`, which runs the same tests with a seed of its own (tools/soak.ts).
 */

const IS_SOAK = process.env.BACKSOON_SOAK === "1";

/** One of the two counts; every test that repeats something at random takes its count from here. */
export function repetitions(inTest: number, inSoak: number): number {
  return IS_SOAK ? inSoak : inTest;
}

/** Where random numbers begin: that of `SEED`, another each time without it. */
export const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
