/**
 * Adding a server: where it is, at which step one is, and the connection to a server that is not in
 * the list yet.
 */
import { t } from "../../main/language/translate.ts";
import type { Failure } from "../../main/contract/failures.ts";
import type { FoundAgent, ServerFacts } from "../../main/contract/install.ts";
import type { NewServer, SshTarget } from "../../main/contract/servers.ts";
import { call, failureOf } from "../lib/bridge.ts";
import { AgentSetup, socketProblem, USUAL_PROGRAM, USUAL_SOCKET } from "./agent-setup.svelte.ts";
import type { FirstSiteProblems } from "./first-config.ts";
import { Installation } from "./installation.svelte.ts";
import type { Role } from "./roles.ts";
import { ServerVisit, type VisitState } from "./server-visit.svelte.ts";
import { draftOf, NO_ADDRESS, targetOf, type SshDraft, type SshProblems } from "../connections/ssh-address.ts";

/** As long as the contract lets it be. */
const MAX_NAME_LENGTH = 100;

export type AddStep = "where" | "login" | "agent" | "install" | "name";

export class AddServer {
  kind: "ssh" | "local" = $state("ssh");
  ssh: SshDraft = $state({ ...NO_ADDRESS });
  localSocket = $state(USUAL_SOCKET);
  step: AddStep = $state("where");
  readonly setup: AgentSetup;
  readonly installation: Installation;
  name = $state("");
  fleet = $state("");
  busy = $state(false);
  failure: Failure | undefined = $state.raw();

  readonly #visit = new ServerVisit();
  #tried: Partial<Record<AddStep, boolean>> = $state({});
  #reached = $state(0);
  /** Socket of the server in the list, if it is one. */
  readonly #knownSocket: string | undefined;

  /**
   * @param appVersion also that of the agent that is installed
   * @param known a server in the list whose agent is looked after: it is connected to at once
   * @param wanted the way that the person has chosen, where it is possible
   */
  constructor(appVersion: string, known?: { ssh: SshTarget; socketPath: string }, wanted?: Role) {
    this.#knownSocket = known?.socketPath;
    this.setup = new AgentSetup(appVersion, known?.socketPath, wanted);
    this.installation = new Installation(this.setup);
    if (known === undefined) return;
    this.ssh = draftOf(known.ssh);
    this.step = "login";
    this.#begin();
  }

  get steps(): readonly AddStep[] {
    if (this.kind === "local") return ["where", "name"];
    return this.setup.installs || this.visit?.state !== "open"
      ? ["where", "login", "agent", "install", "name"]
      : ["where", "login", "agent", "name"];
  }

  get index(): number {
    return this.steps.indexOf(this.step);
  }

  get nextStep(): AddStep | undefined {
    return this.steps[this.index + 1];
  }

  get visit(): VisitState | undefined {
    return this.#visit.current;
  }

  get facts(): ServerFacts | undefined {
    return this.visit?.state === "open" ? this.visit.facts : undefined;
  }

  get target(): SshTarget | undefined {
    return this.#visit.target;
  }

  /** Leaving now would lose a login, or stop an installation. */
  get wouldLose(): boolean {
    return !this.isGone && (this.visit?.state === "open" || this.isInstalling);
  }

  get isInstalling(): boolean {
    return this.installation.progress.state === "running";
  }

  get isInstalled(): boolean {
    return this.installation.progress.state === "done";
  }

  /** The agent has been uninstalled. */
  get isGone(): boolean {
    return this.setup.uninstalls && this.isInstalled;
  }

  /** Where the agent that was chosen, or has been installed, is. */
  get chosen(): Pick<FoundAgent, "socketPath" | "program"> | undefined {
    const { progress } = this.installation;
    if (!this.setup.installs || this.setup.uninstalls) return this.setup.existing;
    return progress.state === "done" ? progress.agent : undefined;
  }

  get sshProblems(): SshProblems {
    return this.#tried.where === true ? (targetOf(this.ssh).problems ?? {}) : {};
  }

  get socketProblem(): string | undefined {
    return this.#tried.where === true && !this.localSocket.startsWith("/") ? socketProblem() : undefined;
  }

  get otherProblems(): { socket?: string; program?: string } {
    return this.#tried.agent === true ? this.setup.otherProblems : {};
  }

  get siteProblems(): FirstSiteProblems {
    if (this.#tried.install === true) return this.setup.siteProblems;
    const { takenPortProblem } = this.setup;
    return takenPortProblem === undefined ? {} : { port: takenPortProblem };
  }

  get folderProblem(): string | undefined {
    return this.#tried.install === true ? this.setup.folderProblem : undefined;
  }

  get nameProblem(): string | undefined {
    return this.#tried.name === true && this.name.trim() === "" ? t("Enter a name you will recognize.") : undefined;
  }

  reachable(step: AddStep): boolean {
    const at = this.steps.indexOf(step);
    return at >= 0 && at <= this.#reached && !this.isInstalling && !this.isGone;
  }

  go(step: AddStep): void {
    if (this.reachable(step)) this.#arrive(step);
  }

  back(): void {
    this.#arrive(this.steps[this.index - 1] ?? this.step);
  }

  /** Goes on if this step is in order. The last one is `add`. */
  next(): void {
    this.#tried[this.step] = true;
    const { nextStep } = this;
    if (nextStep === undefined || !this.#isInOrder()) return;
    if (this.step === "where") this.#begin();
    if (this.step === "install" && !this.isInstalled) {
      void this.#install();
      return;
    }
    this.#arrive(nextStep);
  }

  /** Another address, or once more to the same one. */
  connectAgain(): void {
    void this.endVisit();
    this.#begin();
  }

  async endVisit(): Promise<void> {
    this.setup.facts = undefined;
    this.installation.reset();
    await this.#visit.end();
  }

  /** What an installation would do, for the choice as it is now. */
  look(): Promise<void> {
    return this.installation.look(this.#visit.id);
  }

  /** Takes the server into the list; resolves to its id, or to nothing with `failure` set. */
  async add(): Promise<string | undefined> {
    this.#tried.name = true;
    const added = this.#newServer();
    if (this.busy || this.name.trim() === "" || added === undefined) return undefined;
    this.busy = true;
    this.failure = undefined;
    try {
      const { serverId } = await call("server.add", added);
      await this.endVisit();
      return serverId;
    } catch (error) {
      this.failure = failureOf(error);
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  #arrive(step: AddStep): void {
    this.failure = undefined;
    this.step = step;
    this.#reached = Math.max(this.#reached, this.index);
    if (step === "name" && this.name === "")
      this.name = this.kind === "ssh" ? (this.target?.host ?? "").slice(0, MAX_NAME_LENGTH) : "";
  }

  #isInOrder(): boolean {
    switch (this.step) {
      case "where":
        return this.kind === "local" ? this.localSocket.startsWith("/") : targetOf(this.ssh).target !== undefined;
      case "login":
        return this.visit?.state === "open";
      case "agent":
        return this.setup.isAgentChosen;
      case "install":
        return (this.isInstalled && !this.setup.uninstalls) || this.setup.isComplete;
      case "name":
        return false;
    }
  }

  /** Connects, unless the connection to this address is open already. */
  #begin(): void {
    const { target } = targetOf(this.ssh);
    if (this.kind === "local" || target === undefined || this.#visit.isOpenTo(target)) return;
    void this.endVisit();
    this.#reached = 1;
    this.#visit.begin(target, this.#knownSocket, (facts) => {
      this.setup.begin(facts);
      if (this.step === "login") this.#arrive("agent");
    });
  }

  async #install(): Promise<void> {
    const { id } = this.#visit;
    if (id !== undefined && (await this.installation.run(id))) this.#arrive("name");
  }

  #newServer(): NewServer | undefined {
    const described = { name: this.name.trim(), ...(this.fleet.trim() === "" ? {} : { fleet: this.fleet.trim() }) };
    if (this.kind === "local") return { ...described, kind: "local", socketPath: this.localSocket };
    const { chosen, target } = this;
    if (chosen === undefined || target === undefined) return undefined;
    return {
      ...described,
      kind: "ssh",
      ssh: target,
      socketPath: chosen.socketPath,
      program: chosen.program ?? USUAL_PROGRAM,
    };
  }
}
