/** Exit codes of the agent program, documented in `help` and docs/admin-api.md. */
export const EXIT = {
  ok: 0,
  /** The agent refused the call, or something unexpected happened; the message says what. */
  failed: 1,
  /** Wrong arguments, or a configuration that cannot serve. */
  usage: 2,
  /** The state directory or the admin socket belongs to a running agent. */
  inUse: 3,
  /** A listener cannot be bound. */
  listener: 4,
  /** The state directory cannot be read or written. */
  state: 5,
  /** No agent answers on the admin socket. */
  unreachable: 6,
  /** A site was put in maintenance, and visitors still get something else. */
  notClosed: 7,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
