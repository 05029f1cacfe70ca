/**
 * The accounts with authorities. A key is made when an authority is named for the first time, and
 * kept: by its thumbprint the workers answer, so they know it before anything is ordered.
 */
import { AccountKey } from "../../acme/account-key.ts";
import { makeKeyPair, privatePem } from "../../acme/certificate-request.ts";
import type { Thumbprints } from "../../worker/handlers/acme-challenges.ts";
import type { WorkerPool } from "../../adapters/builtin/worker-pool.ts";
import type { StateDirectory } from "../../store/state-directory.ts";
import type { StoredValue } from "../../store/stored-kinds.ts";

type StoredAccount = StoredValue<"accounts">;

export interface AccountsParts {
  state: Pick<StateDirectory, "save">;
  pool: Pick<WorkerPool, "useAccounts">;
}

/** By name of the authority (RFC 7638). */
export function thumbprintsOf(accounts: readonly StoredAccount[]): Thumbprints {
  return Object.fromEntries(accounts.map(({ id, thumbprint }) => [id, thumbprint]));
}

export class Accounts {
  readonly #parts: AccountsParts;
  readonly #accounts: Map<string, StoredAccount>;

  constructor(parts: AccountsParts, found: readonly StoredAccount[]) {
    this.#parts = parts;
    this.#accounts = new Map(found.map((account) => [account.id, account]));
  }

  /**
   * The key for orders from this authority; workers answer by it when this resolves.
   *
   * @param own PEM of the operator's, in place of one that the agent makes.
   * @param write Lets store. @throws like it
   */
  async keyFor(
    authority: string,
    own: string | undefined,
    write: (store: () => void) => Promise<void>,
  ): Promise<AccountKey> {
    const known = this.#accounts.get(authority);
    const pem = own ?? known?.key ?? privatePem(await makeKeyPair("ecdsa-p256"));
    const key = new AccountKey(pem);
    const { thumbprint } = key;
    if (known?.thumbprint !== thumbprint) {
      const account = { id: authority, thumbprint, ...(own === undefined ? { key: pem } : {}) };
      await write(() => {
        this.#parts.state.save("accounts", account);
      });
      this.#accounts.set(authority, account);
      this.#parts.pool.useAccounts(thumbprintsOf([...this.#accounts.values()]));
    }
    return key;
  }
}
