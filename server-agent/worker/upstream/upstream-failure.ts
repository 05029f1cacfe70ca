/** Why an upstream gave no (complete) response. */
export type FailureKind =
  /** No target takes connections. */
  | "refused"
  | "connect-timeout"
  /** No response head in time. */
  | "response-timeout"
  /** Not a byte for too long in the middle of a body. */
  | "idle-timeout"
  /** The connection broke or ended before the response was complete. */
  | "closed"
  /** Not HTTP as RFC 9112 or RFC 9113 has it. */
  | "invalid";

export interface UpstreamFailure {
  readonly kind: FailureKind;
  /** For the agent's log. */
  readonly message: string;
}
