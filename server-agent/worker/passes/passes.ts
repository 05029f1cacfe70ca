/** The passes that a worker lets in, and how they are used. */
import { PASS_COOKIE } from "../../core/pass-names.ts";
import { type PassKey, verifyPass } from "./token.ts";

/** So many cookies of the name are looked at: another site of the domain may have set some. */
const MAX_COOKIES = 4;
/** The supervisor is told of uses after this time (ms), of many in one go. */
const TELL_INTERVAL_MS = 2000;

/** Since the supervisor was told last. */
export interface PassUse {
  id: string;
  /** How often its link was opened. */
  opened: number;
}

export class Passes {
  #usable: ReadonlyMap<string, PassKey> = new Map();
  readonly #uses = new Map<string, number>();
  readonly #tell: (uses: PassUse[]) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(tell: (uses: PassUse[]) => void) {
    this.#tell = tell;
  }

  /** From here on these and no others. */
  replace(passes: readonly PassKey[]): void {
    this.#usable = new Map(passes.map((pass) => [pass.id, pass]));
  }

  /** Whether one of the request's cookies is a pass for this site. @param now epoch milliseconds */
  isHeld(cookies: string | undefined, site: string, now: number): boolean {
    if (this.#usable.size === 0 || cookies?.includes(PASS_COOKIE) !== true) return false;
    for (const token of passesIn(cookies)) {
      const pass = this.#verify(token, site, now);
      if (pass === undefined) continue;
      this.#used(pass.id, 0);
      return true;
    }
    return false;
  }

  /** The pass whose link is opened on this site; undefined where it is none that may be used. */
  open(token: string, site: string, now: number): PassKey | undefined {
    const pass = this.#verify(token, site, now);
    if (pass !== undefined) this.#used(pass.id, 1);
    return pass;
  }

  #verify(token: string, site: string, now: number): PassKey | undefined {
    return verifyPass(token, site, now, (id) => this.#usable.get(id));
  }

  #used(id: string, opened: number): void {
    this.#uses.set(id, (this.#uses.get(id) ?? 0) + opened);
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const uses = Array.from(this.#uses, ([used, times]) => ({ id: used, opened: times }));
      this.#uses.clear();
      this.#tell(uses);
    }, TELL_INTERVAL_MS).unref();
  }
}

function passesIn(cookies: string): string[] {
  return cookies
    .split(";")
    .map((cookie) => cookie.trim())
    .filter(isPass)
    .slice(0, MAX_COOKIES)
    .map((cookie) => cookie.slice(PASS_COOKIE.length + 1));
}

function isPass(cookie: string): boolean {
  return cookie.startsWith(`${PASS_COOKIE}=`);
}

/** The other cookies: a pass is nobody else's business. Undefined where there are none. */
export function withoutPass(cookies: string): string | undefined {
  const others = cookies
    .split(";")
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== "" && !isPass(cookie));
  return others.length === 0 ? undefined : others.join("; ");
}
