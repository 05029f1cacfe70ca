/**
 * Program: keeps the practice server. It starts the shop's app, a real agent and, when told to,
 * visitors; all in one temporary folder on free loopback ports. It ends with its standard input, so
 * it also ends when the app crashes, and takes everything it started and the folder along.
 *
 * `node keeper.mjs <agent.mjs> [beside]`: with `beside`, nginx serves the sites, and the agent
 * stands beside it.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { type ChildProgram, startProgram } from "./child-program.ts";
import { type FromKeeper, ToKeeper } from "./keeper-protocol.ts";
import { BESIDE_CONFIG, practiceConfig } from "./practice-config.ts";
import { nginxProgram, startNginx } from "./practice-nginx.ts";

// When the app is killed, nobody reads any more; that must not end this before it has cleared up.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
function tell(message: FromKeeper): void {
  void process.stdout.write(`${JSON.stringify(message)}\n`);
}
function log(name: string) {
  return (line: string) => void process.stderr.write(`${name}: ${line}\n`);
}

const here = import.meta.dirname;
const [, , agentProgram, how] = process.argv;
if (agentProgram === undefined) throw new Error("usage: keeper.mjs <agent.mjs> [beside]");

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "backsoon-practice-"));
const children: ChildProgram[] = [];
let visitors: ChildProgram | undefined;
let port = 0;
let ending: Promise<void> | undefined;

/** Visitors first, so that the agent has nothing left to drain; the folder last. */
function end(code: number): Promise<void> {
  return (ending ??= (async () => {
    await visitors?.close(1000);
    for (const child of children.toReversed()) await child.close(3000);
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    process.exit(code);
  })());
}

function fail(message: string): void {
  if (ending !== undefined) return;
  tell({ type: "failed", message });
  void end(1);
}

async function start(agentProgram: string): Promise<void> {
  tell({ type: "step", step: "shop" });
  const shop = startProgram(process.execPath, path.join(here, "shop-app.mjs"), [], log("shop"));
  children.push(shop);
  const { port: shopPort } = JSON.parse(await shop.line()) as { port: number };

  const pages = path.join(here, "pages");
  const besideNginx = how === "beside" ? await startWebServer(pages, shopPort) : undefined;

  tell({ type: "step", step: "agent" });
  const config = path.join(folder, "config.json");
  const socketPath = path.join(folder, "agent.sock");
  fs.writeFileSync(
    config,
    JSON.stringify(besideNginx === undefined ? practiceConfig(pages, shopPort) : BESIDE_CONFIG, null, 2),
  );
  const places = ["--config", config, "--state", path.join(folder, "state"), "--socket", socketPath];
  const web = ["--web-folder", path.join(folder, "web")];
  const agent = startProgram(
    process.execPath,
    agentProgram,
    ["run", ...places, ...web, "--workers", "1"],
    log("agent"),
  );
  children.push(agent);
  const ready = await agent.line();
  port = besideNginx?.port ?? portOf(ready);

  for (const [name, child] of [
    ["shop's app", shop],
    ["agent", agent],
    ...(besideNginx === undefined ? [] : [["nginx", besideNginx.nginx] as const]),
  ] as const)
    void child.ended.then((why) => fail(`The ${name} ended: ${why}`));
  tell({ type: "ready", socketPath, url: `http://shop.localhost:${port}/` });
}

async function startWebServer(pages: string, shopPort: number): ReturnType<typeof startNginx> {
  tell({ type: "step", step: "nginx" });
  const program = nginxProgram();
  if (program === undefined) throw new Error("nginx is not installed");
  const started = await startNginx(program, path.join(folder, "nginx"), { pages, shopPort }, log("nginx"));
  children.push(started.nginx);
  return started;
}

/** The agent says `ready` and its bound addresses as JSON in one line. */
function portOf(line: string): number {
  const found = /"port":\s*(\d+)/.exec(line)?.[1];
  if (found === undefined) throw new Error(`the agent said “${line.slice(0, 200)}” instead of its address`);
  return Number(found);
}

async function runVisitors(run: boolean): Promise<void> {
  if (run && visitors === undefined && port !== 0) {
    const started = startProgram(process.execPath, path.join(here, "visitors.mjs"), [String(port)], log("visitors"));
    visitors = started;
    void started.ended.then(() => {
      if (visitors === started) visitors = undefined;
      if (ending === undefined) tell({ type: "visitors", running: visitors !== undefined });
    });
    tell({ type: "visitors", running: true });
  } else if (!run && visitors !== undefined) {
    const stopping = visitors;
    visitors = undefined;
    await stopping.close(1000);
  }
}

const input = readline.createInterface({ input: process.stdin });
input.on("line", (line) => {
  const message = ToKeeper.parse(JSON.parse(line));
  void runVisitors(message.run);
});
input.once("close", () => void end(0));
// Whatever goes wrong here, what was started must not be left behind.
process.on("uncaughtException", (error) => fail(error.message));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => void end(0));

start(agentProgram).catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
