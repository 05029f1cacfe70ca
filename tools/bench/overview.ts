/// <reference lib="dom" />
/**
 * `npm run bench:overview`: the real app with 500 simulated agents of 20 sites each, all of which
 * report once a second.
 *
 * Prints how long it takes to connect to all, the memory of the main process and of the page
 * (proportional set size), the time from an event on an agent to the changed row, and the frames
 * while scrolling. Needs a display (xvfb-run does). `--servers N`, `--sites N` (of each); `--write`
 * renews docs/benchmarks-overview.md.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { format, resolveConfig } from "prettier";
import { type Desktop, startDesktop } from "../driving/desktop.ts";
import { simulateAgents } from "./simulated-agents.ts";

const { values } = parseArgs({
  options: {
    servers: { type: "string", default: "500" },
    sites: { type: "string", default: "20" },
    write: { type: "boolean", default: false },
  },
});
const SERVERS = Number(values.servers);
const SITES = Number(values.sites);
const EVENTS = 40;
const SCROLL_MS = 6000;
const CONNECT_MS = 120_000;

async function proportionalMb(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) / 1024;
}

async function memoryOf({ app }: Desktop): Promise<{ mainMb: number; pageMb: number }> {
  const processes = await app.evaluate(({ app: electron }) =>
    electron.getAppMetrics().map(({ pid, type }) => ({ pid, type: type })),
  );
  const sum = async (type: string) =>
    (
      await Promise.all(processes.filter((process) => process.type === type).map(({ pid }) => proportionalMb(pid)))
    ).reduce((a, b) => a + b, 0);
  return { mainMb: await sum("Browser"), pageMb: await sum("Tab") };
}

/** Times between frames (ms) while a list is scrolled, shortest first. */
async function framesOf({ page }: Desktop, selector: string): Promise<number[]> {
  const times = await page.evaluate(
    ({ wanted, ms }) =>
      new Promise<number[]>((resolve) => {
        const scroller = document.querySelector(wanted)?.parentElement;
        if (scroller === null || scroller === undefined) throw new Error("there is no list");
        const deltas: number[] = [];
        const begun = performance.now();
        let last = begun;
        const step = (now: number) => {
          deltas.push(now - last);
          last = now;
          scroller.scrollTop += 90;
          if (now - begun > ms) resolve(deltas.slice(1));
          else requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      }),
    { wanted: selector, ms: SCROLL_MS },
  );
  return times.sort((a, b) => a - b);
}

function perSecond(frames: readonly number[]): string {
  return (1000 / (frames.reduce((a, b) => a + b, 0) / frames.length)).toFixed(0);
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

const folder = await mkdtemp(join(tmpdir(), "backsoon-overview-"));
const agents = await simulateAgents(folder, SERVERS, SITES);
try {
  const userData = join(folder, "data");
  await mkdir(userData);
  const profiles = agents.sockets.map((socketPath, at) => ({
    id: `s${at}`,
    name: `server-${String(at).padStart(3, "0")}`,
    kind: "local",
    socketPath,
  }));
  await writeFile(join(userData, "servers.json"), JSON.stringify({ version: 1, content: profiles }));
  const startedAt = Date.now();
  const desktop = await startDesktop({ userData });
  const { page } = desktop;
  await page.getByText(`${SERVERS} of ${SERVERS} servers connected`).waitFor({ timeout: CONNECT_MS });
  const connectedMs = Date.now() - startedAt;
  // Until every row has a minute of history.
  await page.waitForTimeout(15_000);
  const memory = await memoryOf(desktop);

  const delays: number[] = [];
  for (let event = 0; event < EVENTS; event += 1) {
    const marker = `bench-${event}`;
    const seen = page.evaluate(
      (wanted) =>
        new Promise<number>((resolve) => {
          const look = () =>
            document.querySelector('[role="grid"]')?.textContent.includes(wanted) === true
              ? resolve(Date.now())
              : false;
          const observer = new MutationObserver(() => {
            if (look() !== false) observer.disconnect();
          });
          observer.observe(document.body, { subtree: true, childList: true, characterData: true });
        }),
      marker,
    );
    // The rows of the first server are in view; one site after the other, then over again on the
    // next run.
    await page.waitForTimeout(130 + Math.random() * 400);
    const sentAt = agents.close(0, event % Math.min(SITES, 12), marker);
    delays.push((await seen) - sentAt);
    if (event % Math.min(SITES, 12) === Math.min(SITES, 12) - 1) break;
  }
  delays.sort((a, b) => a - b);

  const frames = await framesOf(desktop, '[role="grid"]');
  // What this machine can draw at all: as many rows of plain text, all of them there from the
  // start, in the same window.
  await page.evaluate(() => {
    const list = document.createElement("div");
    list.style.cssText = "position:fixed;inset:80px 20px 20px;overflow:auto;background:white;contain:strict;z-index:9";
    list.innerHTML = `<div id="plain">${Array.from({ length: 2000 }, (_, row) => `<div style="height:42px">server-${row}.example.com</div>`).join("")}</div>`;
    document.body.append(list);
  });
  const plain = await framesOf(desktop, "#plain");
  await desktop.close();

  const text = [
    `${SERVERS} servers with ${SITES} sites each (${(SERVERS * SITES).toLocaleString("en")} in all), each reporting once a second. Electron on two cores, without a GPU (Xvfb).`,
    "",
    "| what | figure |",
    "|---|---|",
    `| from app start until all are connected | ${(connectedMs / 1000).toFixed(1)} s |`,
    `| memory of the main process | ${memory.mainMb.toFixed(0)} MB |`,
    `| memory of the page | ${memory.pageMb.toFixed(0)} MB |`,
    `| from an event on an agent to the changed row, median of ${delays.length} | ${quantile(delays, 0.5).toFixed(0)} ms |`,
    `| … slowest | ${(delays.at(-1) ?? Number.NaN).toFixed(0)} ms |`,
    `| frames per second while scrolling | ${perSecond(frames)} |`,
    `| frame time while scrolling, median | ${quantile(frames, 0.5).toFixed(1)} ms |`,
    `| … 99th percentile | ${quantile(frames, 0.99).toFixed(1)} ms |`,
    `| frames per second of a plain list of text, same machine | ${perSecond(plain)} |`,
    `| frames longer than 34 ms (one dropped) | ${frames.filter((frame) => frame > 34).length} of ${frames.length} |`,
    "",
  ].join("\n");
  console.log(text);
  if (values.write) {
    const file = join(import.meta.dirname, "../../docs/benchmarks-overview.md");
    const page = `# Benchmarks: overview of many servers\n\nWritten by \`npm run bench:overview -- --write\`.\n\n${text}`;
    await writeFile(file, await format(page, { ...(await resolveConfig(file)), filepath: file }));
  }
} finally {
  await agents.end();
  await rm(folder, { recursive: true, force: true });
}
