/** What a login may have to ask the user. */
import type { SeenKey } from "../contract/failures.ts";
import type { SshHost } from "../ssh-config/ssh-host.ts";

/**
 * What only the person can say while a connection is made. `undefined` means that they do not want
 * to go on. With `signal` the connection that asks is over, and the question is withdrawn.
 */
export interface Prompter {
  /** Trust on first use. */
  trustHostKey(question: HostKeyQuestion, signal: AbortSignal): Promise<true | undefined>;
  secret(question: SecretQuestion, signal: AbortSignal): Promise<SecretAnswer | undefined>;
  /** Keyboard-interactive (RFC 4256): as many answers as prompts. */
  prompts(question: PromptsQuestion, signal: AbortSignal): Promise<readonly string[] | undefined>;
}

interface HostKeyQuestion {
  host: SshHost;
  key: SeenKey;
  /** Keys of other types that are known for it. */
  others: readonly SeenKey[];
}

export interface SecretQuestion {
  host: SshHost;
  what: "password" | "passphrase";
  /** Whose it is: a key file, or `user@host`. */
  subject: string;
  /** The answer before this one was wrong. */
  wrong: boolean;
}

export interface SecretAnswer {
  secret: string;
  remember: boolean;
}

export interface PromptsQuestion {
  host: SshHost;
  title: string;
  instructions: string;
  prompts: readonly { text: string; echo: boolean }[];
}
