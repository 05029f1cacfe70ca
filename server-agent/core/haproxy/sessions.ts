/** What `show sess` of HAProxy says of each connection with a request in it. */

export interface Session {
  readonly frontend: string;
  readonly backend: string;
  /** Since its request began; whole seconds that have passed. */
  readonly ageSeconds: number;
}

const SECONDS = { d: 86_400, h: 3600, m: 60, s: 1 } as const;

/** Lines that it does not know are left out. */
export function readSessions(shown: string): Session[] {
  return shown.split("\n").flatMap((line) => {
    const found = /^0x[0-9a-f]+: .*\bfe=(\S+) be=(\S+) .*\bage=(\S+)/.exec(line.trim());
    if (found === null) return [];
    const [, frontend = "", backend = "", age = ""] = found;
    return [{ frontend, backend, ageSeconds: secondsOf(age) }];
  });
}

/** `1d2h`, `3m5s`. */
function secondsOf(age: string): number {
  return [...age.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * SECONDS[unit as keyof typeof SECONDS],
    0,
  );
}
