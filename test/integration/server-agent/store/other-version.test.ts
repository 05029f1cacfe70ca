/** Files that another version of the agent has stored: left alone, whatever this one does. */
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { seal } from "../../../../server-agent/store/sealed-text.ts";
import { STORED_KINDS } from "../../../../server-agent/store/stored-kinds.ts";
import { makeFolder, startAgent, type TestAgent } from "../../../../tools/driving/agent.ts";
import { handOver, otherProgram } from "../../../support/agent/hand-over.ts";
import { draft, wallClockIn } from "../../../support/agent/windows.ts";

/** Those of which a site without TLS leaves a file within moments. */
const KINDS = Object.keys(STORED_KINDS).filter(
  (kind) => !["generations", "traffic", "tickets", "accounts", "certificates"].includes(kind),
);

/** Leaves a file of every kind. */
async function storeAll(agent: TestAgent): Promise<void> {
  await agent.call("createWindow", { body: draft({ start: wallClockIn(3600) }) });
  // Its reminders are due long since.
  await agent.call("createWindow", { body: draft({ start: wallClockIn(-60), duration: "PT1H" }) });
  await agent.call("putChannel", { params: { id: "ops" }, body: { kind: "command", program: "tell" } });
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await agent.call("createPass", { body: { name: "Anna", site: "shop", until } });
  await expect.poll(async () => (await agent.call("listReminders")).reminders.length).toBeGreaterThan(0);
  await expect.poll(async () => (await readdir(join(agent.stateDirectory, "receipts"))).length).toBeGreaterThan(0);
  const body = {
    operation: { id: "operation-1", title: "Together", servers: 2 },
    changes: [{ kind: "revert" as const, receipt: await openReceipt(agent), how: "delete" as const }],
    leaseSeconds: 300,
  };
  const { id } = await agent.call("stage", { body });
  await agent.call("abortStage", { params: { id } });
}

async function openReceipt(agent: TestAgent): Promise<string> {
  const open = (await agent.call("listMaintenance")).maintenance.find(({ state }) => state === "in-maintenance");
  return open?.id ?? "";
}

/** Every file of these kinds, with its text. */
async function textsOf(folder: string): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const kind of KINDS)
    for (const name of await readdir(join(folder, "state", kind)))
      texts[`${kind}/${name}`] = await readFile(join(folder, "state", kind, name), "utf8");
  return texts;
}

/** As a version would store it whose things have one field more. */
async function makeForeign(folder: string): Promise<Record<string, string>> {
  for (const [file, text] of Object.entries(await textsOf(folder)))
    await writeFile(
      join(folder, "state", file),
      seal({
        ...(JSON.parse(text.split("\n")[0] ?? "") as object),
        newField: createHash("md5").update(file).digest("hex"),
      }),
    );
  return textsOf(folder);
}

describe("files of another version", () => {
  it("of every kind are left alone, said to be, and neither replaced nor made again", async () => {
    const folder = await makeFolder();
    {
      await using agent = await startAgent({ folder });
      await storeAll(agent);
    }
    const before = await makeForeign(folder);
    expect(new Set(Object.keys(before).map((file) => file.split("/")[0]))).toEqual(new Set(KINDS));
    {
      await using agent = await startAgent({ folder });
      expect((await agent.visit()).status, "what the generations say is closed is closed").toBe(503);
      expect((await agent.call("getAgent")).problems).toHaveLength(KINDS.length);
      expect((await agent.call("listWindows")).windows).toEqual([]);
      expect(
        await agent.tryCall("putChannel", { params: { id: "ops" }, body: { kind: "command", program: "other" } }),
      ).toMatchObject({ ok: false, error: { code: "store.failed" } });
      await agent.call("revertMaintenance", { params: { id: await openReceipt(agent) } });
      expect((await agent.call("getAgent")).problems, "the disk is not to blame").toHaveLength(KINDS.length);
    }
    expect(await textsOf(folder)).toMatchObject(before);
  });

  it("are left alone by a successor of an older version, which is refused or not", async () => {
    const folder = await makeFolder();
    const older = await otherProgram(/damaged \$\{\w+\} file; not used/g, "damaged; not used");
    await using agent = await startAgent({ folder });
    await storeAll(agent);
    const texts = await makeForeign(folder);
    await handOver(agent, older);
    const after = await textsOf(folder);
    // The predecessor has stored what it observed of its receipts before it passed them on.
    for (const [file, text] of Object.entries(texts)) if (!file.startsWith("receipts/")) expect(after[file]).toBe(text);
    expect(Object.keys(after).filter((file) => file.includes("corrupt"))).toEqual([]);
  });
});
