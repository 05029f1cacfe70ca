import crypto from "node:crypto";
import { expect, it } from "vitest";
import { parseHash } from "../../../../../server-agent/worker/auth/password-hash.ts";

async function matches(hash: string, password: string): Promise<boolean> {
  const parsed = parseHash(hash);
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.check(password);
}

/** Made by htpasswd and openssl; those with a salt of C by OpenBSD's tests, as others have them. */
it.each([
  ["bcrypt", "U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"],
  ["bcrypt", "U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"],
  ["bcrypt of htpasswd", "pass wörd", "$2y$05$g7eKruU7Gg94Xua5wNYwbOXxLsKLOVT22iwARHOOvJX2RMgn42PKW"],
  ["apr1", "pass wörd", "$apr1$46g8dLL.$inonKy0w1mhYJ3F1GBJcG1"],
  ["MD5 of old systems", "a", "$1$abcdefgh$jUYc1Xi7pkozuzWQ0Dft71"],
  ["SHA-1", "pass wörd", "{SHA}B/PcQHeAKywePq/ztWiCWf9lImE="],
])("%s knows %j", async (_, password, hash) => {
  expect(await matches(hash, password)).toBe(true);
  for (const other of [`${password}x`, "", password.toLowerCase() === password ? password.toUpperCase() : "u*u"])
    expect(await matches(hash, other)).toBe(false);
});

it.skipIf(typeof (crypto as Partial<typeof crypto>).argon2 !== "function")("argon2 knows its password", async () => {
  const hash = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQxMjM0NTY3OA$ee/hCbYBJBukG+LciXyt40LnN5LWe9dQuaEHKcORrqc";
  expect(await matches(hash, "pass wörd")).toBe(true);
  expect(await matches(hash, "pass word")).toBe(false);
});

it.each([
  "",
  "plain",
  "rl5oZGPyo0Ey6",
  "$2y$31$g7eKruU7Gg94Xua5wNYwbOXxLsKLOVT22iwARHOOvJX2RMgn42PKW",
  "$2y$05$g7eKruU7Gg94Xua5wNYwbO",
  "$6$salt$hash",
  "{SHA}short=",
  "$argon2id$v=19$m=9999999,t=1,p=1$c29tZXNhbHQxMjM0NTY3OA$ee/hCbYBJBukG+LciXyt40LnN5LWe9dQuaEHKcORrqc",
])("%j is no hash that is taken, and says why", (hash) => {
  expect(parseHash(hash)).toMatchObject({ ok: false, why: expect.stringContaining("hash") as string });
});
