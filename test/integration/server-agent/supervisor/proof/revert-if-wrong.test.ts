/** `revertIfWrong`: a switch whose proof fails is taken back by the agent itself, and says so. */
import { describe, expect, it } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import type { Receipt } from "../../../../../server-agent/contract/maintenance.ts";
import { runAgentVerb, startAgent, type TestAgent } from "../../../../../tools/driving/agent.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";
import { draft, untilOccurrence, untilReminder } from "../../../../support/agent/windows.ts";
import { startRawUpstream } from "../../../../support/http/raw-upstream.ts";

/** Above the copycat of shop something else answers its visitors. */
const SHADOWED = configOf([
  virtualHostOf("wild", ["*.example.com"]),
  virtualHostOf("shop", ["shop.example.com"]),
  virtualHostOf("blog", ["blog.example.org"]),
]);
const BODY = { site: "shop", revertIfWrong: true, author: "anna" };
const WHY = /^the proof failed: 3 of 4 answers wrong, like shop\.example\.com\/: wild answered instead of shop-copycat/;

async function documentOf(agent: TestAgent): Promise<Config> {
  return (await agent.call("getConfig")).config;
}

async function receiptOf(agent: TestAgent, site = "shop"): Promise<Receipt | undefined> {
  return (await agent.call("listMaintenance")).maintenance.find((receipt) => receipt.site === site);
}

describe("a switch that is to be reverted if it is wrong", () => {
  it("is taken back exactly, and reply, history and reminder say why", async () => {
    await using agent = await startAgent({ config: SHADOWED });
    const before = await documentOf(agent);
    const receipt = await agent.call("startMaintenance", { body: BODY });
    expect(receipt).toMatchObject({
      state: "reverted",
      author: "anna",
      afterProof: { outcome: "reverted", why: expect.stringMatching(WHY) as string },
      revert: { how: "delete", author: "agent", exact: true, generation: 3 },
    });
    expect(await documentOf(agent)).toEqual(before);
    const { generations } = await agent.call("listGenerations");
    expect(generations[0]?.reason).toBe(`shop brought back: ${receipt.afterProof?.why ?? ""}`);
    expect(await untilReminder(agent, "failed")).toMatchObject({
      title: "shop.example.com was brought back automatically: not closed as planned",
      text: expect.stringContaining("wild answered instead of shop-copycat") as string,
      receipts: [receipt.id],
    });
  });

  it("stays where its proof finds what was planned", async () => {
    await using agent = await startAgent();
    const receipt = await agent.call("startMaintenance", { body: BODY });
    expect(receipt).toMatchObject({
      state: "in-maintenance",
      afterProof: { outcome: "kept", why: "the proof found everything as planned" },
    });
    expect(receipt.proof?.cells.map(({ outcome }) => outcome)).toEqual(["right", "right", "right", "right"]);
    expect((await agent.visit()).status).toBe(503);
  });

  it("stays without the option, wrong as it is", async () => {
    await using agent = await startAgent({ config: SHADOWED });
    const { id } = await agent.call("startMaintenance", { body: { site: "shop" } });
    await expect
      .poll(async () => (await receiptOf(agent))?.proof?.cells[0]?.outcome, { timeout: 15_000 })
      .toBe("wrong");
    expect(await agent.call("getMaintenance", { params: { id } })).toMatchObject({ state: "in-maintenance" });
  });

  it("is decided alike by an agent that was killed between switch and proof", async () => {
    // The proof waits for an answer while the agent is killed.
    let isHeld = true;
    await using upstream = await startRawUpstream(({ socket }) => {
      if (!isHeld) socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    const config: Config = {
      ...SHADOWED,
      upstreams: { app: { targets: [upstream.url] } },
      virtualHosts: SHADOWED.virtualHosts.map((each) =>
        each.id === "wild" ? { ...each, rules: [{ handler: { type: "proxy", upstream: "app" } }] } : each,
      ),
    };
    await using first = await startAgent({ config });
    const before = await documentOf(first);
    const lost = first.tryCall("startMaintenance", { body: BODY }).catch((failure: unknown) => failure);
    await expect.poll(() => upstream.requests.length, { timeout: 15_000 }).toBeGreaterThan(0);
    await first.kill("SIGKILL");
    await first.ended;
    await lost;
    isHeld = false;
    await using second = await startAgent({ config, folder: first.folder });
    await expect
      .poll(() => receiptOf(second), { timeout: 15_000 })
      .toMatchObject({
        state: "reverted",
        afterProof: { outcome: "reverted" },
        revert: { exact: true },
      });
    expect(await documentOf(second)).toEqual(before);
  });

  it("is taken back in a window and after a stage, each site by itself", async () => {
    await using agent = await startAgent({ config: SHADOWED });
    const sites = [
      { site: "shop", revertIfWrong: true },
      { site: "blog", revertIfWrong: true },
    ];
    const { id } = await agent.call("createWindow", { body: draft({ sites, duration: "PT1H" }) });
    await expect.poll(() => receiptOf(agent), { timeout: 15_000 }).toMatchObject({ state: "reverted" });
    await expect
      .poll(() => receiptOf(agent, "blog"), { timeout: 15_000 })
      .toMatchObject({
        state: "in-maintenance",
        afterProof: { outcome: "kept" },
      });
    await agent.call("endWindow", { params: { id }, body: {} });
    const operation = { id: "operation-1", title: "both", servers: 1 };
    const changes = [{ kind: "maintenance" as const, options: { site: "shop", revertIfWrong: true } }];
    const stage = await agent.call("stage", { body: { operation, changes } });
    const { receipts } = await agent.call("commitStage", { params: { id: stage.id } });
    expect(receipts[0]).toMatchObject({ state: "in-maintenance", operation });
    await expect
      .poll(() => receiptOf(agent), { timeout: 15_000 })
      .toMatchObject({
        operation,
        state: "reverted",
        afterProof: { outcome: "reverted" },
      });
  });

  it("ends its window, which says why", async () => {
    await using agent = await startAgent({ config: SHADOWED });
    const sites = [{ site: "shop", revertIfWrong: true }];
    const { id } = await agent.call("createWindow", { body: draft({ sites, duration: "PT1H" }) });
    const { occurrence } = await untilOccurrence(agent, id, "ended");
    expect(occurrence.why).toMatch(/^it was brought back automatically: the proof failed: 3 of 4 answers wrong/);
  });

  it("on the command line says so, and exits with 7", async () => {
    await using agent = await startAgent({ config: SHADOWED });
    const on = await runAgentVerb(["maintenance", "on", "shop", "--revert-if-wrong", "--socket", agent.socketPath]);
    expect(on.code).toBe(7);
    expect(on.stdout).toMatch(
      /^shop is open again: the proof failed: .*\nthe configuration is what it was before, since generation 3; receipt /,
    );
  });
});
