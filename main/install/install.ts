/** Installs, upgrades and uninstalls an agent over SSH, step by step as planned. */
import { t } from "../language/translate.ts";
import { pipeline } from "node:stream/promises";
import { FailureError, done, messageOf } from "../failures.ts";
import type { FailureCode, Result } from "../contract/failures.ts";
import type { InstallChoice, InstallPlan, InstallState, ServerFacts, UninstallChoice } from "../contract/install.ts";
import { AGENT_VERSION } from "../../server-agent/contract/agent.ts";
import type { AgentProgram } from "./agent-program.ts";
import { type InstallAction, type Installation, planInstall } from "./install-plan.ts";
import { lastWordsOf, runScript } from "./remote-shell.ts";
import { agentBehind } from "./server-facts.ts";
import { planUninstall } from "./uninstall-plan.ts";
import type { SshSession } from "../ssh/ssh-session.ts";

/** What would be done; nothing is done. */
export function planOf(facts: ServerFacts, choice: InstallChoice, program: AgentProgram): Result<InstallPlan> {
  const planned = planInstall(facts, choice, AGENT_VERSION, measured(program));
  return planned.ok ? done(shownOf(planned.value, facts)) : planned;
}

/** The same for the way back. */
export function uninstallPlanOf(facts: ServerFacts, choice: UninstallChoice): Result<InstallPlan> {
  const planned = planUninstall(facts, choice);
  return planned.ok ? done(shownOf(planned.value, facts)) : planned;
}

function shownOf({ actions, socketPath, program, asRoot }: Installation, facts: ServerFacts): InstallPlan {
  return {
    socketPath,
    program,
    asRoot,
    steps: actions.map((action) => ({ title: action.title, detail: detailOf(action, facts) })),
  };
}

/** Longer than an agent may take to end, and a service to be started (ms). */
const SCRIPT_TIMEOUT_MS = 150_000;
/** One write of SFTP. */
const PIECE_BYTES = 64 * 1024;

function measured({ kind, hash, content }: AgentProgram) {
  return { kind, hash, bytes: content.length };
}

function detailOf(action: InstallAction, { address }: ServerFacts): string {
  switch (action.kind) {
    case "upload":
      return t("sftp: the agent → {place}", { place: `${address}:${action.to}` });
    case "answers":
      return "GET /v1/agent";
    case "script":
      return action.script;
    case "switch":
      return `${action.script}\n\n# ${t("Only if it does not answer:")}\n${action.undo}`;
  }
}

export interface InstallParts {
  session: SshSession;
  facts: ServerFacts;
  sudoPassword: string | undefined;
  report: (state: Omit<InstallState, "visitId">) => void;
  /** How long a started agent may take to answer (ms). */
  answerMs?: number;
}

export interface Installed {
  socketPath: string;
  program: string;
  version: string;
}

/** Installs or upgrades. Rejects with `FailureError`; an agent that ran before runs again then. */
export async function install(parts: InstallParts, choice: InstallChoice, program: AgentProgram): Promise<Installed> {
  const planned = planInstall(parts.facts, choice, AGENT_VERSION, measured(program));
  if (!planned.ok) throw new FailureError(planned.failure);
  const { socketPath, program: at } = planned.value;
  // The previous agent may have the same version: another process has to answer.
  const previous = await agentBehind(parts.session, socketPath, at);
  await carryOut(parts, planned.value, { content: program.content, previous: previous?.pid });
  return { socketPath, program: at, version: AGENT_VERSION };
}

/** Takes the agent away. Rejects with `FailureError`; what was cut off can be begun again. */
export async function uninstall(parts: InstallParts, choice: UninstallChoice): Promise<void> {
  const planned = planUninstall(parts.facts, choice);
  if (!planned.ok) throw new FailureError(planned.failure);
  await carryOut(parts, planned.value, { code: "uninstall.failed" });
}

async function carryOut(
  { session, sudoPassword, report, answerMs = 20_000 }: InstallParts,
  installation: Installation,
  {
    content = Buffer.alloc(0),
    previous,
    code = "install.failed",
  }: { content?: Buffer; previous?: number | undefined; code?: FailureCode },
): Promise<void> {
  let undo: Extract<InstallAction, { kind: "switch" }> | undefined;
  let upload: InstallState["upload"] = null;
  let at = 0;
  const tell = (failed = false) =>
    report({
      upload,
      steps: installation.actions.map(({ title }, index) => ({
        title,
        state: index < at ? "done" : index > at ? "waiting" : failed ? "failed" : "running",
      })),
    });
  const run = async (title: string, script: string, asRoot: boolean): Promise<void> => {
    const ran = await runScript(session, script, {
      asRoot: asRoot ? { password: sudoPassword } : undefined,
      timeoutMs: SCRIPT_TIMEOUT_MS,
    });
    if (ran.code !== 0)
      throw new FailureError({
        code,
        message: t("“{step}” ended with code {code}. It said: {words}", {
          step: title,
          code: String(ran.code ?? "?"),
          words: lastWordsOf(ran.stderr || ran.stdout) || t("nothing"),
        }),
      });
  };
  const lastWords = async (): Promise<string> =>
    lastWordsOf(
      (
        await runScript(session, installation.log, {
          asRoot: installation.asRoot ? { password: sudoPassword } : undefined,
        })
      ).stdout,
    );
  try {
    for (const action of installation.actions) {
      tell();
      switch (action.kind) {
        case "upload":
          await uploadTo(session, action.to, content, (sent) => {
            upload = { sent, total: content.length };
            tell();
          });
          break;
        case "answers":
          await untilAnswers(session, installation, previous, answerMs, lastWords);
          break;
        case "switch":
          undo = action;
          await run(action.title, action.script, action.asRoot);
          break;
        case "script":
          await run(action.title, action.script, action.asRoot);
          break;
      }
      at += 1;
    }
    tell();
  } catch (error) {
    tell(true);
    if (undo !== undefined)
      await run(t("Put the previous agent back"), undo.undo, undo.asRoot).catch((second: unknown) => {
        throw new FailureError({ code, message: `${messageOf(error)} ${messageOf(second)}` });
      });
    throw error;
  }
}

/** One file, whole or not at all; the caller checks its hash before it is used. */
async function uploadTo(
  session: SshSession,
  to: string,
  content: Buffer,
  progress: (sent: number) => void,
): Promise<void> {
  const sftp = await session.sftp();
  try {
    await pipeline(pieces(content, progress), sftp.createWriteStream(to, { mode: 0o600 }), { signal: session.ended });
  } catch (error) {
    const why = session.ended.aborted ? "the connection ended" : messageOf(error);
    throw new FailureError({
      code: "install.failed",
      message: t("The agent could not be uploaded to {place}: {why}", { place: to, why }),
    });
  } finally {
    sftp.end();
  }
}

/** Each is taken when the one before is on its way. */
function* pieces(content: Buffer, progress: (sent: number) => void): Generator<Buffer> {
  for (let sent = 0; sent < content.length; sent += PIECE_BYTES) {
    progress(sent);
    yield content.subarray(sent, sent + PIECE_BYTES);
  }
  progress(content.length);
}

async function untilAnswers(
  session: SshSession,
  { socketPath, program }: Installation,
  previous: number | undefined,
  answerMs: number,
  lastWords: () => Promise<string>,
): Promise<void> {
  const deadline = Date.now() + answerMs;
  for (;;) {
    const agent = await agentBehind(session, socketPath, program);
    if (agent?.version === AGENT_VERSION && agent.pid !== previous) return;
    if (Date.now() > deadline)
      throw new FailureError({
        code: "install.failed",
        message:
          agent === undefined || agent.pid === previous
            ? t("The agent was started, and does not answer at {socket}. It said: {words}", {
                socket: socketPath,
                words: (await lastWords()) || t("nothing"),
              })
            : t("At {socket} an agent of version {version} answers instead of {wanted}.", {
                socket: socketPath,
                version: agent.version,
                wanted: AGENT_VERSION,
              }),
      });
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
