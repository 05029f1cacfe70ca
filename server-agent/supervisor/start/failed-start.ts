import { EXIT, type ExitCode } from "../../exit-codes.ts";
import { type Result, refuse } from "../../result.ts";

/** Why an agent did not start, for its last line and its exit code. */
export interface FailedStart {
  ok: false;
  exitCode: ExitCode;
  message: string;
}

export function failedStart(failed: Result<unknown>): FailedStart {
  const { code, message, details } = failed.ok
    ? refuse("internal", "The agent did not start.").refusal
    : failed.refusal;
  const problems = (details.problems ?? []).map((problem) => `  ${problem.path}: ${problem.message}`);
  return { ok: false, exitCode: exitCodeOf(code), message: [message, ...problems].join("\n") };
}

function exitCodeOf(code: string): ExitCode {
  if (code === "config.bind") return EXIT.listener;
  if (code === "config.invalid") return EXIT.usage;
  return code === "store.failed" ? EXIT.state : EXIT.failed;
}
