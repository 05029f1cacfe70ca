/** Logins and channels for everything that is reached over SSH. */
import type { Connector } from "../agent/socket-transport.ts";
import { done, failed } from "../failures.ts";
import type { PickableHost, SshProfile, SshTarget } from "../contract/servers.ts";
import type { Result } from "../contract/failures.ts";
import type { Prompts } from "./prompts.ts";
import type { HostKeyStore } from "../host-keys/host-key-store.ts";
import type { Secrets } from "./secrets.ts";
import type { Prompter } from "./prompter.ts";
import { type Release, Semaphore } from "../timing/semaphore.ts";
import { readSshConfig } from "../ssh-config/ssh-config-files.ts";
import type { LocalAccount } from "../ssh-config/ssh-config-tokens.ts";
import { listHosts } from "../ssh-config/ssh-config.ts";
import { openSshLink } from "./ssh-link.ts";
import { login } from "./ssh-login.ts";
import { routeTo } from "./ssh-route.ts";
import type { SshSession } from "./ssh-session.ts";

export interface RemoteParts {
  prompts: Prompts;
  secrets: Secrets;
  hostKeys: HostKeyStore;
  account: LocalAccount;
}

/**
 * Logins at a time: two hundred servers that are connected to at once must not be hammered, nor
 * this computer. One that waits for the person gives its slot to another.
 */
const MAX_CONCURRENT_LOGINS = 12;
/** A login that takes longer waits for its server, and keeps nobody else waiting. */
const LOGIN_SLOT_TIMEOUT_MS = 15_000;

/**
 * Everything that is reached over SSH, with the one person, keychain and list of host keys that all
 * of it shares.
 */
export class Remotes {
  readonly #parts: RemoteParts;
  readonly #logins = new Semaphore(MAX_CONCURRENT_LOGINS);

  constructor(parts: RemoteParts) {
    this.#parts = parts;
  }

  /** Channels to a server's agent. */
  connector({ id, name, ssh, socketPath, program }: SshProfile): Connector {
    return openSshLink((signal) => this.logIn(ssh, { id, name }, signal), { socketPath, program });
  }

  /** Logs in to a server. Rejects with `FailureError`. */
  logIn(target: SshTarget, server: { id: string | null; name: string }, signal: AbortSignal): Promise<SshSession> {
    const { prompts, secrets, hostKeys, account } = this.#parts;
    return this.#logins.run(async (release) => {
      const route = await routeTo(target, account);
      return login(route, { secrets, hostKeys, prompter: askedWithout(release, prompts.prompter(server)) }, signal);
    }, LOGIN_SLOT_TIMEOUT_MS);
  }

  /** The hosts of the ssh configuration, to pick one. */
  async hosts(): Promise<Result<{ hosts: PickableHost[]; problems: string[] }>> {
    const { account } = this.#parts;
    const files = await readSshConfig(account);
    if (!files.ok) return failed("ssh.config", files.failure.message);
    const { hosts, problems } = listHosts(files.value, account);
    return done({ hosts, problems: problems.map(({ message }) => message) });
  }

  /** The person has compared the fingerprints of a host whose key has changed. */
  replaceHostKey(host: string, fingerprint: string): Result<null> {
    return this.#parts.hostKeys.replace(host, fingerprint);
  }
}

/** The same person, asked without a slot. */
function askedWithout(release: Release, prompter: Prompter): Prompter {
  return {
    trustHostKey: (question, signal) => release(() => prompter.trustHostKey(question, signal)),
    secret: (question, signal) => release(() => prompter.secret(question, signal)),
    prompts: (question, signal) => release(() => prompter.prompts(question, signal)),
  };
}
