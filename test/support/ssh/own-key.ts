/** Of each test file: a folder, and a key to log in with. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { makeKey } from "./sshd.ts";

export let folder: string;
export let key: { file: string; publicKey: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-ssh-"));
  key = await makeKey(folder, "key");
});
afterAll(() => rm(folder, { recursive: true, force: true }));
