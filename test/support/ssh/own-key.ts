/** Of each test file: a folder, a key to log in with, and what is closed after each test. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll } from "vitest";
import { makeKey } from "./sshd.ts";

export let folder: string;
export let key: { file: string; publicKey: string };
const open: { close(): unknown }[] = [];

/** Closed after the test, the latest first. */
export function keep<T extends { close(): unknown }>(thing: T): T {
  return (open.push(thing), thing);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-ssh-"));
  key = await makeKey(folder, "key");
});
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));
