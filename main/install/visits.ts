import { FailureError, done, failed } from "../failures.ts";
import type { InstallChoice, InstallPlan, Result, ServerFacts, SshTarget } from "../ipc-contract.ts";
import type { Questions } from "../questions.ts";
import type { StateStore } from "../state-store.ts";
import type { AgentPrograms } from "./agent-program.ts";
import { install, planOf } from "./install.ts";
import type { Remotes } from "../ssh/remotes.ts";
import { lookAround } from "./server-facts.ts";
import type { SshSession } from "../ssh/ssh-session.ts";
import { askSudoPassword } from "./sudo-password.ts";

interface Visit {
  given: AbortController;
  target: SshTarget;
  found: { session: SshSession; facts: ServerFacts } | undefined;
}

/** Connections to servers that are not in the list yet: to look around, and to install the agent. */
export class Visits {
  readonly #remotes: Remotes;
  readonly #questions: Questions;
  readonly #store: StateStore;
  readonly #programs: AgentPrograms;
  readonly #visits = new Map<string, Visit>();

  constructor(remotes: Remotes, questions: Questions, store: StateStore, programs: AgentPrograms) {
    this.#remotes = remotes;
    this.#questions = questions;
    this.#store = store;
    this.#programs = programs;
  }

  async begin(id: string, target: SshTarget): Promise<Result<ServerFacts>> {
    this.end(id);
    const visit: Visit = { given: new AbortController(), target, found: undefined };
    this.#visits.set(id, visit);
    return caught(async () => {
      const session = await this.#remotes.logIn(target, { id: null, name: target.host }, visit.given.signal);
      visit.given.signal.addEventListener("abort", () => session.end(), { once: true });
      if (visit.given.signal.aborted) session.end();
      const facts = await lookAround(session, session.address);
      visit.found = { session, facts };
      return facts;
    });
  }

  end(id: string): Result<null> {
    this.#visits.get(id)?.given.abort();
    this.#visits.delete(id);
    if (this.#store.state.install?.visitId === id) this.#store.dispatch({ type: "install", install: null });
    return done(null);
  }

  async plan(id: string, choice: InstallChoice): Promise<Result<InstallPlan>> {
    const found = this.#visits.get(id)?.found;
    if (found === undefined) return gone();
    const program = await caught(() => this.#programs.for(found.facts));
    return program.ok ? planOf(found.facts, choice, program.value) : program;
  }

  async install(id: string, choice: InstallChoice): Promise<Result<{ socketPath: string; program: string; version: string }>> {
    const visit = this.#visits.get(id);
    const found = visit?.found;
    if (visit === undefined || found === undefined) return gone();
    return caught(async () => {
      const sudoPassword =
        choice.service === "system" && !found.facts.isRoot && found.facts.sudo === "password" ? await this.#askSudo(visit, found.session) : undefined;
      return install(
        {
          ...found,
          program: await this.#programs.for(found.facts),
          sudoPassword,
          report: (state) => this.#store.dispatch({ type: "install", install: { visitId: id, ...state } }),
        },
        choice,
      );
    });
  }

  close(): void {
    for (const id of [...this.#visits.keys()]) this.end(id);
  }

  #askSudo({ given, target }: Visit, session: SshSession): Promise<string> {
    return askSudoPassword(session, this.#questions.person({ id: null, name: target.host }), given.signal);
  }
}

const caught = async <T>(work: () => Promise<T>): Promise<Result<T>> => {
  try {
    return done(await work());
  } catch (error) {
    if (error instanceof FailureError) return { ok: false, failure: error.failure };
    throw error;
  }
};

const gone = () => failed("not-found", "The connection to the server has ended. Connect again.");
