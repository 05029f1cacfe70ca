/**
 * `npm run bench:adapters`: what the hook costs nginx. Prints the time from an order to the first
 * page on every worker, and processor time per request without the hook, with it while the site is
 * open, and while it is closed (nginx' and the agent's own), beside nginx' own static 503. Rounds
 * alternate, and the median counts. Loopback only, ended by id. Needs wrk. `--seconds N`
 * (default 3), `--runs N` (default 5).
 */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { parseArgs, promisify } from "node:util";
import { agentBeside, prepared, visitorOf } from "../driving/web-servers/beside.ts";
import { nginxFolder, startNginx } from "../driving/web-servers/nginx.ts";

const run = promisify(execFile);
const { values } = parseArgs({
  options: { seconds: { type: "string", default: "3" }, runs: { type: "string", default: "5" } },
});
const SECONDS = Number(values.seconds);
const RUNS = Number(values.runs);
const SWITCHES = 30;
const TICKS_PER_SECOND = 100;

function site(port: number, name: string, location: string): string {
  return `server { listen 127.0.0.1:@PORT${String(port)}@ backlog=4096; server_name ${name}; location / { ${location} } }\n`;
}

/** Processor time (s) that a process and its children have used so far. */
function processorSeconds(pid: number): number {
  let ticks = 0;
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (Number(entry) === pid || Number(fields[1]) === pid) ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // It has ended.
    }
  }
  return ticks / TICKS_PER_SECOND;
}

interface Load {
  requests: number;
  /** Microseconds per request, by process. */
  micros: number[];
}

async function load(port: number, host: string, pids: readonly number[]): Promise<Load> {
  const before = pids.map(processorSeconds);
  const url = `http://127.0.0.1:${String(port)}/page.html`;
  const { stdout } = await run("wrk", ["-t1", "-c32", `-d${String(SECONDS)}s`, "-H", `Host: ${host}`, url]);
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  const micros = pids.map((pid, index) => ((processorSeconds(pid) - (before[index] ?? 0)) / requests) * 1e6);
  return { requests: requests / SECONDS, micros };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

const page = `return 200 "${"Backsoon ".repeat(220)}";`;
await using folder = await nginxFolder({
  "sites-enabled/bare": site(1, "bare.example", page),
  "sites-enabled/shop": site(2, "shop.example", page),
  "sites-enabled/static": site(3, "static.example", `return 503 "${"Backsoon ".repeat(220)}";`),
});
await using nginx = await startNginx(folder);
await using agent = await agentBeside({ workers: 1 });
const server = await prepared(agent, folder);
await agent.call("removeHook", { params: { id: server }, query: { sites: "bare.example,static.example" } });
const visit = visitorOf(folder);
const shop = { host: "shop.example", port: folder.port(2) };

const switches: number[] = [];
for (let count = 0; count < SWITCHES; count++) {
  const started = performance.now();
  const { id } = await agent.call("startMaintenance", { body: { site: "shop.example" } });
  const seen = await Promise.all(Array.from({ length: 8 }, () => visit(shop)));
  if (seen.some(({ status }) => status !== 503)) throw new Error("a stale answer");
  switches.push(performance.now() - started);
  await agent.call("revertMaintenance", { params: { id }, body: {} });
}

const pids = [nginx.pid, agent.pid];
const bare: Load[] = [];
const open: Load[] = [];
const closed: Load[] = [];
const own503: Load[] = [];
for (let round = 0; round < RUNS; round++) {
  bare.push(await load(folder.port(1), "bare.example", pids));
  open.push(await load(folder.port(2), "shop.example", pids));
  own503.push(await load(folder.port(3), "static.example", pids));
  const { id } = await agent.call("startMaintenance", { body: { site: "shop.example" } });
  closed.push(await load(folder.port(2), "shop.example", pids));
  await agent.call("revertMaintenance", { params: { id }, body: {} });
}

function line(name: string, loads: readonly Load[]): string {
  const cpu = [0, 1].map((index) => median(loads.map(({ micros }) => micros[index] ?? NaN)).toFixed(1));
  return `${name.padEnd(34)} ${median(loads.map(({ requests }) => requests))
    .toFixed(0)
    .padStart(8)}/s  nginx ${cpu[0] ?? ""} µs, agent ${cpu[1] ?? ""} µs of processor time a request`;
}

console.log(
  `order until 8 visitors on new connections saw the page: median ${median(switches).toFixed(1)} ms of ${String(SWITCHES)}`,
);
console.log(line("not prepared", bare));
console.log(line("prepared, open", open));
console.log(line("closed, page of the agent", closed));
console.log(line("nginx' own static 503", own503));
