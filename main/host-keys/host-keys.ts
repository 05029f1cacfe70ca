/** What a login asks about a host key, and what it may be told. */
import type { Failure, SeenKey } from "../contract/failures.ts";
import type { HostKey } from "./host-key.ts";
import type { SshHost } from "../ssh-config/ssh-host.ts";

/** What is known about a host key that a server shows. */
export type HostKeyVerdict =
  | { kind: "known" }
  /** `others`: keys of other types that are known for this host. */
  | { kind: "unknown"; others: readonly SeenKey[] }
  | { kind: "refused"; failure: Failure };

export interface HostKeys {
  judge(host: SshHost, key: HostKey): Promise<HostKeyVerdict>;
  /**
   * Key types that are known for the host: the server is asked for those first, so that a key it
   * also has is not taken for a new one.
   */
  knownTypes(host: SshHost): Promise<readonly string[]>;
  /** The person has looked at the fingerprint and trusts it. */
  trust(host: SshHost, key: HostKey): void;
}
