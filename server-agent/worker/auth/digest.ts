/**
 * Digest authentication (RFC 7616) with `qop=auth`. What is stored is a digest of name, realm and
 * password, so that nothing takes long; a nonce is its own proof, and all workers take it.
 */
import { createHash, createHmac, randomBytes } from "node:crypto";
import type { Auth } from "../../contract/rules/auth.ts";
import { BoundedMap } from "../clients/bounded-map.ts";
import { isEqual } from "./password-hash.ts";
import { userSource, type UserSource } from "./user-file.ts";
import type { Authenticator, Verdict, Visit } from "./verdict.ts";
import { WrongTries } from "../clients/wrong-tries.ts";

/** A nonce may be used for so long (ms); after that, browsers take a new one by themselves. */
const NONCE_LIFE_MS = 5 * 60_000;
const MAX_FIELD_CHARS = 4096;
const MAX_REMEMBERED = 10_000;
const PARAMETER = /([A-Za-z]+) *= *(?:"((?:[^"\\]|\\.)*)"|([^\s",]+)) *(?:,|$) */gy;

const FAILED: Verdict = { status: 500, fields: {} };

export class Digest implements Authenticator {
  readonly #users: UserSource;
  readonly #realm: string;
  readonly #algorithm: "SHA-256" | "MD5";
  readonly #key: string;
  readonly #wrong = new WrongTries();
  /** Who was let in by which nonce: others who guess do not keep him out. */
  readonly #letIn = new BoundedMap<string>(MAX_REMEMBERED);

  constructor(auth: Auth, key: string, log: (line: string) => void) {
    this.#realm = auth.realm;
    this.#algorithm = auth.algorithm ?? "SHA-256";
    this.#users = userSource(auth, (line) => this.#parseLine(line), log);
    this.#key = `digest ${key}`;
  }

  check({ authorization, method, target, client, now }: Visit): Verdict {
    const users = this.#users.read(now);
    if (users === undefined) return FAILED;
    const said = parameters(authorization);
    if (said === undefined) return this.#refuse(now, false);
    const { username = "", realm, nonce = "", uri = "", response = "", qop, nc = "", cnonce = "", algorithm } = said;
    const wait = this.#letIn.get(nonce) === username ? undefined : this.#wrong.waitOf(client, now);
    if (wait !== undefined) return { status: 429, fields: { "Retry-After": String(wait) } };
    const isOurs =
      realm === this.#realm &&
      qop === "auth" &&
      /^[0-9a-f]{8}$/i.test(nc) &&
      uri === target &&
      (algorithm ?? "MD5").toUpperCase() === this.#algorithm;
    const stored = users.get(username);
    const ha2 = this.#hash(`${method}:${uri}`);
    const wanted = this.#hash(`${stored ?? ""}:${nonce}:${nc}:${cnonce}:auth:${ha2}`);
    const isRight = isEqual(wanted, response.toLowerCase()) && stored !== undefined;
    if (!isOurs || !isRight) {
      this.#wrong.add(client, now);
      return this.#refuse(now, false);
    }
    // The nonce of an agent of before is as good as one that is too old (RFC 7616, 3.3): else all
    // who are logged in would have guessed wrong after a restart.
    const age = this.#ageOf(nonce, now);
    if (age === undefined || age >= NONCE_LIFE_MS) return this.#refuse(now, true);
    this.#letIn.set(nonce, username);
    return { user: username };
  }

  /** @param isStale The password was right: the browser may try again without asking for it. */
  #refuse(now: number, isStale: boolean): Verdict {
    const challenge = `Digest realm="${this.#realm}", qop="auth", algorithm=${this.#algorithm}, nonce="${this.#nonce(now)}", charset=UTF-8`;
    return { status: 401, fields: { "WWW-Authenticate": isStale ? `${challenge}, stale=true` : challenge } };
  }

  #nonce(now: number): string {
    const text = `${now.toString(36)}.${randomBytes(9).toString("base64url")}`;
    return `${text}.${this.#seal(text)}`;
  }

  #seal(text: string): string {
    return createHmac("sha256", this.#key).update(`${this.#realm} ${text}`).digest("base64url");
  }

  /** Milliseconds since a nonce was made; undefined for one that is not ours. */
  #ageOf(nonce: string, now: number): number | undefined {
    const [time = "", random = "", seal = ""] = nonce.split(".");
    if (!isEqual(this.#seal(`${time}.${random}`), seal)) return undefined;
    return Math.max(0, now - Number.parseInt(time, 36));
  }

  #hash(text: string): string {
    return createHash(this.#algorithm === "MD5" ? "md5" : "sha256")
      .update(text)
      .digest("hex");
  }

  /** `name:realm:digest`; those of other realms are left out. */
  #parseLine(line: string): readonly [string, string] | undefined {
    const [name = "", realm = "", digest = ""] = line.split(":");
    return name === "" || realm !== this.#realm ? undefined : [name, digest.trim().toLowerCase()];
  }
}

/** Undefined for what is no digest. */
function parameters(field: string | undefined): Readonly<Record<string, string>> | undefined {
  if (field === undefined || field.length > MAX_FIELD_CHARS || !/^digest /i.test(field)) return undefined;
  const rest = field.slice("digest ".length).trim();
  const said: Record<string, string> = {};
  let end = 0;
  for (const match of rest.matchAll(PARAMETER)) {
    const [all, name = "", quoted, token = ""] = match;
    said[name.toLowerCase()] = quoted?.replace(/\\(.)/g, "$1") ?? token;
    end = match.index + all.length;
  }
  return end === rest.length ? said : undefined;
}
