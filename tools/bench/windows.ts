/**
 * `npm run bench:windows`: an agent with 10,000 planned windows of all kinds. Prints how long it
 * takes to find their next occurrences, to start with them, to plan one more, and what they take of
 * memory (proportional set size). `--windows N`; `--write` renews docs/benchmarks-windows.md.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { format, resolveConfig } from "prettier";
import type { Config } from "../../server-agent/contract/config.ts";
import type { WindowDraft } from "../../server-agent/contract/windows.ts";
import { Calendar } from "../../server-agent/core/windows/occurrences.ts";
import { remindersAt } from "../../server-agent/core/reminders/due-reminders.ts";
import { seal } from "../../server-agent/store/sealed-text.ts";
import type { StoredWindow } from "../../server-agent/store/stored-window.ts";
import { startAgent, type TestAgent } from "../driving/agent.ts";

const { values } = parseArgs({
  options: { windows: { type: "string", default: "10000" }, write: { type: "boolean", default: false } },
});
const COUNT = Number(values.windows);
const ZONES = [
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Africa/Casablanca",
  "Asia/Kathmandu",
  "UTC",
];
const RULES = [
  undefined,
  "FREQ=DAILY",
  "FREQ=WEEKLY;BYDAY=SU,WE",
  "FREQ=MONTHLY;BYDAY=-1SU",
  "FREQ=YEARLY",
  "FREQ=WEEKLY;INTERVAL=2;COUNT=500",
];
const CREATED = 50;
const SITES = 500;

const config: Config = {
  listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
  virtualHosts: [
    ...Array.from({ length: SITES }, (_, site) => ({
      id: `site-${site}`,
      hosts: [`site-${site}.example.com`],
      rules: [{ handler: { type: "respond" as const, body: "live" } }],
    })),
    { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
  ],
};

/** Spread over a year, all of them ahead. */
function windowAt(index: number, now: number): StoredWindow {
  const rrule = RULES[index % RULES.length];
  const at = new Date(now + 86_400_000 + ((index * 3_600_000) % (365 * 86_400_000)));
  return {
    id: `20260101-000000-${index.toString(16).padStart(6, "0")}`,
    revision: 1,
    createdAt: new Date(now).toISOString(),
    title: `Window ${index}`,
    sites: [{ site: `site-${index % SITES}` }],
    start: at.toISOString().slice(0, 16),
    duration: "PT2H",
    zone: ZONES[index % ZONES.length] ?? "UTC",
    ...(rrule === undefined ? {} : { rrule }),
    seenTo: new Date(now).toISOString(),
    records: [],
  };
}

async function proportionalMb(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) / 1024;
}

async function supervisorMb(agent: TestAgent): Promise<number> {
  return proportionalMb(agent.pid);
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;
}

const now = Date.now();
const windows = Array.from({ length: COUNT }, (_, index) => windowAt(index, now));

// What every look costs, in one process.
let began = performance.now();
const calendars = windows.map((window) => ({ window, calendar: new Calendar(window) }));
const upcoming = calendars.map(({ window, calendar }) => {
  const next = calendar.next(now);
  return { window, spans: next === undefined ? [] : [next] };
});
const nextMs = performance.now() - began;
began = performance.now();
remindersAt(now, { upcoming }, { since: 0, isMade: () => false });
const remindMs = performance.now() - began;

// A real agent that starts with them.
const folder = await mkdtemp(join(tmpdir(), "backsoon-windows-"));
const empty = await startAgent({ config });
const emptyMb = await supervisorMb(empty);
await empty.close();
await mkdir(join(folder, "state/windows"), { recursive: true });
for (const window of windows) await writeFile(join(folder, `state/windows/${window.id}.json`), seal(window));
began = performance.now();
const agent = await startAgent({ folder, config });
const readyMs = performance.now() - began;
// Every window has its next occurrence once the agent has looked at all of them.
for (;;) {
  const { windows: listed } = await agent.call("listWindows");
  if (listed.length === COUNT && listed.every(({ occurrences }) => occurrences.length > 0)) break;
}
const plannedMs = performance.now() - began;
const times: number[] = [];
const served: number[] = [];
for (let index = 0; index < CREATED; index++) {
  const {
    id: _id,
    revision: _revision,
    createdAt: _createdAt,
    seenTo: _seenTo,
    records: _records,
    ...draft
  } = windowAt(index * 7, now);
  began = performance.now();
  await agent.call("createWindow", { body: draft satisfies WindowDraft });
  times.push(performance.now() - began);
  began = performance.now();
  await agent.visit({ host: "site-0.example.com" });
  served.push(performance.now() - began);
}
const fullMb = await supervisorMb(agent);
await agent.close();
await rm(folder, { recursive: true, force: true });

const rows = [
  ["compute the next occurrence of all", `${nextMs.toFixed(0)} ms (${((nextMs / COUNT) * 1000).toFixed(0)} µs each)`],
  ["compute the due reminders of all", `${remindMs.toFixed(0)} ms`],
  ["start of an agent with them, until it serves", `${(readyMs / 1000).toFixed(1)} s`],
  ["start, until all next occurrences are known", `${(plannedMs / 1000).toFixed(1)} s`],
  ["creating one more (median)", `${median(times).toFixed(0)} ms`],
  ["a visitor's request meanwhile (median, new connection)", `${median(served).toFixed(1)} ms`],
  ["supervisor's memory with them, without them", `${fullMb.toFixed(0)} MB, ${emptyMb.toFixed(0)} MB`],
];
const text = [
  "# Benchmarks: planned windows",
  "",
  "Written by `npm run bench:windows -- --write`.",
  "",
  `${COUNT.toLocaleString("en")} windows of ${SITES} sites in six time zones, one in six single, the others daily to yearly.`,
  "",
  "| what | figure |",
  "| --- | --- |",
  ...rows.map(([what = "", figure = ""]) => `| ${what} | ${figure} |`),
  "",
].join("\n");
for (const [what = "", figure = ""] of rows) console.log(`${what}: ${figure}`);
if (values.write) {
  const file = join(import.meta.dirname, "../../docs/benchmarks-windows.md");
  await writeFile(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}
