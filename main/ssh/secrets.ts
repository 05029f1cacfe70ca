/** Passwords and passphrases in the system's keychain; in memory where there is none. */
import type { KeychainState } from "../contract/servers.ts";
import { t } from "../language/translate.ts";

/**
 * Where passwords and passphrases are kept: the system's keychain, or memory where there is none.
 * Never a file.
 */
export interface Secrets {
  get(account: string): Promise<string | undefined>;
  /** Never rejects: what cannot be stored is kept in memory. */
  set(account: string, secret: string): Promise<void>;
  forget(account: string): Promise<void>;
}

/** The part of keytar that is used. */
export interface Keychain {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}

const SERVICE = "Backsoon";

/**
 * One call to the keychain at a time, and one answer for all: a locked keychain asks the person
 * once, not once per server; when that fails, or nothing answers for `patienceMs`, the app goes on
 * in memory until it is started again.
 *
 * @param open loads the keychain; rejects where there is none.
 */
export function openSecrets(
  open: () => Promise<Keychain>,
  report: (state: KeychainState) => void,
  patienceMs = 120_000,
): Secrets {
  const memory = new Map<string, string>();
  let keychain: Promise<Keychain | undefined> | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const giveUp = (error: unknown): void => {
    keychain = Promise.resolve(undefined);
    report({ state: "memory", why: error instanceof Error ? error.message : String(error) });
  };
  /** `undefined` also when the keychain had nothing. */
  const ask = <T>(question: (keychain: Keychain) => Promise<T>): Promise<T | undefined> => {
    const turn = queue.then(async () => {
      keychain ??= rejectAfter(open(), patienceMs).catch((error: unknown) => {
        giveUp(error);
        return undefined;
      });
      const opened = await keychain;
      if (opened === undefined) return undefined;
      try {
        const answer = await rejectAfter(question(opened), patienceMs);
        report({ state: "keychain" });
        return answer;
      } catch (error) {
        giveUp(error);
        return undefined;
      }
    });
    queue = turn;
    return turn;
  };

  return {
    async get(account) {
      const known = memory.get(account);
      if (known !== undefined) return known;
      const found = (await ask((chain) => chain.getPassword(SERVICE, account))) ?? undefined;
      if (found !== undefined) memory.set(account, found);
      return found;
    },
    async set(account, secret) {
      memory.set(account, secret);
      await ask((chain) => chain.setPassword(SERVICE, account, secret));
    },
    async forget(account) {
      memory.delete(account);
      await ask((chain) => chain.deletePassword(SERVICE, account));
    },
  };
}

function rejectAfter<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(t("the keychain did not answer"))), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
