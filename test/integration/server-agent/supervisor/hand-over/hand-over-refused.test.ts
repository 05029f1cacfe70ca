/** Programs that cannot take over: the agent goes on as before. */
import { describe, expect, it } from "vitest";
import { AGENT_PROGRAM, startAgent, untilGone } from "../../../../../tools/driving/agent.ts";
import { expectUntouched, otherProgram, successorOf, writeProgram } from "../../../../support/agent/hand-over.ts";

describe("a program that cannot take over", () => {
  const importAgent = `await import(${JSON.stringify(AGENT_PROGRAM)});`;
  const asVersion = `if (process.argv[2] === "version") { console.log("backsoon-agent 0.9.0 (admin API 1, Node 26)"); process.exit(0); }\n`;
  it.each([
    ["exits at once", `console.error("no such luck"); process.exit(7);`, /did not say its version[^]*no such luck/],
    ["prints garbage", `console.log("\\u0007%PDF-1.4"); setTimeout(() => {}, 100);`, /did not say its version/],
    ["is no program", `this is not JavaScript`, /SyntaxError/],
    ["says its version and exits", `${asVersion}process.exit(7);`, /it ended with code 7/],
    [
      "says its version and talks nonsense",
      `${asVersion}process.send({ type: "hello", protocol: 99 }); setTimeout(() => {}, 60_000);`,
      /another hand-over protocol/,
    ],
    [
      "does not take the options",
      `process.argv.push("--no-such-option"); ${importAgent}`,
      /Unknown option '--no-such-option'/,
    ],
    [
      "says that it serves, and does not",
      `${asVersion}process.send({ type: "serving", version: "9", generation: 9 }); process.send({ type: "said", line: "humbug" }); setTimeout(() => process.exit(1), 300);`,
      /it ended with code 1[^]*humbug/,
    ],
  ])("%s: the agent goes on as before", async (_name, program, why) => {
    await using agent = await startAgent();
    const reply = await agent.tryCall("handOver", { body: { program: await writeProgram(program) } });
    expect(reply).toMatchObject({
      ok: false,
      error: { code: "hand-over.failed", message: expect.stringMatching(why) as string },
    });
    await expectUntouched(agent);
  });

  it("hangs: it is ended in time, and what waits meanwhile is done", async () => {
    const impatient = await otherProgram(/(SUCCESSOR_TIMEOUT_MS = )2e4/g, "$11500");
    await using agent = await startAgent({ program: impatient });
    const program = await writeProgram(
      `${asVersion}process.on("SIGTERM", () => {}); process.on("message", () => {}); setInterval(() => {}, 1000);`,
    );
    const refused = agent.tryCall("handOver", { body: { program } });
    const pid = await successorOf(agent);
    const waiting = agent.call("startMaintenance", { body: { site: "shop" } });
    expect((await agent.visit()).text).toBe("live");
    expect(await refused).toMatchObject({
      ok: false,
      error: { code: "hand-over.failed", message: expect.stringContaining("not ready in time") as string },
    });
    await untilGone(pid);
    await agent.call("revertMaintenance", { params: { id: (await waiting).id } });
    await expectUntouched(agent);
  });

  it("is older: the reply says what does not fit", async () => {
    await using agent = await startAgent();
    const older = await otherProgram(/\(admin API 1,/g, "(admin API 0,");
    expect(await agent.tryCall("handOver", { body: { program: older } })).toMatchObject({
      ok: false,
      error: {
        code: "hand-over.failed",
        message: expect.stringMatching(/version 0 of the admin API, older than version 1/) as string,
      },
    });
    const format = await otherProgram(/(format: literal\S*\()1\)/g, "$17)");
    expect(await agent.tryCall("handOver", { body: { program: format } })).toMatchObject({
      ok: false,
      error: {
        code: "hand-over.failed",
        message: expect.stringMatching(/was stored by another version of the agent/) as string,
      },
    });
    await expectUntouched(agent);
  });

  it("is named wrongly: the field is named", async () => {
    await using agent = await startAgent();
    for (const program of ["agent.mjs", "/no/such/agent.mjs", agent.folder])
      expect(await agent.tryCall("handOver", { body: { program } })).toMatchObject({
        ok: false,
        error: { code: "options.invalid", details: { problems: [{ path: "/program" }] } },
      });
    await expectUntouched(agent);
  });
});
