import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect } from "vitest";
import { writeProgram } from "../agent/hand-over.ts";
import { startRelay } from "../http/relay.ts";
import { type Bench, type Cells, startBench, until, whileStopped } from "./bench.ts";

interface Application extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  kill(): Promise<void>;
}

/** An application in a process of its own: `/held` is never answered. */
async function startApplication(port = 0): Promise<Application> {
  const program = await writeProgram(`
    import { createServer } from "node:http";
    const server = createServer((request, response) => {
      if (request.url !== "/held") response.end("live");
    });
    server.listen(${String(port)}, "127.0.0.1", () => console.log(server.address().port));
  `);
  const child: ChildProcess = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
  if (child.stdout === null) throw new Error("no output");
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return {
    url: `http://127.0.0.1:${line}`,
    port: Number(line),
    pid: child.pid ?? 0,
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

async function untilBack({ agent }: Bench): Promise<void> {
  await until(async () => (await agent.visit()).text === "live");
}

export const upstream: Cells<"upstream"> = {
  async stopped() {
    await using application = await startApplication();
    await using bench = await startBench({ url: application.url });
    bench.visitNews();
    const asked: ReturnType<typeof bench.agent.visit>[] = [];
    await whileStopped([application.pid], async () => {
      for (let count = 0; count < 5; count++) asked.push(bench.agent.visit());
      await until(
        async () => (await bench.agent.call("listRequests", { query: { site: "shop" } })).requests.length === 5,
      );
      const { id } = await bench.agent.call("startMaintenance", { body: { site: "shop" } });
      expect((await bench.agent.visit()).status).toBe(503);
      await bench.agent.call("revertMaintenance", { params: { id } });
    });
    expect((await Promise.all(asked)).map(({ text }) => text)).toEqual(asked.map(() => "live"));
    await bench.check();
  },

  async killed() {
    await using application = await startApplication();
    await using bench = await startBench({ url: application.url });
    bench.visitNews();
    const asked = bench.agent.visit({ path: "/held" });
    await until(
      async () => (await bench.agent.call("listRequests", { query: { site: "shop" } })).requests.length === 1,
    );
    await application.kill();
    expect((await asked).status).toBe(502);
    expect((await bench.agent.visit()).status).toBe(502);
    await using again = await startApplication(application.port);
    expect(again.port).toBe(application.port);
    await untilBack(bench);
    await bench.check();
  },

  async halfOpen() {
    await using application = await startApplication();
    await using relay = await startRelay(application.port);
    await using bench = await startBench({ url: `http://127.0.0.1:${String(relay.port)}`, responseTimeout: 2 });
    bench.visitNews();
    await untilBack(bench);
    relay.goSilent();
    expect((await bench.agent.visit()).status).toBe(504);
    relay.recover();
    await untilBack(bench);
    await bench.check();
  },

  async slow() {
    await using application = await startApplication();
    await using relay = await startRelay(application.port, { delayMs: 200 });
    await using bench = await startBench({ url: `http://127.0.0.1:${String(relay.port)}` });
    bench.visitNews();
    const answers = await Promise.all(Array.from({ length: 10 }, () => bench.agent.visit()));
    expect(answers.map(({ text }) => text)).toEqual(answers.map(() => "live"));
    await bench.switchTwice();
    await bench.check();
  },
};
