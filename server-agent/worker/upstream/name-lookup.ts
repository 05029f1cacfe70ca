/**
 * Addresses of upstreams that are given by name, so that one name that nobody answers for holds up
 * no other. The platform looks up two names at a time for the whole process and cannot be told to
 * give up, hence: one look-up for each name at a time, remembered for seconds; the last good answer
 * while a newer one is not to be had; and a second way, over the name servers alone, where the
 * platform takes long.
 */
import { lookup as askPlatform, promises, type LookupAddress, type LookupOptions } from "node:dns";

/** An answer is used this long before it is asked for again, in the background. */
const FRESH_MS = 5_000;
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
        if (options.all === true) callback(null, addresses);
        else callback(null, first?.address ?? "", first?.family);
      },
      (failure: unknown) => {
        callback(failure as NodeJS.ErrnoException, []);
      },
    );
  };

  async #find(name: string): Promise<LookupAddress[]> {
    if (/(?:^|\.)localhost\.?$/i.test(name)) return LOOPBACK;
    let known = this.#known.get(name);
    if (known === undefined)
      this.#known.set(
        name,
        (known = { addresses: undefined, failure: undefined, goodAt: 0, askedAt: 0, asking: undefined }),
      );
    const now = performance.now();
    if (known.addresses !== undefined && now - known.goodAt > MAX_STALE_MS) known.addresses = undefined;
    const isFresh = now - known.askedAt < (known.failure === undefined ? FRESH_MS : FAILED_MS) && known.askedAt > 0;
    if (!isFresh) known.asking ??= this.#refresh(name, known);
    if (known.addresses === undefined && known.asking !== undefined) await known.asking;
    if (known.addresses === undefined) throw known.failure ?? notFound(name);
    return known.addresses;
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
  }
}

/** One for the process: sites that share a name share what is known about it. */
export const { lookup } = new NameLookup();

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
