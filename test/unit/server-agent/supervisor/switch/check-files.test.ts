import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import type { Auth } from "../../../../../server-agent/contract/rules/auth.ts";
import { checkFiles } from "../../../../../server-agent/supervisor/switch/check-files.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";

/** More memory than any check may take: the same refusal as where Node knows no argon2. */
const ARGON2 = "$argon2id$v=19$m=9999999,t=1,p=1$c29tZXNhbHQxMjM0NTY3OA$ee/hCbYBJBukG+LciXyt40LnN5LWe9dQuaEHKcORrqc";
const BCRYPT = "$2y$05$g7eKruU7Gg94Xua5wNYwbOXxLsKLOVT22iwARHOOvJX2RMgn42PKW";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-check-"));
  await writeFile(join(folder, "users"), `anna:${BCRYPT}\notto:${ARGON2}\n`);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

function configWithUsers(auth: Partial<Auth>, hosts = ["shop.test"]): Config {
  const rules = [{ auth: { type: "basic" as const, realm: "R", ...auth }, handler: { type: "drop" as const } }];
  return configOf([virtualHostOf("shop", hosts, { rules })]);
}

function check(config: Config, active?: Config) {
  return checkFiles(config, active, 0);
}

it("refuses hashes of the document that nobody can check, and names them", async () => {
  const config = configWithUsers({ users: { anna: BCRYPT, "o/o": ARGON2 } });
  expect((await check(config)).problems).toMatchObject([
    { path: "/virtualHosts/0/rules/0/auth/users/o~1o", message: expect.stringContaining("argon2") as string },
  ]);
  // A site that serves with it can still be changed, and closed.
  const changed = configWithUsers({ users: { anna: BCRYPT, "o/o": ARGON2 } }, ["shop.test", "staff.test"]);
  expect(await check(changed, config)).toEqual({ problems: [], warnings: [] });
});

it("warns of a file of users that is missing, or has some who cannot log in", async () => {
  const path = "/virtualHosts/0/rules/0/auth/file";
  expect(await check(configWithUsers({ file: join(folder, "none") }))).toMatchObject({
    problems: [],
    warnings: [{ path, message: expect.stringContaining("nobody can log in") as string }],
  });
  expect((await check(configWithUsers({ file: folder }))).warnings).toMatchObject([
    { path, message: expect.stringContaining("it is not a file") as string },
  ]);
  expect(await check(configWithUsers({ file: join(folder, "users") }))).toMatchObject({
    problems: [],
    warnings: [{ path, message: expect.stringContaining('user "otto" cannot log in') as string }],
  });
});
