/** Answers one call of the page: sender, input, handler, failure. Free of Electron, for tests. */
import { t } from "../language/translate.ts";
import { COMMANDS, type CommandName, type Input, type Output } from "../contract/commands.ts";
import type { Result } from "../contract/failures.ts";
import { FailureError, failed, messageOf, problemsOf } from "../failures.ts";
import { PAGE_ORIGIN } from "../page/page-security.ts";

export type Handlers = { [N in CommandName]: (input: Input<N>) => Result<Output<N>> | Promise<Result<Output<N>>> };

/** Who sent an IPC message, as far as the check needs it. */
export interface Sender {
  /** The message comes from the app's own window and not from another web contents. */
  ownWindow: boolean;
  /** The frame is the top frame of its page. */
  mainFrame: boolean;
  /** Address of the frame; `undefined` when the frame is already gone. */
  url: string | undefined;
}

/**
 * Only the page itself, in the top frame of the app's own window, may ask. Whatever cannot be
 * established is refused.
 */
export function isTrusted(sender: Sender): boolean {
  return (
    sender.ownWindow &&
    sender.mainFrame &&
    sender.url !== undefined &&
    (sender.url === PAGE_ORIGIN || sender.url.startsWith(`${PAGE_ORIGIN}/`))
  );
}

/**
 * Answers one call of the page: checks the sender, parses the input, runs the handler. Never
 * rejects: what is thrown unexpectedly becomes `internal` and is logged, so that no stack trace
 * reaches the page and no call stays unanswered.
 */
export async function answerCall(
  handlers: Handlers,
  sender: Sender,
  name: unknown,
  input: unknown,
  log: (line: string) => void,
): Promise<Result<unknown>> {
  if (!isTrusted(sender)) {
    log(`refused a call from ${sender.url ?? "a frame that is gone"}`);
    return failed("ipc.sender", "Calls are answered for the app's own page only.");
  }
  if (typeof name !== "string" || !Object.hasOwn(COMMANDS, name))
    return failed("ipc.input", `There is no command ${JSON.stringify(name)}.`);
  const command = name as CommandName;
  const parsed = COMMANDS[command].input.safeParse(input);
  if (!parsed.success) {
    const problems = problemsOf(parsed.error);
    const first = problems[0];
    return failed(
      "ipc.input",
      `${command}: ${first === undefined ? "input is not valid" : `${first.path || "input"}: ${first.message}`}`,
      problems,
    );
  }
  try {
    const handler = handlers[command] as (input: unknown) => Result<unknown> | Promise<Result<unknown>>;
    return await handler(parsed.data);
  } catch (error) {
    if (error instanceof FailureError) return { ok: false, failure: error.failure };
    log(`${command} failed: ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}`);
    return failed("internal", t("{command} failed in the app itself: {why}", { command, why: messageOf(error) }));
  }
}
