import { createHash } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Auth } from "../../../../../server-agent/contract/rules/auth.ts";
import { compileAuth } from "../../../../../server-agent/worker/auth/authenticator.ts";
import type { Authenticator, Verdict } from "../../../../../server-agent/worker/auth/verdict.ts";

const NOW = 1_800_000_000_000;

function shaOf(password: string): string {
  return `{SHA}${createHash("sha1").update(password).digest("base64")}`;
}

function authOf(auth: Partial<Auth>, log: string[] = [], key = "key"): Authenticator {
  return compileAuth({ type: "basic", realm: "R", ...auth }, key, (line) => log.push(line));
}

interface Sent {
  readonly method?: string;
  readonly target?: string;
  readonly client?: string;
  readonly now?: number;
}

function ask(auth: Authenticator, authorization: string | undefined, sent: Sent = {}): Verdict | Promise<Verdict> {
  const { method = "GET", target = "/", client = "192.0.2.1", now = NOW } = sent;
  return auth.check({ authorization, method, target, client, now });
}

function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
}

describe("basic", () => {
  it("remembers what was right, and forgets it with its hash", async () => {
    const folder = await mkdtemp(join(tmpdir(), "backsoon-auth-"));
    const file = join(folder, "users");
    await writeFile(file, `anna:${shaOf("a")}\nanna:${shaOf("second")}\n`);
    const log: string[] = [];
    const auth = authOf({ file }, log);
    const start = Date.now();
    expect(await ask(auth, basic("anna", "second"), { now: start })).toMatchObject({ status: 401 });
    expect(await ask(auth, basic("anna", "a"), { now: start })).toEqual({ user: "anna" });
    // At once: no promise.
    expect(ask(auth, basic("anna", "a"), { now: start })).toEqual({ user: "anna" });
    await writeFile(file, `anna:${shaOf("other")}\n`);
    expect(await ask(auth, basic("anna", "a"), { now: start + 2_000 })).toMatchObject({ status: 401 });
    expect(await ask(auth, basic("anna", "other"), { now: start + 2_000 })).toEqual({ user: "anna" });
    await rm(file);
    expect(ask(auth, basic("anna", "other"), { now: start + 4_000 })).toMatchObject({ status: 500 });
    expect(log).toEqual([expect.stringContaining("nobody is let in")]);
    await rm(folder, { recursive: true });
  });

  it("lets nobody in by a file that cannot be read", () => {
    expect(ask(authOf({ file: "/none" }), basic("a", "b"))).toMatchObject({ status: 500 });
  });

  it("says once why a user cannot log in", async () => {
    const log: string[] = [];
    const auth = authOf({ users: { old: "rl5oZGPyo0Ey6" } }, log);
    for (const password of ["a", "b"]) expect(await ask(auth, basic("old", password))).toMatchObject({ status: 401 });
    expect(log).toEqual([expect.stringContaining('user "old" cannot log in')]);
  });

  it("makes who guesses wait, and nobody else", async () => {
    const auth = authOf({ users: { anna: shaOf("a") } });
    const network = (host: number) => ({ client: `2001:db8:1:2::${String(host)}` });
    expect(await ask(auth, basic("anna", "a"), network(1))).toEqual({ user: "anna" });
    for (let guess = 0; guess < 10; guess++)
      expect(await ask(auth, basic("anna", String(guess)), network(guess))).toMatchObject({ status: 401 });
    expect(ask(auth, basic("anna", "11"), network(11))).toEqual({ status: 429, fields: { "Retry-After": "60" } });
    // Who is in stays in; another network is not affected; it is over after a minute.
    expect(ask(auth, basic("anna", "a"), network(1))).toEqual({ user: "anna" });
    expect(await ask(auth, basic("anna", "b"), { client: "2001:db8:1:3::1" })).toMatchObject({ status: 401 });
    expect(await ask(auth, basic("anna", "b"), { ...network(1), now: NOW + 60_000 })).toMatchObject({ status: 401 });
  });

  it("counts what is still being checked, and lets nobody wait behind all of another's guesses", async () => {
    // Each takes its time, as hashes should.
    const auth = authOf({ users: { anna: "$2y$05$g7eKruU7Gg94Xua5wNYwbOXxLsKLOVT22iwARHOOvJX2RMgn42PKW" } });
    const order: string[] = [];
    const guesses = Array.from({ length: 40 }, async (_, guess) => {
      const verdict = await ask(auth, basic("anna", String(guess)));
      order.push("guess");
      return "status" in verdict ? verdict.status : verdict.user;
    });
    const own = Promise.resolve(ask(auth, basic("anna", "pass wörd"), { client: "198.51.100.1" }));
    void own.then(() => order.push("anna"));
    const statuses = await Promise.all(guesses);
    expect([401, 429].map((status) => statuses.filter((one) => one === status).length)).toEqual([10, 30]);
    expect(await own).toEqual({ user: "anna" });
    // One guess was being checked already; the other nine came later.
    expect(order.length - 1 - order.indexOf("anna")).toBeGreaterThanOrEqual(8);
    expect(ask(auth, basic("anna", "pass wörd"))).toEqual({ user: "anna" });
  });

  it("takes a right password for no try", async () => {
    const users = Object.fromEntries(Array.from({ length: 30 }, (_, user) => [`u${String(user)}`, shaOf("a")]));
    const auth = authOf({ users });
    for (const name of Object.keys(users)) expect(await ask(auth, basic(name, "a"))).toEqual({ user: name });
  });

  it.each([undefined, "", "Basic", "Basic !", "Bearer YTph", `Basic ${"QUFB".repeat(2000)}`])(
    "refuses %j at once",
    (field) => {
      expect(ask(authOf({ users: { a: shaOf("a") } }), field)).toMatchObject({ status: 401 });
    },
  );
});

describe("digest", () => {
  const H = (text: string) => createHash("sha256").update(text).digest("hex");
  const users = { anna: H("anna:R:secret") };
  const digest: Partial<Auth> = { type: "digest", users };

  function nonceOf(verdict: Verdict | Promise<Verdict>): string {
    if (verdict instanceof Promise || !("status" in verdict)) throw new Error("no challenge");
    return /nonce="([^"]+)"/.exec(verdict.fields["WWW-Authenticate"] ?? "")?.[1] ?? "";
  }

  interface Answer {
    readonly nonce: string;
    readonly uri?: string;
    readonly method?: string;
    readonly password?: string;
    readonly realm?: string;
    readonly algorithm?: string;
  }

  function answer({
    nonce,
    uri = "/",
    method = "GET",
    password = "secret",
    realm = "R",
    algorithm = "SHA-256",
  }: Answer): string {
    const response = H(`${H(`anna:${realm}:${password}`)}:${nonce}:00000001:c:auth:${H(`${method}:${uri}`)}`);
    return `Digest username="anna", realm="${realm}", nonce="${nonce}", uri="${uri}", algorithm=${algorithm}, response="${response}", qop=auth, nc=00000001, cnonce="c"`;
  }

  it("lets in with the password, in every worker", () => {
    const nonce = nonceOf(ask(authOf(digest), undefined));
    expect(ask(authOf(digest), answer({ nonce }))).toEqual({ user: "anna" });
    expect(
      ask(authOf(digest), answer({ nonce, uri: "/a?b", method: "POST" }), { target: "/a?b", method: "POST" }),
    ).toEqual({
      user: "anna",
    });
  });

  it("asks for another nonce when one is too old, without asking for the password", () => {
    const auth = authOf(digest);
    const nonce = nonceOf(ask(auth, undefined));
    const stale = ask(auth, answer({ nonce }), { now: NOW + 5 * 60_000 });
    expect(stale).toMatchObject({
      status: 401,
      fields: { "WWW-Authenticate": expect.stringContaining("stale=true") as string },
    });
  });

  it("makes who guesses wait, and nobody who is in", () => {
    const auth = authOf(digest);
    const nonce = nonceOf(ask(auth, undefined));
    expect(ask(auth, answer({ nonce }))).toEqual({ user: "anna" });
    const other = nonceOf(ask(auth, undefined));
    for (let count = 0; count < 10; count++)
      expect(ask(auth, answer({ nonce: other, password: String(count) }))).toMatchObject({ status: 401 });
    expect(ask(auth, answer({ nonce: other }))).toMatchObject({ status: 429 });
    expect(ask(auth, answer({ nonce }))).toEqual({ user: "anna" });
  });

  it("takes the nonce of an agent of before for one that is too old, and nobody for a guesser", () => {
    const foreign = nonceOf(ask(authOf(digest, [], "another"), undefined));
    const auth = authOf(digest);
    for (let count = 0; count < 20; count++)
      expect(ask(auth, answer({ nonce: foreign }))).toMatchObject({
        status: 401,
        fields: { "WWW-Authenticate": expect.stringContaining("stale=true") as string },
      });
  });

  it("refuses another password, address, method, realm, algorithm or nonce", () => {
    const auth = authOf(digest);
    const nonce = nonceOf(ask(auth, undefined));
    const foreign = nonceOf(ask(authOf(digest, [], "another"), undefined));
    const wrong: [string, Sent][] = [
      [answer({ nonce, password: "x" }), {}],
      [answer({ nonce }), { target: "/other" }],
      [answer({ nonce }), { method: "POST" }],
      [answer({ nonce, realm: "S" }), {}],
      [answer({ nonce, algorithm: "MD5" }), {}],
      [answer({ nonce: foreign, password: "x" }), {}],
      [answer({ nonce: "", password: "x" }), {}],
      [answer({ nonce }).replace("qop=auth", "qop=auth-int"), {}],
      [answer({ nonce }).replace("anna", "otto"), {}],
    ];
    for (const [field, sent] of wrong) {
      const verdict = ask(auth, field, { ...sent, client: field.slice(-20) + String(wrong.length) });
      expect(verdict).toMatchObject({ status: 401 });
      expect(JSON.stringify(verdict)).not.toContain("stale");
    }
  });

  it("takes the file of htdigest", async () => {
    const folder = await mkdtemp(join(tmpdir(), "backsoon-auth-"));
    const file = join(folder, "digests");
    const md5 = (text: string) => createHash("md5").update(text).digest("hex");
    await writeFile(file, `anna:S:${md5("anna:S:x")}\nanna:R:${md5("anna:R:secret")}\n`);
    await chmod(file, 0o600);
    const auth = authOf({ type: "digest", algorithm: "MD5", file });
    const nonce = nonceOf(ask(auth, undefined, { now: Date.now() }));
    const response = md5(`${md5("anna:R:secret")}:${nonce}:0000000a:c:auth:${md5("GET:/")}`);
    const field = `Digest username="anna",realm="R",nonce="${nonce}",uri="/",response="${response}",qop=auth,nc=0000000a,cnonce="c"`;
    expect(ask(auth, field, { now: Date.now() })).toEqual({ user: "anna" });
    await rm(folder, { recursive: true });
  });
});
