/**
 * What an SSH login needs besides a server: a person who answers as told, host keys that trust what
 * the person trusts, a memory for secrets.
 */
import type { HostKey } from "../../../main/host-keys/host-key.ts";
import type { HostKeys } from "../../../main/host-keys/host-keys.ts";
import type { Prompter, PromptsQuestion, SecretAnswer, SecretQuestion } from "../../../main/ssh/prompter.ts";
import { type LoginParts, login } from "../../../main/ssh/ssh-login.ts";
import { openSecrets } from "../../../main/ssh/secrets.ts";
import type { SshHost } from "../../../main/ssh-config/ssh-host.ts";
import type { SshSession } from "../../../main/ssh/ssh-session.ts";
import { USER } from "./sshd.ts";

export interface Answers {
  trusts?: boolean;
  secret?: (question: SecretQuestion) => SecretAnswer | undefined;
  prompts?: (question: PromptsQuestion) => readonly string[] | undefined;
}

export interface TestPerson extends Prompter {
  /** Kinds of what was asked, in order. */
  readonly asked: string[];
}

export function testPerson({ trusts = true, secret, prompts }: Answers = {}): TestPerson {
  const asked: string[] = [];
  return {
    asked,
    trustHostKey: ({ key }) => {
      asked.push(`host-key ${key.fingerprint}`);
      return Promise.resolve(trusts ? true : undefined);
    },
    secret: (question) => {
      asked.push(`${question.what}${question.wrong ? " again" : ""}`);
      return Promise.resolve(secret?.(question));
    },
    prompts: (question) => {
      asked.push(`${question.prompts.length} prompts`);
      return Promise.resolve(prompts?.(question));
    },
  };
}

/** Keys that are trusted for the time of a test. */
export function memoryHostKeys(): HostKeys {
  const trusted = new Set<string>();
  const nameOf = (host: SshHost, { blob }: HostKey) =>
    `${host.hostKey.name}:${host.hostKey.port} ${Buffer.from(blob).toString("base64")}`;
  return {
    judge: (host, key) =>
      Promise.resolve(trusted.has(nameOf(host, key)) ? { kind: "known" } : { kind: "unknown", others: [] }),
    knownTypes: () => Promise.resolve([]),
    trust: (host, key) => void trusted.add(nameOf(host, key)),
  };
}

export function noKeychain(): Promise<never> {
  return Promise.reject(new Error("there is no keychain"));
}

export function sshHost(port: number, changes: Partial<SshHost> = {}): SshHost {
  return {
    label: "test",
    hostName: "127.0.0.1",
    port,
    user: USER,
    identityFiles: [],
    certificateFiles: [],
    identitiesOnly: false,
    agentSocket: undefined,
    hostKey: { name: "127.0.0.1", port, files: [] },
    way: {},
    warnings: [],
    ...changes,
  };
}

export function logInTo(
  route: readonly SshHost[],
  parts: Partial<LoginParts> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<SshSession> {
  return login(
    route,
    { hostKeys: memoryHostKeys(), secrets: openSecrets(noKeychain, () => undefined), prompter: testPerson(), ...parts },
    signal,
  );
}
