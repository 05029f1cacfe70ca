/** Programs to hand over to, some of which die on the way, and what is to be seen of it. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import type { Config } from "../../../server-agent/contract/config.ts";
import type { Reply } from "../../../server-agent/contract/routes.ts";
import { AGENT_PROGRAM, makeFolder, ownerOf, type TestAgent } from "../../../tools/driving/agent.ts";

/** Host of the site in these tests. */
export const HOST = "shop.example.com";

/** A site that is proxied to this origin. */
export function proxied(url: string): Config {
  return {
    listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
    upstreams: { app: { targets: [url] } },
    virtualHosts: [
      { id: "shop", hosts: [HOST], rules: [{ handler: { type: "proxy", upstream: "app" } }] },
      { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
    ],
  };
}

/** The built program with other words in it: another version, an older one. */
export async function otherProgram(before: RegExp, after: string): Promise<string> {
  const text = await readFile(AGENT_PROGRAM, "utf8");
  const changed = text.replaceAll(before, after);
  expect(changed === text, "what is to be changed is there").toBe(false);
  return writeProgram(changed);
}

/**
 * The program, made to kill itself as a successor: when it is about to send a message of this type
 * (`before`), has sent it (`after`), or has got one (`on`), so many milliseconds later, but not
 * after it was told to serve; or once as many of its workers accept (`listening`).
 */
export function mortalProgram(
  moment: "before" | "after" | "on" | "listening",
  type: string,
  ms: number,
  workers = 0,
): Promise<string> {
  return writeProgram(`
    import childProcess from "node:child_process";
    import { syncBuiltinESMExports } from "node:module";
    const die = () => process.kill(process.pid, "SIGKILL");
    if (process.env.BACKSOON_SUCCESSOR !== undefined) {
      const send = process.send.bind(process);
      process.send = (message, handle, options, callback) => {
        const isNow = message.type === ${JSON.stringify(type)};
        if (isNow && ${String(moment === "before")}) die();
        return send(message, handle, options, () => {
          if (isNow && ${String(moment === "after")}) setTimeout(die, ${String(ms)});
          callback?.();
        });
      };
      if (${String(moment === "on")}) process.on("message", (message) => {
        if (message.type === "go") die();
        if (message.type !== ${JSON.stringify(type)}) return;
        if (${String(ms)} === 0) die();
        else setTimeout(die, ${String(ms)});
      });
      let listening = 0;
      const fork = childProcess.fork;
      childProcess.fork = (...args) => {
        const worker = fork(...args);
        worker.on("message", (message) => {
          if (message.type === "listening" && (listening += 1) === ${String(workers)}) die();
        });
        return worker;
      };
      syncBuiltinESMExports();
    }
    await import(${JSON.stringify(AGENT_PROGRAM)});
  `);
}

/** A program of its own, in a folder that goes with the test. */
export async function writeProgram(text: string): Promise<string> {
  const program = path.join(await makeFolder(), "agent.mjs");
  await writeFile(program, text);
  return program;
}

/** Hands over to the program that runs, or to another. */
export function handOver(agent: TestAgent, program?: string): Promise<Reply<"handOver">> {
  return agent.call("handOver", { body: { author: "anna", ...(program === undefined ? {} : { program }) } });
}

/**
 * The program, made to kill itself as the former agent, at such a moment of its exchange with the
 * successor.
 */
export function mortalFormer(moment: "before" | "after" | "on", type: string): Promise<string> {
  return writeProgram(`
    import childProcess from "node:child_process";
    import { syncBuiltinESMExports } from "node:module";
    const die = () => process.kill(process.pid, "SIGKILL");
    const spawn = childProcess.spawn;
    childProcess.spawn = (command, args, options) => {
      const child = spawn(command, args, options);
      if (options.env?.BACKSOON_SUCCESSOR === undefined) return child;
      const send = child.send.bind(child);
      child.send = (message, handle, how, callback) => {
        const isNow = message.type === ${JSON.stringify(type)};
        if (isNow && ${String(moment === "before")}) die();
        return send(message, handle, how, () => {
          if (isNow && ${String(moment === "after")}) die();
          callback?.();
        });
      };
      if (${String(moment === "on")}) child.on("message", (message) => {
        if (message.type === ${JSON.stringify(type)}) die();
      });
      return child;
    };
    syncBuiltinESMExports();
    await import(${JSON.stringify(AGENT_PROGRAM)});
  `);
}

/** The process that the agent has started as its successor, when it has. */
export async function successorOf(agent: TestAgent): Promise<number> {
  await agent.logged(/handing over .*successor=\d+/);
  return Number(/handing over .*successor=(\d+)/.exec(agent.log())?.[1]);
}

/** The agent is as it was: alone, reachable, serving and writable. */
export async function expectUntouched(agent: TestAgent): Promise<void> {
  const { pid, workers } = await agent.call("getAgent");
  expect(pid).toBe(agent.pid);
  expect(workers.map(({ state }) => state)).not.toContain("draining");
  expect(ownerOf(agent.folder)).toBe(agent.pid);
  expect(await readFile(path.join(agent.stateDirectory, "lock"), "utf8")).not.toContain("former");
  expect((await readdir(agent.folder)).toSorted()).toEqual(["agent.sock", "config.json", "state"]);
  const { id } = await agent.call("startMaintenance", { body: { site: "shop" } });
  expect((await agent.visit()).status).toBe(503);
  await agent.call("revertMaintenance", { params: { id } });
  expect((await agent.visit()).status).toBe(200);
}

/** Resolves once somebody answers on the admin socket again. */
export async function untilAnswers(agent: TestAgent): Promise<void> {
  for (;;) {
    try {
      if ((await agent.admin({ path: "/v1/agent" })).status === 200) return;
    } catch {
      await delay(20);
    }
  }
}
