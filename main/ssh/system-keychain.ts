/** The system's keychain, through keytar. Loaded on first use, as it may be missing. */
import type { Keychain } from "./secrets.ts";

/**
 * Rejects where the system has none, or keytar was not built for it. Loaded only when a secret is
 * needed: on some systems loading alone asks the person.
 */
export async function systemKeychain(): Promise<Keychain> {
  // CommonJS whose names Node does not see from outside.
  const loaded = (await import("keytar")) as Keychain & { default?: Keychain };
  return loaded.default ?? loaded;
}
