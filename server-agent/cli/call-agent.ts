/** Calls of the command line to a running agent, over its admin socket. */
import { request } from "node:http";
import { userInfo } from "node:os";
import type { AdminError } from "../contract/errors.ts";
import type { Reply, RouteName } from "../contract/routes.ts";
import { type CallArguments, decodeReply, encodeCall } from "../core/client/admin-call.ts";
import { visibleLines } from "../core/visible-text.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";

export const DEFAULT_SOCKET = "/run/backsoon/agent.sock";

/** Options that every calling verb has. */
export const SOCKET_OPTIONS = { socket: { type: "string" }, json: { type: "boolean" } } as const;

export function socketPath(option: string | undefined): string {
  return option ?? process.env.BACKSOON_SOCKET ?? DEFAULT_SOCKET;
}

export type CallOutcome<T> =
  { ok: true; value: T } | { ok: false; exitCode: ExitCode; message: string; error?: AdminError };

/** One call. What the agent refuses is a value with its message; nothing is thrown for it. */
export async function callAgent<N extends RouteName>(
  socket: string,
  name: N,
  call: CallArguments<N>,
): Promise<CallOutcome<Reply<N>>> {
  const encoded = encodeCall(name, call);
  let answer: { status: number; text: string };
  try {
    answer = await exchange(socket, encoded);
  } catch (failure) {
    return { ok: false, exitCode: EXIT.unreachable, message: unreachable(socket, failure as NodeJS.ErrnoException) };
  }
  const decoded = decodeReply(name, answer.status, answer.text);
  return decoded.ok
    ? decoded
    : { ok: false, exitCode: EXIT.failed, message: describe(decoded.error), error: decoded.error };
}

/**
 * Prints the outcome: for programs the reply as JSON, for people what `show` makes of it; refusals
 * on standard error. Returns the exit code.
 */
export function report<T>(outcome: CallOutcome<T>, json: boolean | undefined, show: (value: T) => string): ExitCode {
  if (!outcome.ok) {
    if (json === true && outcome.error !== undefined) process.stdout.write(`${JSON.stringify(outcome.error)}\n`);
    process.stderr.write(`backsoon-agent: ${visibleLines(outcome.message)}\n`);
    return outcome.exitCode;
  }
  process.stdout.write(json === true ? `${JSON.stringify(outcome.value)}\n` : visibleLines(show(outcome.value)));
  return EXIT.ok;
}

/** Who is at the prompt, also behind sudo. */
export function operator(): string {
  return process.env.SUDO_USER ?? userInfo().username;
}

function exchange(
  socketPath: string,
  { method, path, headers, body }: ReturnType<typeof encodeCall>,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
      );
      response.on("error", reject);
    });
    call.on("error", reject);
    call.end(body);
  });
}

function unreachable(socket: string, failure: NodeJS.ErrnoException): string {
  switch (failure.code) {
    case "ENOENT":
      return `there is no admin socket ${socket}; is the agent running? Use --socket PATH for another one`;
    case "ECONNREFUSED":
      return `no agent answers on ${socket}; it has stopped, or is still starting`;
    case "EACCES":
      return `${socket} belongs to another user; run this as the user that runs the agent, or with sudo`;
    default:
      return `the agent on ${socket} did not answer: ${failure.message}`;
  }
}

function describe({ code, message, details }: AdminError): string {
  // A message about one problem has its words already.
  const problems = (details.problems ?? [])
    .filter((problem) => !message.includes(problem.message))
    .map((problem) => `\n  ${problem.path === "" ? "/" : problem.path}: ${problem.message}`);
  return `${inVerbs(message)} (${code})${problems.join("")}`;
}

/** Which verb lists what a call of the admin API lists. */
const LISTING: Readonly<Record<string, string>> = {
  maintenance: "status",
  windows: "windows",
  stages: "stages",
  channels: "channels",
  reminders: "reminders",
  config: "status",
};

/** The agent speaks of its calls; at a prompt there are verbs. */
function inVerbs(message: string): string {
  return message.replaceAll(/GET \/v1\/([a-z]+) lists/g, (call, noun: string) =>
    Object.hasOwn(LISTING, noun) ? `\`${LISTING[noun] ?? ""}\` lists` : call,
  );
}
