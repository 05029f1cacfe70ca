/**
 * Basic authentication (RFC 7617). A hash of a password takes time on purpose, but a browser sends
 * its password with each request: what was right is remembered, by a digest that only this process
 * can make, for as long as the hash is the same.
 */
import { createHmac, randomBytes } from "node:crypto";
import type { Auth } from "../../contract/rules/auth.ts";
import { BoundedMap } from "../clients/bounded-map.ts";
import { parseHash, type ParsedHash } from "./password-hash.ts";
import { userSource, type UserSource } from "./user-file.ts";
import type { Authenticator, Verdict, Visit } from "./verdict.ts";
import { FairQueue } from "../clients/fair-queue.ts";
import { WrongTries } from "../clients/wrong-tries.ts";

const MAX_REMEMBERED = 10_000;
/** So many checks may wait for their turn; one is made at a time. */
const MAX_WAITING = 256;
const MAX_CREDENTIALS_CHARS = 4096;

const FAILED: Verdict = { status: 500, fields: {} };
const BUSY: Verdict = { status: 503, fields: { "Retry-After": "1" } };

interface Known {
  readonly user: string;
  readonly hash: string;
}

export class Basic implements Authenticator {
  readonly #users: UserSource;
  readonly #log: (line: string) => void;
  readonly #refusal: Verdict;
  readonly #key = randomBytes(32);
  readonly #known = new BoundedMap<Known>(MAX_REMEMBERED);
  readonly #hashes = new BoundedMap<ParsedHash>(MAX_REMEMBERED);
  /** Browsers send the same credentials with several requests at once. */
  readonly #checks = new Map<string, Promise<Verdict>>();
  readonly #wrong = new WrongTries();
  readonly #queue = new FairQueue(MAX_WAITING);

  constructor(auth: Auth, log: (line: string) => void) {
    this.#users = userSource(auth, parseBasicLine, log);
    this.#log = log;
    this.#refusal = {
      status: 401,
      fields: { "WWW-Authenticate": `Basic realm="${auth.realm}", charset="UTF-8"` },
    };
  }

  check({ authorization = "", client, now }: Visit): Verdict | Promise<Verdict> {
    const credentials = /^basic +([A-Za-z0-9+/_-]+=*)$/i.exec(authorization)?.[1];
    const users = this.#users.read(now);
    if (users === undefined) return FAILED;
    if (credentials === undefined || credentials.length > MAX_CREDENTIALS_CHARS) return this.#refusal;
    const digest = createHmac("sha256", this.#key).update(credentials).digest("base64");
    const known = this.#known.get(digest);
    if (known !== undefined && users.get(known.user) === known.hash) return { user: known.user };
    const running = this.#checks.get(digest);
    if (running !== undefined) return running;
    const wait = this.#wrong.waitOf(client, now);
    if (wait !== undefined) return { status: 429, fields: { "Retry-After": String(wait) } };
    const check = this.#queue.take(client, () => this.#verify(credentials, digest, users));
    if (check === undefined) return BUSY;
    // Before its turn comes: else somebody would have as many tries as can wait.
    this.#wrong.begin(client, now);
    const settled = this.#settle(check, digest, { client, now });
    this.#checks.set(digest, settled);
    return settled;
  }

  async #settle(
    check: Promise<Verdict>,
    digest: string,
    { client, now }: Pick<Visit, "client" | "now">,
  ): Promise<Verdict> {
    let isWrong = false;
    try {
      const verdict = await check;
      isWrong = "status" in verdict;
      return verdict;
    } finally {
      this.#checks.delete(digest);
      this.#wrong.end(client, now, isWrong);
    }
  }

  async #verify(credentials: string, digest: string, users: ReadonlyMap<string, string>): Promise<Verdict> {
    const text = Buffer.from(credentials, "base64").toString("utf8");
    const colon = text.indexOf(":");
    const user = text.slice(0, Math.max(colon, 0));
    const stored = colon > 0 ? users.get(user) : undefined;
    // Who asks for a name that is none waits as long as for one that is.
    const hash = stored ?? users.values().next().value;
    const parsed = hash === undefined ? undefined : this.#parse(hash, user);
    const isRight = parsed?.ok === true && (await parsed.check(text.slice(colon + 1)));
    if (!isRight || stored === undefined) return this.#refusal;
    this.#known.set(digest, { user, hash: stored });
    return { user };
  }

  #parse(hash: string, user: string): ParsedHash {
    let parsed = this.#hashes.get(hash);
    if (parsed === undefined) {
      parsed = parseHash(hash);
      this.#hashes.set(hash, parsed);
      if (!parsed.ok) this.#log(`user ${JSON.stringify(user)} cannot log in: ${parsed.why}`);
    }
    return parsed;
  }
}

/** `name:hash`, and what other programs keep behind another colon. */
export function parseBasicLine(line: string): readonly [string, string] | undefined {
  const [name = "", hash = ""] = line.split(":");
  return name === "" || hash === "" ? undefined : [name, hash.trim()];
}
