/** Connections to servers that are being added: looked at, installed on, uninstalled from. */
import { t } from "../language/translate.ts";
import { FailureError, done, failed } from "../failures.ts";
import type { InstallChoice, InstallPlan, ServerFacts, UninstallChoice } from "../contract/install.ts";
import type { Result } from "../contract/failures.ts";
import type { SshTarget } from "../contract/servers.ts";
import type { Prompts } from "../ssh/prompts.ts";
import type { StateStore } from "../state/state-store.ts";
import type { AgentPrograms } from "./agent-program.ts";
import { type InstallParts, type Installed, install, planOf, uninstall, uninstallPlanOf } from "./install.ts";
import { needsSudo } from "./install-plan.ts";
import type { Where } from "./places.ts";
import type { Remotes } from "../ssh/remotes.ts";
import { lookAround } from "./server-facts.ts";
import type { SshSession } from "../ssh/ssh-session.ts";
import { askSudoPassword } from "./sudo-password.ts";

interface Visit {
  given: AbortController;
  target: SshTarget;
  found: { session: SshSession; facts: ServerFacts } | undefined;
}

/**
 * Connections to look around on a server, and to install, upgrade or remove the agent there; the
 * server need not be in the list.
 */
export class Visits {
  readonly #remotes: Remotes;
  readonly #prompts: Prompts;
  readonly #store: StateStore;
  readonly #programs: AgentPrograms;
  readonly #visits = new Map<string, Visit>();

  constructor(remotes: Remotes, prompts: Prompts, store: StateStore, programs: AgentPrograms) {
    this.#remotes = remotes;
    this.#prompts = prompts;
    this.#store = store;
    this.#programs = programs;
  }

  /** @param socketPath of an agent that is known, beside the usual places */
  async begin(id: string, target: SshTarget, socketPath?: string): Promise<Result<ServerFacts>> {
    this.end(id);
    const visit: Visit = { given: new AbortController(), target, found: undefined };
    this.#visits.set(id, visit);
    return caught(async () => {
      const session = await this.#remotes.logIn(target, { id: null, name: target.host }, visit.given.signal);
      visit.given.signal.addEventListener("abort", () => session.end(), { once: true });
      if (visit.given.signal.aborted) session.end();
      const facts = await lookAround(session, session.address, socketPath);
      visit.found = { session, facts };
      return facts;
    });
  }

  end(id: string): Result<null> {
    this.#visits.get(id)?.given.abort();
    this.#visits.delete(id);
    if (this.#store.state.install?.visitId === id) this.#store.set("install", null);
    return done(null);
  }

  async plan(id: string, choice: InstallChoice): Promise<Result<InstallPlan>> {
    const found = this.#visits.get(id)?.found;
    if (found === undefined) return gone();
    const program = await caught(() => this.#programs.for(found.facts));
    return program.ok ? planOf(found.facts, choice, program.value) : program;
  }

  install(id: string, choice: InstallChoice): Promise<Result<Installed>> {
    return this.#change(id, choice, async (parts) => install(parts, choice, await this.#programs.for(parts.facts)));
  }

  uninstallPlan(id: string, choice: UninstallChoice): Result<InstallPlan> {
    const found = this.#visits.get(id)?.found;
    return found === undefined ? gone() : uninstallPlanOf(found.facts, choice);
  }

  uninstall(id: string, choice: UninstallChoice): Promise<Result<null>> {
    return this.#change(id, choice, async (parts) => {
      await uninstall(parts, choice);
      return null;
    });
  }

  close(): void {
    for (const id of [...this.#visits.keys()]) this.end(id);
  }

  /** Changes something on the server; asks for what it needs first. */
  async #change<T>(id: string, choice: Where, work: (parts: InstallParts) => Promise<T>): Promise<Result<T>> {
    const visit = this.#visits.get(id);
    const found = visit?.found;
    if (visit === undefined || found === undefined) return gone();
    return caught(async () => {
      const wantsPassword = needsSudo(found.facts, choice) && found.facts.sudo === "password";
      return work({
        ...found,
        sudoPassword: wantsPassword ? await this.#askSudo(visit, found.session) : undefined,
        report: (state) => this.#store.set("install", { visitId: id, ...state }),
      });
    });
  }

  #askSudo({ given, target }: Visit, session: SshSession): Promise<string> {
    return askSudoPassword(session, this.#prompts.prompter({ id: null, name: target.host }), given.signal);
  }
}

async function caught<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return done(await work());
  } catch (error) {
    if (error instanceof FailureError) return { ok: false, failure: error.failure };
    throw error;
  }
}

function gone() {
  return failed("not-found", t("The connection to the server has ended. Connect again."));
}
