/** The packaged app: its fuses as they are shipped, and the recipe once through. */
import { FuseState, FuseV1Options, FuseVersion, flipFuses, getCurrentFuseWire } from "@electron/fuses";
import { expect, test } from "@playwright/test";
import { execFileSync } from "node:child_process";
import fs from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { stateOf, value } from "../../tools/driving/call.ts";
import { type Desktop, startDesktop } from "../../tools/driving/desktop.ts";

const root = path.join(import.meta.dirname, "../..");
const shipped = path.join(root, "release/linux-unpacked/backsoon");
/** The same app with the one fuse turned that the test driver needs. */
const driven = `${shipped}-driven`;

test.skip(process.platform !== "linux", "the package of this test is the one for Linux");

let desktop: Desktop | undefined;

// One worker for all of them: they share what is started first.
test.describe.configure({ mode: "default" });
test.beforeAll(async () => {
  execFileSync(process.execPath, ["tools/package.ts"], { cwd: root, stdio: "inherit" });
  await fs.copyFile(shipped, driven);
  await flipFuses(driven, { version: FuseVersion.V1, [FuseV1Options.EnableNodeCliInspectArguments]: true });
});
test.afterAll(async () => {
  await desktop?.close();
  await fs.rm(driven, { force: true });
});

test("is shipped with its fuses set", async () => {
  const wire = await getCurrentFuseWire(shipped);
  const state = (option: FuseV1Options) => (wire[option] === FuseState.ENABLE ? "on" : "off");
  expect({
    runAsNode: state(FuseV1Options.RunAsNode),
    cookieEncryption: state(FuseV1Options.EnableCookieEncryption),
    nodeOptions: state(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
    nodeInspect: state(FuseV1Options.EnableNodeCliInspectArguments),
    onlyFromAsar: state(FuseV1Options.OnlyLoadAppFromAsar),
    fileProtocolPrivileges: state(FuseV1Options.GrantFileProtocolExtraPrivileges),
  }).toEqual({
    runAsNode: "off",
    cookieEncryption: "on",
    nodeOptions: "off",
    nodeInspect: "off",
    onlyFromAsar: "on",
    fileProtocolPrivileges: "off",
  });
});

function statusOf(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port, pathname } = new URL(url);
    http
      .get({ host: "127.0.0.1", port, path: pathname, headers: { host: hostname }, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
      .once("error", reject);
  });
}

test("takes its practice shop into maintenance and back with the programs it brings", async () => {
  desktop = await startDesktop({ executable: driven });
  const { page } = desktop;
  expect(page.url()).toBe("app://backsoon/index.html");
  expect((await stateOf(page)).app.packaged).toBe(true);
  const { serverId } = await value(page, "practice.start", { visitors: false });
  await expect.poll(async () => (await stateOf(page)).servers[0]?.snapshot?.revision ?? 0).toBeGreaterThan(0);
  const { practice } = await stateOf(page);
  const url = practice.state === "running" ? practice.url : "";
  expect(await statusOf(url)).toBe(200);
  const receipt = await value(page, "maintenance.start", {
    serverId,
    options: { site: "shop", page: "default" },
    ifGeneration: 1,
  });
  expect(await statusOf(url)).toBe(503);
  await value(page, "maintenance.revert", { serverId, receiptId: receipt.id, how: "delete" });
  expect(await statusOf(url)).toBe(200);
});
