/**
 * What goes wrong at which boundary, and what must hold then: the table that
 * `test/integration/boundaries` runs and docs/reliability.md shows. `null`: it cannot happen there.
 */

export const BOUNDARIES = {
  visitor: "a visitor's connection",
  upstream: "an upstream",
  channel: "supervisor and worker",
  state: "state directory",
  admin: "admin socket",
  ssh: "the app's SSH connection",
  handOver: "hand-over",
} as const;
export type Boundary = keyof typeof BOUNDARIES;

export const FAULTS = {
  stopped: "stands still for 30 s",
  killed: "`kill -9`",
  halfOpen: "vanishes without a word",
  slow: "reads or writes slowly",
  fullDisk: "disk full",
  descriptors: "no file descriptors",
} as const;
export type FaultName = keyof typeof FAULTS;

export const PROMISES = {
  visitor: {
    stopped: "finished as begun, once it goes on, though the site was closed meanwhile",
    killed: "its request is over, and counted as left by the client",
    halfOpen: "no switch waits for it; it is listed, and can be cut",
    slow: "gets all of what it began, though the site was closed meanwhile",
    fullDisk: null,
    descriptors: "visitors wait, and none is turned away",
  },
  upstream: {
    stopped: "who asked gets the answer once it goes on; the site can be closed meanwhile",
    killed: "who asked gets 502; who asks once it is back gets its answer",
    halfOpen: "who asked gets 504; who asks once it is back gets its answer",
    slow: "every answer is whole",
    fullDisk: null,
    descriptors: null,
  },
  channel: {
    stopped:
      "visitors of workers that stand still are answered once these go on; a switch replaces such a worker first, but none that answered while the supervisor stood still",
    killed: "a switch at this moment is done or refused, and its reply is true; no new visitor is turned away",
    halfOpen: null,
    slow: "no request fails while a slow supervisor switches, and each reply is true",
    fullDisk: null,
    descriptors: null,
  },
  state: {
    stopped: null,
    killed: "the change was carried out or it was not; what is served and what is said agree",
    halfOpen: null,
    slow: null,
    fullDisk: "changes are refused and nothing is changed, until there is room; visitors notice nothing",
    descriptors: "changes are refused and nothing is changed; a restart finds the same",
  },
  admin: {
    stopped:
      "visitors notice nothing while the supervisor stands still; a call of that time is carried out, and its reply is true",
    killed: "what a client asked for that was killed is carried out once at most",
    halfOpen: null,
    slow: "clients that do not read or send on hold up nobody",
    fullDisk: null,
    descriptors: "visitors notice nothing; calls are answered again once there are some",
  },
  ssh: {
    stopped: "the connection counts as lost, then is made again; visitors notice nothing",
    killed: "a change at this moment is done, refused, or not known, never wrong; the connection is made again",
    halfOpen: "the same",
    slow: "each reply is true",
    fullDisk: null,
    descriptors: null,
  },
  handOver: {
    stopped: "handed over or taken back: one agent owns the state, no request fails",
    killed: "taken back, and as before; no request fails",
    halfOpen: null,
    slow: "handed over or taken back: one agent owns the state, no request fails",
    fullDisk: "handed over or refused: one agent owns the state, no request fails",
    descriptors: null,
  },
} as const satisfies Record<Boundary, Record<FaultName, string | null>>;

/** The table in Markdown. */
export function renderFaults(): string {
  const faults = Object.keys(FAULTS) as FaultName[];
  const rows = (Object.keys(BOUNDARIES) as Boundary[]).map((boundary) =>
    [BOUNDARIES[boundary], ...faults.map((fault) => PROMISES[boundary][fault] ?? "–")].join(" | "),
  );
  return [
    `| Boundary | ${faults.map((fault) => FAULTS[fault]).join(" | ")} |`,
    `| --- | ${faults.map(() => "---").join(" | ")} |`,
    ...rows.map((row) => `| ${row} |`),
  ].join("\n");
}
