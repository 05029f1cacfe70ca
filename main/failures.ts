/** Makes failures and tells them apart: what is worth another attempt, what needs the user. */
import type { z } from "zod";
import type { Failure, FailureCode, Result } from "./contract/failures.ts";
import type { Problem } from "../server-agent/contract/errors.ts";

/**
 * An expected failure that travels as an exception inside main and becomes the `failure` of a
 * `Result` at the boundary.
 */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = "FailureError";
    this.failure = failure;
  }
}

export function done<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function failed(code: FailureCode, message: string, problems?: Problem[]): { ok: false; failure: Failure } {
  return {
    ok: false,
    failure: problems === undefined ? { code, message } : { code, message, problems },
  };
}

/** Zod issues as problems with JSON pointers (RFC 6901). */
export function problemsOf(error: z.ZodError): Problem[] {
  return error.issues.map((issue) => ({
    path: issue.path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
    code: issue.code,
    message: issue.message,
  }));
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system's code of an error (`ENOENT`, …), if it has one. */
export function systemCodeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/**
 * Failures that another attempt cannot fix, and would make worse: guards lock out who
 * knocks too often.
 */
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

export function needsPerson(code: FailureCode): boolean {
  return FOR_THE_PERSON.has(code);
}

/** The other side had no room for the call: it has done nothing, and may do it in a moment. */
export function isBusy({ code }: Pick<Failure, "code">): boolean {
  return code === "agent.busy";
}

/** Failures after which nobody knows whether the other side has done it. */
export function isLoss({ code }: Pick<Failure, "code">): boolean {
  return (
    code === "server.unreachable" ||
    code === "server.silent" ||
    code === "server.socket-missing" ||
    code === "server.agent-missing" ||
    code === "agent.stopping" ||
    code.startsWith("ssh.")
  );
}
