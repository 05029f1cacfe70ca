/**
 * `npm run bench`: the agent beside nginx, HAProxy and Caddy (Debian's packages) on one core each,
 * with wrk and the upstream on the other core.
 *
 * Prints requests per second (median of several rounds) with the ratio to nginx, memory
 * (proportional set size of all processes of a server, so that shared pages count once) at rest and
 * with 10,000 idle keep-alive connections, and the latency of the switch call. Everything stays on
 * loopback, is bounded in time and is ended by id. `--seconds N` (default 5) and `--runs N`
 * (default 3) set the length; `--write` renews docs/benchmarks.md.
 */
import { execFile, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { format, resolveConfig } from "prettier";
import { JOBS, peer, PEERS, upstream, type Job, type PeerSetup } from "./peers.ts";
import { measureSwitches } from "./switches.ts";

const run = promisify(execFile);
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    runs: { type: "string", default: "3" },
    write: { type: "boolean", default: false },
  },
});
const SECONDS = Number(values.seconds);
const RUNS = Number(values.runs);
const CONNECTIONS = 64;
const SERVER_CORE = "0";
const LOAD_CORE = "1";

interface Figures {
  name: string;
  version: string;
  perSecond: Record<Job, number>;
  restMb: number;
  idleMb: number;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Starts a server on its core and resolves when the port accepts. */
async function start(setup: PeerSetup, port: number, core: string): Promise<ChildProcess> {
  const child = spawn("taskset", ["-c", core, setup.command, ...setup.args], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, ...setup.env },
  });
  for (let tries = 0; ; tries++) {
    const socket = connect(port, "127.0.0.1");
    const open = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "error").then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (open) return child;
    if (child.exitCode !== null || tries > 200) throw new Error(`${setup.name} does not start`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
  await ended;
  clearTimeout(timer);
}

async function requestsPerSecond(port: number, path: string): Promise<number> {
  const { stdout } = await run("taskset", [
    "-c",
    LOAD_CORE,
    "wrk",
    "-t1",
    `-c${String(CONNECTIONS)}`,
    `-d${String(SECONDS)}s`,
    `http://127.0.0.1:${String(port)}${path}`,
  ]);
  const figure = /Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1];
  if (figure === undefined) throw new Error(`unexpected output of wrk: ${stdout}`);
  return Number(figure);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

/** Proportional set size of a process and all its descendants, in MB. */
async function memoryMb(pid: number): Promise<number> {
  let kilobytes = 0;
  const parents = new Map<number, number>();
  for (const entry of await readdir("/proc")) {
    const stat = /^\d+$/.test(entry) ? await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "") : "";
    const parent = /\) \S (\d+) /.exec(stat)?.[1];
    if (parent !== undefined) parents.set(Number(entry), Number(parent));
  }
  for (const candidate of parents.keys()) {
    let ancestor: number | undefined = candidate;
    while (ancestor !== undefined && ancestor !== pid) ancestor = parents.get(ancestor);
    if (ancestor !== pid) continue;
    const rollup = await readFile(`/proc/${String(candidate)}/smaps_rollup`, "utf8").catch(() => "");
    kilobytes += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  return kilobytes / 1024;
}

/** Opens connections that asked once and then stay idle; the caller destroys them. */
async function openIdle(port: number, path: string, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let opened = 0; opened < count; opened += 200) {
    await Promise.all(
      Array.from({ length: 200 }, async () => {
        const socket = connect(port, "127.0.0.1");
        sockets.push(socket);
        await once(socket, "connect");
        socket.write(`GET ${path} HTTP/1.1\r\nHost: shop.example.com\r\n\r\n`);
        await once(socket, "data");
        socket.pause();
      }),
    );
  }
  return sockets;
}

interface Measured {
  readonly setup: PeerSetup;
  readonly port: number;
  readonly child: ChildProcess;
  readonly figures: Figures;
}

async function begin(setup: PeerSetup, port: number): Promise<Measured> {
  const child = await start(setup, port, SERVER_CORE);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const figures: Figures = {
    name: setup.name,
    version: versionOf(setup),
    perSecond: { maintenance: 0, file: 0, proxy: 0 },
    restMb: await memoryMb(child.pid ?? 0),
    idleMb: 0,
  };
  return { setup, port, child, figures };
}

/**
 * Round after round, one server after the other: whatever else slows the machine down for a while
 * meets all of them alike.
 */
async function measureJob(job: Job, all: readonly Measured[]): Promise<void> {
  const rounds = new Map<Measured, number[]>(all.map((measured) => [measured, []]));
  for (let round = -1; round < RUNS; round++) {
    console.error(`${job}: ${round < 0 ? "warm-up" : `round ${String(round + 1)} of ${String(RUNS)}`}`);
    for (const [{ setup, port }, figures] of rounds) {
      const perSecond = await requestsPerSecond(port, setup.paths[job]);
      if (round >= 0) figures.push(perSecond);
    }
  }
  for (const [measured, figures] of rounds) measured.figures.perSecond[job] = median(figures);
}

async function measureIdle({ setup, port, child, figures }: Measured): Promise<void> {
  const sockets = await openIdle(port, setup.paths.maintenance, setup.idleConnections);
  figures.idleMb = await memoryMb(child.pid ?? 0);
  for (const socket of sockets) socket.destroy();
}

function versionOf({ command }: PeerSetup): string {
  const { stdout, stderr } = spawnSync(
    command,
    [command === "nginx" || command === "haproxy" ? "-v" : command === "caddy" ? "version" : "--version"],
    {
      encoding: "utf8",
    },
  );
  return /\d+\.\d+\.\d+/.exec(stdout + stderr)?.[0] ?? "?";
}

function report(all: readonly Figures[], switches: { medianMs: number; p99Ms: number; count: number }): string {
  const nginx = all.find((figures) => figures.name === "nginx");
  if (nginx === undefined) throw new Error("nginx is missing; the others are compared with it");
  const cell = (figures: Figures, job: Job) =>
    `${Math.round(figures.perSecond[job]).toLocaleString("en")} (${(figures.perSecond[job] / nginx.perSecond[job]).toFixed(2)})`;
  return [
    `Requests per second on one core (${cpus()[0]?.model ?? "?"}), 2 KB, ${String(CONNECTIONS)} keep-alive connections, median of ${String(RUNS)} rounds of ${String(SECONDS)} s each; in brackets relative to nginx.`,
    `Memory is the proportional set size of all processes, at rest and after 10,000 idle keep-alive connections were opened (9,800 for HAProxy).`,
    "",
    "| server | maintenance page | file | proxy | at rest, MB | idle connections, MB |",
    "|---|---|---|---|---|---|",
    ...all.map(
      (figures) =>
        `| ${figures.name} ${figures.name === "Backsoon" ? `(Node ${figures.version})` : figures.version} | ${JOBS.map((job) => cell(figures, job)).join(" | ")} | ${figures.restMb.toFixed(0)} | ${figures.idleMb.toFixed(0)} |`,
    ),
    "",
    `Switch: \`POST /v1/maintenance\` and its revert reply after ${switches.medianMs.toFixed(1)} ms (median of ${String(switches.count)}), ${switches.p99Ms.toFixed(1)} ms (99th percentile), durable on disk and on every worker.`,
    "",
  ].join("\n");
}

for (const tool of ["wrk", "nginx", "haproxy", "caddy", "taskset"]) {
  if (spawnSync("which", [tool]).status !== 0) {
    console.error(`${tool} is missing: apt-get install wrk nginx-light haproxy caddy util-linux`);
    process.exit(2);
  }
}
if (cpus().length < 2) {
  console.error("This benchmark needs two cores: one for the server, one for the load.");
  process.exit(2);
}

const folder = await mkdtemp(join(tmpdir(), "backsoon-bench-"));
// nginx and Caddy drop or keep privileges by their own rules; the folder must be readable for all
// of them.
spawnSync("chmod", ["755", folder]);
try {
  const upstreamPort = await freePort();
  const upstreamProcess = await start(await upstream(join(folder, "upstream"), upstreamPort), upstreamPort, LOAD_CORE);
  const all: Measured[] = [];
  const agent = { node: process.execPath, program: join(import.meta.dirname, "../../dist/agent.mjs") };
  try {
    for (const name of PEERS) {
      const port = await freePort();
      all.push(await begin(await peer(name, folder, { server: port, upstream: upstreamPort }, agent), port));
    }
    for (const job of JOBS) await measureJob(job, all);
    for (const measured of all) await measureIdle(measured);
    const switches = await measureSwitches(agent, join(folder, "switches"));
    const text = report(
      all.map(({ figures }) => figures),
      switches,
    );
    console.log(text);
    if (values.write) {
      const file = join(import.meta.dirname, "../../docs/benchmarks.md");
      await writeFile(
        file,
        await format(`# Benchmarks\n\nWritten by \`npm run bench -- --write\`.\n\n${text}`, {
          ...(await resolveConfig(file)),
          filepath: file,
        }),
      );
    }
  } finally {
    for (const child of [...all.map((measured) => measured.child), upstreamProcess]) await stop(child);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
