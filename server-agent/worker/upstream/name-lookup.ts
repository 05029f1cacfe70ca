/**
 * Addresses of upstreams that are given by name, so that one name that nobody answers for holds up
 * no other. The platform looks up two names at a time for the whole process and cannot be told to
 * give up, hence: one look-up for each name at a time, remembered for seconds; the last good answer
 * while a newer one is not to be had; and a second way, over the name servers alone, where the
 * platform takes long.
 */
import { lookup as askPlatform, promises, type LookupAddress, type LookupOptions } from "node:dns";

/**
 * An answer is used this long before it is asked for again, in the background. The platform does
 * not tell for how long an answer holds (TTL), but whoever it asks does keep to that, and hardly
 * any answer holds for a shorter time.
 */
const FRESH_MS = 5_000;
/** An older one may be wrong by now: a newer one is waited for. */
const MAX_UNASKED_MS = 30_000;
/** From the question on; then the last good one is used. */
const MAX_WAIT_MS = 1_000;
/** A failure is repeated to everybody who asks within this time. */
const FAILED_MS = 1_000;
/** An answer outlives name servers that do not answer by this much. */
const MAX_STALE_MS = 3_600_000;
const PLATFORM_MS = 1_000;

type Callback = (failure: NodeJS.ErrnoException | null, addresses: LookupAddress[] | string, family?: number) => void;
type Ask = (name: string) => Promise<LookupAddress[]>;

/** RFC 6761, 6.3: this name never leaves the machine. */
const LOOPBACK: LookupAddress[] = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];

interface Known {
  addresses: LookupAddress[] | undefined;
  failure: NodeJS.ErrnoException | undefined;
  /** `performance.now()` of the last good answer, and of the last one at all. */
  goodAt: number;
  askedAt: number;
  asking: Promise<void> | undefined;
  /** By the same clock. */
  askingSince: number;
  /** Nobody was there: a newer answer is waited for. */
  isDoubtful: boolean;
  /** Looked up so many times. */
  turn: number;
}

export class NameLookup {
  readonly #known = new Map<string, Known>();
  readonly #ask: Ask;

  /** @param ask How a name is looked up; the platform's way and the name servers otherwise. */
  constructor(ask: Ask = askBothWays) {
    this.#ask = ask;
  }

  /** To be given to `net.connect` as `lookup`. */
  readonly lookup = (name: string, options: LookupOptions, callback: Callback): void => {
    this.#find(name).then(
      (addresses) => {
        const [first] = addresses;
        // All of them, the first one a different one each time (RFC 8305 for the others).
        if (options.all === true) callback(null, addresses);
        else callback(null, first?.address ?? "", first?.family);
      },
      (failure: unknown) => {
        callback(failure as NodeJS.ErrnoException, []);
      },
    );
  };

  /** A connection to what was found failed: the name may lead elsewhere by now. */
  doubt(name: string): void {
    const known = this.#known.get(name);
    if (known !== undefined) known.isDoubtful = true;
  }

  async #find(name: string): Promise<LookupAddress[]> {
    if (/(?:^|\.)localhost\.?$/i.test(name)) return LOOPBACK;
    let known = this.#known.get(name);
    if (known === undefined)
      this.#known.set(
        name,
        (known = {
          addresses: undefined,
          failure: undefined,
          goodAt: 0,
          askedAt: 0,
          asking: undefined,
          askingSince: 0,
          isDoubtful: false,
          turn: 0,
        }),
      );
    const now = performance.now();
    if (known.addresses !== undefined && now - known.goodAt > MAX_STALE_MS) known.addresses = undefined;
    const isAnswered = known.failure === undefined;
    const restMs = isAnswered && !known.isDoubtful ? FRESH_MS : FAILED_MS;
    if (known.asking === undefined && (known.askedAt === 0 || now - known.askedAt >= restMs)) {
      known.askingSince = now;
      known.asking = this.#refresh(name, known);
    }
    if (known.asking !== undefined) {
      if (known.addresses === undefined) await known.asking;
      else if (isAnswered && (known.isDoubtful || now - known.goodAt > MAX_UNASKED_MS))
        await soonOrNever(known.asking, known.askingSince + MAX_WAIT_MS - now);
    }
    if (known.addresses === undefined) throw known.failure ?? notFound(name);
    return rotated(known.addresses, known.turn++);
  }

  async #refresh(name: string, known: Known): Promise<void> {
    try {
      known.addresses = await this.#ask(name);
      known.failure = undefined;
      known.goodAt = performance.now();
    } catch (failure) {
      known.failure = failure as NodeJS.ErrnoException;
      // The name is known not to exist: its last address may be somebody else's by now.
      if (known.failure.code === "ENOTFOUND") known.addresses = undefined;
    }
    known.askedAt = performance.now();
    known.asking = undefined;
    known.isDoubtful = false;
  }
}

/** One for the process: sites that share a name share what is known about it. */
export const names = new NameLookup();

function rotated<T>(all: readonly T[], by: number): T[] {
  const start = by % all.length;
  return [...all.slice(start), ...all.slice(0, start)];
}

async function soonOrNever(promise: Promise<void>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([promise, tooLate]);
  clearTimeout(timer);
}

function askBothWays(name: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      askNameServers(name).then(resolve, () => undefined);
    }, PLATFORM_MS);
    askPlatform(name, { all: true }, (failure, addresses) => {
      clearTimeout(timer);
      if (failure === null) resolve(addresses);
      else reject(failure);
    });
  });
}

/** Without a thread of the platform's, but also without its hosts file and search list. */
async function askNameServers(name: string): Promise<LookupAddress[]> {
  const answers = await Promise.allSettled([promises.resolve4(name), promises.resolve6(name)]);
  const addresses = answers.flatMap((answer, index) =>
    answer.status === "rejected" ? [] : answer.value.map((address) => ({ address, family: index === 0 ? 4 : 6 })),
  );
  if (addresses.length === 0) throw notFound(name);
  return addresses;
}

function notFound(name: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`no address is known for ${name}`), { code: "ENOTFOUND" });
}
