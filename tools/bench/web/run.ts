/**
 * `npm run bench`: the agent beside nginx, HAProxy and Caddy (Debian's packages) on one core each,
 * with the load and the upstream on the other core.
 *
 * Measures processor time per request and requests per second, times at half load, memory, and the
 * latency of the switch call. Processor time is what counts where other programs run on the
 * machine. Everything stays on loopback, is bounded in time and is ended by id.
 *
 * `--rounds N` and `--seconds N` set the length, `--only page,h2` chooses rows by the beginning of
 * their key (see rows.ts), `--servers nginx,Backsoon` the servers; `--beside FILE` measures another
 * build of the agent too. `--write` renews docs/benchmarks.md. While developing: `npm run bench --
 * --only page-64 --rounds 2 --seconds 2`.
 */
import { spawnSync, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { format, resolveConfig } from "prettier";
import { askFor, askOnce, LOAD_CORE, openIdle, type Ports, timesAt } from "./load.ts";
import { cpuMs, freePort, memoryMb, start, stop } from "./processes.ts";
import { type Figure, type Latency, type MeasuredRow, type Memory, report } from "./report.ts";
import { isWanted, type Job, PATHS, type Row, ROWS } from "./rows.ts";
import { LENGTHS, prepare, SERVERS, type ServerName, type Setup, setupOf, upstream } from "./servers.ts";
import { measureSwitches, type SwitchTimes } from "./switches.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "5" },
    only: { type: "string", default: "" },
    servers: { type: "string", default: SERVERS.join(",") },
    beside: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const SECONDS = Number(values.seconds);
const ROUNDS = Number(values.rounds);
const WANTED = values.only === "" ? [] : values.only.split(",");
const SERVER_CORE = "0";
const REST_MS = 2000;
const SECURE_IDLE_CONNECTIONS = 2000;
const TOOLS = ["wrk", "h2load", "openssl", "taskset"];
const PACKAGES = "wrk nghttp2-client openssl util-linux nginx-light haproxy caddy";

interface Server {
  readonly label: string;
  readonly setup: Setup;
  readonly ports: Ports;
  readonly child: ChildProcess;
  readonly pid: number;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low = NaN, high = NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return (low + high) / 2;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

function labelOf(name: ServerName, { program }: Setup, beside?: string): string {
  if (name === "Backsoon") return beside === undefined ? name : `${name} (${beside})`;
  const { stdout, stderr } = spawnSync(program.command, [name === "Caddy" ? "version" : "-v"], { encoding: "utf8" });
  return `${name} ${/\d+\.\d+\.\d+/.exec(stdout + stderr)?.[0] ?? ""}`;
}

/** A server that answers with something else would be measured at another job. */
async function checkAnswers({ label, setup, ports }: Server): Promise<void> {
  for (const [job, path] of Object.entries(PATHS) as [Job, string][]) {
    if (setup.lacks.includes(job)) continue;
    for (const isSecure of [false, true]) {
      const { status, length } = await askOnce(ports, isSecure, path);
      if (status !== (job === "page" ? 503 : 200) || length !== LENGTHS[job])
        throw new Error(`${label} answers ${path} with ${String(status)} and ${String(length)} bytes`);
    }
  }
}

async function measureRound(server: Server, { load, job }: Row): Promise<Figure> {
  const [before, begun] = [await cpuMs(server.pid), performance.now()];
  const requests = await askFor(load, server.ports, PATHS[job], SECONDS);
  const [after, ended] = [await cpuMs(server.pid), performance.now()];
  return { cpu: ((after - before) * 1000) / requests, perSecond: (requests * 1000) / (ended - begun) };
}

/**
 * Round after round, one server after the other: whatever else slows the machine down for a while
 * meets all of them alike. The first round warms up.
 */
async function measureRow(row: Row, servers: readonly Server[]): Promise<MeasuredRow> {
  const able = servers.filter(({ setup }) => !setup.lacks.includes(row.job));
  const rounds = new Map<Server, Figure[]>(able.map((server) => [server, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    console.error(`${row.key}: ${round === 0 ? "warm-up" : `round ${String(round)} of ${String(ROUNDS)}`}`);
    for (const [server, figures] of rounds) {
      const figure = await measureRound(server, row);
      if (round > 0) figures.push(figure);
    }
  }
  const figures = [...rounds].map(([{ label }, all]): [string, Figure] => [
    label,
    { cpu: median(all.map(({ cpu }) => cpu)), perSecond: median(all.map(({ perSecond }) => perSecond)) },
  ]);
  return { title: row.title, figures: new Map(figures) };
}

async function measureLatencies(servers: readonly Server[]): Promise<Latency[]> {
  const latencies: Latency[] = [];
  for (const job of ["page", "proxy"] as const) {
    for (const server of servers) {
      console.error(`latency: ${job}, ${server.label}`);
      const row: Row = { key: "", title: "", job, load: { kind: "http1", connections: 64 } };
      const { perSecond } = await measureRound(server, row);
      const times = await timesAt(perSecond / 2, server.ports, PATHS[job], SECONDS);
      const answered = times.length / SECONDS;
      const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
      latencies.push({ title: `${job} 2 KB`, label: server.label, perSecond: answered, p50, p99 });
    }
  }
  return latencies;
}

/** Servers that have answered nothing yet are measured, one after the other. */
async function measureMemory(begin: (name: ServerName) => Promise<Server>): Promise<Memory[]> {
  const memories: Memory[] = [];
  for (const name of chosenServers()) {
    console.error(`memory: ${name}`);
    const server = await begin(name);
    const { label, pid, ports, setup } = server;
    try {
      await pause(REST_MS);
      const atRest = await memoryMb(pid);
      const plain = await openIdle(ports, false, PATHS.page, setup.idleConnections);
      await pause(REST_MS);
      const idle = await memoryMb(pid);
      for (const socket of plain) socket.destroy();
      await pause(REST_MS);
      const between = await memoryMb(pid);
      const secure = await openIdle(ports, true, PATHS.page, SECURE_IDLE_CONNECTIONS);
      await pause(REST_MS);
      const perSecure = (((await memoryMb(pid)) - between) * 1024) / SECURE_IDLE_CONNECTIONS;
      for (const socket of secure) socket.destroy();
      memories.push({ label, atRest, idle, perSecure });
    } finally {
      await stop(server.child);
    }
  }
  return memories;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function chosenServers(): ServerName[] {
  const names = values.servers.split(",");
  return SERVERS.filter((name) => names.includes(name));
}

const missing = [...TOOLS, ...chosenServers().filter((name) => name !== "Backsoon")]
  .map((tool) => tool.toLowerCase())
  .filter((tool) => spawnSync("which", [tool]).status !== 0);
if (missing.length > 0) {
  console.error(`${missing.join(", ")} missing: apt-get install ${PACKAGES}`);
  process.exit(2);
}
if (cpus().length < 2) {
  console.error("This benchmark needs two cores: one for the server, one for the load.");
  process.exit(2);
}

const loadBefore = loadavg()[0] ?? 0;
const folder = await mkdtemp(join(tmpdir(), "backsoon-bench-"));
// nginx and Caddy drop or keep privileges by their own rules; the folder must be readable for all
// of them.
spawnSync("chmod", ["755", folder]);
const agent = { node: process.execPath, program: join(import.meta.dirname, "../../../dist/agent.mjs") };
const children: ChildProcess[] = [];
try {
  await prepare(folder);
  const upstreamPort = await freePort();
  children.push(await start(await upstream(folder, upstreamPort), upstreamPort, LOAD_CORE));
  const begin = async (name: ServerName, beside?: string): Promise<Server> => {
    const ports = { plain: await freePort(), secure: await freePort() };
    const program = beside === undefined ? agent : { ...agent, program: beside };
    const setup = await setupOf(name, folder, ports, upstreamPort, program);
    const child = await start(setup.program, ports.plain, SERVER_CORE);
    children.push(child);
    const server = { label: labelOf(name, setup, beside), setup, ports, child, pid: child.pid ?? 0 };
    await checkAnswers(server);
    return server;
  };
  const memories = isWanted("memory", WANTED) ? await measureMemory(begin) : [];
  const servers: Server[] = [];
  for (const name of chosenServers()) servers.push(await begin(name));
  if (values.beside !== undefined) servers.push(await begin("Backsoon", values.beside));
  const rows: MeasuredRow[] = [];
  for (const row of ROWS) if (isWanted(row.key, WANTED)) rows.push(await measureRow(row, servers));
  const switches: SwitchTimes[] = [];
  for (const sites of isWanted("switch", WANTED) ? [1, 10_000] : [])
    switches.push(await measureSwitches(agent, join(folder, `switches-${String(sites)}`), sites));
  const text = report({
    labels: servers.map(({ label }) => label),
    rows,
    latencies: isWanted("latency", WANTED) ? await measureLatencies(servers) : [],
    memories,
    switches,
    rounds: ROUNDS,
    seconds: SECONDS,
    loadBefore,
  });
  console.log(text);
  if (values.write) {
    const file = join(import.meta.dirname, "../../../docs/benchmarks.md");
    const page = `# Benchmarks\n\nWritten by \`npm run bench -- --write\`.\n\n${text}`;
    await writeFile(file, await format(page, { ...(await resolveConfig(file)), filepath: file }));
  }
} finally {
  for (const child of children) await stop(child);
  await rm(folder, { recursive: true, force: true });
}
