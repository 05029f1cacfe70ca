/** Why a command did not work, as the page shows it. The list of codes is closed. */
import { type Problem, ERROR_STATUS } from "../../server-agent/contract/errors.ts";

/** A host key in the form that people compare. */
export interface SeenKey {
  /** `ssh-ed25519`, … */
  type: string;
  /** `SHA256:…`, as `ssh-keygen -lf` prints it. */
  fingerprint: string;
}

export interface Failure {
  code: FailureCode;
  message: string;
  problems?: Problem[];
  /** Id under which the agent has logged it. */
  requestId?: string;
  /** A host that presents a different key than the known one. */
  hostKey?: { host: string; offered: SeenKey; known: (SeenKey & { where: string })[] };
}

/**
 * The codes of the agent and of the app itself. The page has a message for each
 * (`renderer/lib/messages.ts`).
 */
export const FAILURE_CODES = [
  ...(Object.keys(ERROR_STATUS) as (keyof typeof ERROR_STATUS)[]),
  "change.declined",
  "ipc.input",
  "ipc.sender",
  "server.unknown",
  "server.duplicate",
  "server.unreachable",
  "server.silent",
  "server.socket-missing",
  "server.socket-denied",
  "server.agent-missing",
  "server.not-an-agent",
  "server.api-version",
  "ssh.config",
  "ssh.name-unknown",
  "ssh.refused",
  "ssh.unreachable",
  "ssh.timeout",
  "ssh.command-timeout",
  "ssh.not-ssh",
  "ssh.algorithms",
  "ssh.host-key-unknown",
  "ssh.host-key-changed",
  "ssh.host-key-revoked",
  "ssh.host-key-authority",
  "ssh.key-unreadable",
  "ssh.passphrase-wrong",
  "ssh.agent-unavailable",
  "ssh.auth-refused",
  "ssh.cancelled",
  "ssh.forwarding-forbidden",
  "ssh.dial-failed",
  "ssh.no-sftp",
  "fleet.unknown",
  "fleet.busy",
  "windows.partial",
  "install.unsupported",
  "install.failed",
  "uninstall.refused",
  "uninstall.failed",
  "ssh.lost",
  "practice.failed",
  "settings.failed",
  "file.unusable",
  "reminder.over",
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

export type Result<T, F = Failure> = { ok: true; value: T } | { ok: false; failure: F };
