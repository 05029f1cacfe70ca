import type { z } from "zod";
import type { Failure, FailureCode, Result } from "./contract/failures.ts";
import type { Problem } from "../server-agent/contract/errors.ts";

/** An expected failure that travels as an exception inside main and becomes the `failure` of a `Result` at the boundary. */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = "FailureError";
    this.failure = failure;
  }
}

export const done = <T>(value: T): Result<T> => ({ ok: true, value });

export const failed = (code: FailureCode, message: string, problems?: Problem[]): { ok: false; failure: Failure } => ({
  ok: false,
  failure: problems === undefined ? { code, message } : { code, message, problems },
});

/** Zod issues as problems with JSON pointers (RFC 6901). */
export const problemsOf = (error: z.ZodError): Problem[] =>
  error.issues.map((issue) => ({
    path: issue.path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
    code: issue.code,
    message: issue.message,
  }));

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The system's code of an error (`ENOENT`, …), if it has one. */
export const systemCodeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;

/** Failures that trying again by itself cannot mend, and would make worse: guards lock out who knocks too often. */
const FOR_THE_PERSON: ReadonlySet<FailureCode> = new Set<FailureCode>([
  "ssh.config",
  "ssh.host-key-unknown",
  "ssh.host-key-changed",
  "ssh.host-key-revoked",
  "ssh.host-key-authority",
  "ssh.key-unreadable",
  "ssh.passphrase-wrong",
  "ssh.auth-refused",
  "ssh.cancelled",
]);

export const needsPerson = (code: FailureCode): boolean => FOR_THE_PERSON.has(code);

/** Failures after which nobody knows whether the other side has done it. */
export const isLoss = ({ code }: Pick<Failure, "code">): boolean =>
  code === "server.unreachable" ||
  code === "server.silent" ||
  code === "server.socket-missing" ||
  code === "server.agent-missing" ||
  code === "agent.stopping" ||
  code.startsWith("ssh.");
