/**
 * Carries out a plan for the hook of a web server: the files, the server's own check, one ordinary
 * reload, and a look at every listener. What fails puts all back, so that the server is as before.
 */
import type { FileChange, HookCell } from "../contract/web-servers.ts";
import { type Result, done, refuse } from "../result.ts";
import { versionOf } from "../core/proof/entry.ts";
import type { ListenerQuestion } from "../core/web-servers/listener-question.ts";
import type { Instance, WebServerAdapter } from "./adapter.ts";
import { askListener } from "./ask-listener.ts";
import { type WrittenFiles, outcomeOf, writeHookFiles } from "./hook-files.ts";

export interface HookWork {
  readonly adapter: WebServerAdapter;
  readonly instance: Instance;
  readonly files: readonly FileChange[];
  /** Those of the sites in question; as the configuration has them after the change. */
  readonly questions: readonly ListenerQuestion[];
  /** What is to be seen in the end. */
  readonly expect: "live" | "gone";
  readonly reload: "now" | "later";
  /** How long the listeners are asked until the reload has had its effect. */
  readonly settleMs?: number;
}

const SETTLE_TIMEOUT_MS = 15_000;
const ASK_TIMEOUT_MS = 3000;
const ASK_AGAIN_MS = 50;
/** In a row, on new connections, as workers may differ. */
const MIN_SEEN = 3;

/** @returns what the listeners answered; with `later`, none is asked. */
export async function carryOutHook(work: HookWork): Promise<Result<HookCell[]>> {
  const { adapter, instance, expect, reload } = work;
  const written = writeHookFiles(work.files);
  if (!written.ok) return written;
  const rejected = await adapter.check(instance);
  if (rejected !== undefined)
    return putBack(work, written.value, false, `The ${adapter.kind} configuration test failed: ${rejected}`);
  if (reload === "later") return done([]);
  const failed = await adapter.reload(instance);
  if (failed !== undefined)
    return putBack(work, written.value, true, `${adapter.kind} could not be reloaded: ${failed}`);
  const cells = await watchListeners(work);
  const wrong = cells.filter(({ state }) => isWrong(state, expect));
  if (wrong.length === 0) return done(cells);
  const seen = wrong.map(({ listener, host, message }) => `${listener} (${host}): ${message}`).join(" ");
  return putBack(work, written.value, true, `${adapter.kind} was reloaded without the effect it should have. ${seen}`);
}

/** What a listener says of the hook now. */
export async function askForHook(adapter: WebServerAdapter, question: ListenerQuestion): Promise<HookCell> {
  const { listener, connectTo, host, site, onDisk, skip } = question;
  const shown = `${listener.address.includes(":") ? `[${listener.address}]` : listener.address}:${String(listener.port)}`;
  const cell = (state: HookCell["state"], message: string): HookCell => ({ listener: shown, host, state, message });
  if (skip !== undefined) return cell("not-asked", `Not asked: ${skip}`);
  const answered = await askListener({
    address: connectTo,
    port: listener.port,
    tls: listener.tls,
    proxyProtocol: listener.proxyProtocol,
    host,
    path: adapter.probePath(site),
    version: versionOf(listener),
    timeoutMs: ASK_TIMEOUT_MS,
  });
  if (!answered.ok) return cell("unreachable", `It could not be asked: ${answered.message}.`);
  const { status } = answered.answer;
  const isHook = adapter.isProbeAnswer?.(answered.answer) ?? status === 204;
  if (isHook) return cell("live", "It asks the agent while the site is closed.");
  if (onDisk)
    return cell(
      "on-disk-only",
      `It answered ${String(status)}: the file has the hook, the running server does not. Reload it.`,
    );
  return cell("gone", `It answered ${String(status)}: it does not ask the agent.`);
}

function isWrong(state: HookCell["state"], expect: HookWork["expect"]): boolean {
  return expect === "live" ? state !== "live" && state !== "not-asked" : state === "live";
}

async function watchListeners({
  adapter,
  questions,
  expect,
  settleMs = SETTLE_TIMEOUT_MS,
}: HookWork): Promise<HookCell[]> {
  const deadline = performance.now() + settleMs;
  return Promise.all(
    questions.map(async (question) => {
      for (let seen = 0; ;) {
        const cell = await askForHook(adapter, question);
        seen = isWrong(cell.state, expect) ? 0 : seen + 1;
        if (seen >= MIN_SEEN || cell.state === "not-asked" || performance.now() >= deadline) return cell;
        if (seen === 0) await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      }
    }),
  );
}

async function putBack(
  { adapter, instance }: HookWork,
  written: WrittenFiles,
  reloaded: boolean,
  why: string,
): Promise<Result<HookCell[]>> {
  const left = written.putBack();
  const rejected = reloaded ? await adapter.check(instance) : undefined;
  const failed = reloaded && rejected === undefined ? await adapter.reload(instance) : rejected;
  const end = failed === undefined ? outcomeOf(left) : `${outcomeOf(left)} The reload after that failed: ${failed}`;
  return refuse("hook.failed", `${why} ${end}`);
}
