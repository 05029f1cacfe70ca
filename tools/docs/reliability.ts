/**
 * Writes the tables of docs/reliability.md: `node tools/docs/reliability.ts`. What a connection in
 * each state may see of each event is written here once: the matrix test asserts it, and the page
 * shows it. So it is with the table of faults (`faults.ts`).
 */
import { readFile, writeFile } from "node:fs/promises";
import { format, resolveConfig } from "prettier";
import { renderFaults } from "./faults.ts";

export const RELIABILITY_MD = new URL("../../docs/reliability.md", import.meta.url);

/** How many clients are in the same state at the same event. */
export const CLIENTS_PER_CELL = 20;

export const EVENTS = {
  close: "site put in maintenance",
  reopen: "site brought back",
  configure: "other configuration",
  restart: "graceful restart",
  handOver: "hand-over",
  workerKilled: "worker killed",
  agentKilled: "supervisor killed",
} as const;
export type EventName = keyof typeof EVENTS;

export const OUTCOMES = {
  new: "answered by what is active",
  old: "finished as begun",
  "old, new": "first finished as begun, second answered by what is active",
  "old, ended": "first finished as begun, then the connection ends",
  "goes on": "goes on",
  ended: "connection ends, no request was complete",
  cut: "cut",
} as const;
export type Outcome = keyof typeof OUTCOMES;

/** Nobody is interrupted by these. */
function unlessKilled(outcome: Outcome, workerKilled: Outcome, agentKilled: Outcome): Record<EventName, Outcome> {
  return {
    close: outcome,
    reopen: outcome,
    configure: outcome,
    restart: outcome,
    handOver: outcome,
    workerKilled,
    agentKilled,
  };
}

/** Exactly one outcome for each cell. */
export const MATRIX = {
  "idle between requests": unlessKilled("new", "ended", "ended"),
  "half a head": unlessKilled("new", "ended", "ended"),
  "half a body": unlessKilled("old", "cut", "old"),
  "chunked upload": unlessKilled("old", "cut", "old"),
  // Whose worker ends says so with the answer to the first; whoever pipelines asks again (RFC 9112,
  // 9.3.2).
  pipelined: { ...unlessKilled("old, new", "cut", "old, ended"), restart: "old, ended", handOver: "old, ended" },
  "slow reader": unlessKilled("old", "cut", "old"),
  WebSocket: unlessKilled("goes on", "cut", "goes on"),
  "event stream": unlessKilled("goes on", "cut", "goes on"),
} as const satisfies Record<string, Record<EventName, Outcome>>;
export type State = keyof typeof MATRIX;

const TITLE = "## What a connection sees";
const FAULTS_TITLE = "## What a fault does";

/** @param page the page as it is; only its sections with tables are written anew */
export async function renderReliability(page: string): Promise<string> {
  const names = Object.keys(EVENTS) as EventName[];
  const rows = Object.entries(MATRIX).map(
    ([state, cells]) => `| ${[state, ...names.map((name) => OUTCOMES[cells[name]])].join(" | ")} |`,
  );
  const matrix = `Each cell is the only outcome allowed. \`test/integration/server-agent/supervisor/matrix.test.ts\` has
${String(CLIENTS_PER_CELL)} clients in every state at every event, byte by byte over raw sockets: a fault that hits
every second of them passes once in a million runs.

| A connection that is | ${names.map((name) => EVENTS[name]).join(" | ")} |
| --- | ${names.map(() => "---").join(" | ")} |
${rows.join("\n")}
`;
  const faults = `\`test/integration/boundaries\` has one of these happen at a time and checks the promise of the cell,
and that visitors of another site notice nothing. "–": it cannot happen there, or its row has it elsewhere. In
\`npm run soak\` things stand still for 30 s, in \`npm test\` for three.

${renderFaults()}
`;
  const text = withSection(withSection(page, TITLE, matrix), FAULTS_TITLE, faults);
  return format(text, { ...(await resolveConfig(RELIABILITY_MD)), parser: "markdown" });
}

/** The page with another text below this title. */
function withSection(page: string, title: string, text: string): string {
  const [before = "", rest = ""] = page.split(`${title}\n`);
  const after = rest.slice(rest.indexOf("\n## "));
  return `${before}${title}\n\n<!-- Written by tools/docs/reliability.ts. -->\n\n${text}${after}`;
}

if (import.meta.main) await writeFile(RELIABILITY_MD, await renderReliability(await readFile(RELIABILITY_MD, "utf8")));
