/**
 * Adding a server: what was chosen, where one is, and the connection to a server that is not in the
 * list yet.
 */
import type { Config } from "../../main/contract/agent.ts";
import type { Failure } from "../../main/contract/failures.ts";
import type {
  FoundAgent,
  InstallChoice,
  InstallPlan,
  ServerFacts,
  UninstallChoice,
} from "../../main/contract/install.ts";
import type { NewServer, SshTarget } from "../../main/contract/servers.ts";
import { call, failureOf } from "../lib/bridge.ts";
import { firstConfig, newFirstSite, problemsOfSite, type FirstSite, type FirstSiteProblems } from "./first-config.ts";
import { bestWay, isOlder, obstacleOf, opensEveryPort, type Service } from "../servers/install-ways.ts";
import { draftOf, NO_ADDRESS, targetOf, type SshDraft, type SshProblems } from "./ssh-address.ts";

export type AddStep = "where" | "login" | "agent" | "install" | "name";

/**
 * Which agent is meant: one that was found, by its index, one at a path of its own, or one that is
 * put there first; or that the one of this app is taken away.
 */
export type AgentChoice = `found ${number}` | "other" | "install" | "upgrade" | "uninstall";

export type Visit =
  | { state: "connecting"; since: number }
  | { state: "failed"; failure: Failure }
  | { state: "open"; facts: ServerFacts };

type Installation =
  { state: "none" | "running" } | { state: "done"; agent: FoundAgent } | { state: "failed"; failure: Failure };

const USUAL_SOCKET = "/run/backsoon/agent.sock";
/** Found in the path where no other one is known. */
const USUAL_PROGRAM = "backsoon-agent";

export class AddServer {
  kind: "ssh" | "local" = $state("ssh");
  ssh: SshDraft = $state({ ...NO_ADDRESS });
  localSocket = $state(USUAL_SOCKET);

  step: AddStep = $state("where");
  visit: Visit | undefined = $state.raw();
  agent: AgentChoice = $state("install");
  otherSocket = $state(USUAL_SOCKET);
  otherProgram = $state(USUAL_PROGRAM);

  /** For `process`. */
  folder = $state("");
  /** For `uninstall`: with its configuration and history. */
  forget = $state(false);
  site: FirstSite = $state(newFirstSite());
  /** Edited by hand; stands for the answers then. */
  ownConfig: Config | undefined = $state.raw();
  plan: InstallPlan | undefined = $state.raw();
  planFailure: Failure | undefined = $state.raw();
  installation: Installation = $state.raw({ state: "none" });

  name = $state("");
  fleet = $state("");
  busy = $state(false);
  failure: Failure | undefined = $state.raw();

  #visitId: string | undefined = $state();
  #target: SshTarget | undefined = $state.raw();
  #tried: Partial<Record<AddStep, boolean>> = $state({});
  #reached = $state(0);
  #service: Service = $state("system");
  #portTouched = $state(false);
  #planned = 0;
  readonly #appVersion: string;

  /** Socket of the server in the list, if it is one. */
  readonly #knownSocket: string | undefined;

  /**
   * @param appVersion also that of the agent that is installed
   * @param known a server in the list whose agent is looked after: it is connected to at once
   */
  constructor(appVersion: string, known?: { ssh: SshTarget; socketPath: string }) {
    this.#appVersion = appVersion;
    this.#knownSocket = known?.socketPath;
    if (known === undefined) return;
    this.ssh = draftOf(known.ssh);
    this.step = "login";
    this.#begin();
  }

  get steps(): readonly AddStep[] {
    if (this.kind === "local") return ["where", "name"];
    return this.installs || this.visit?.state !== "open"
      ? ["where", "login", "agent", "install", "name"]
      : ["where", "login", "agent", "name"];
  }

  get index(): number {
    return this.steps.indexOf(this.step);
  }

  get nextStep(): AddStep | undefined {
    return this.steps[this.index + 1];
  }

  /** Something is done on the server first. */
  get installs(): boolean {
    return this.agent === "install" || this.agent === "upgrade" || this.agent === "uninstall";
  }

  get facts(): ServerFacts | undefined {
    return this.visit?.state === "open" ? this.visit.facts : undefined;
  }

  get target(): SshTarget | undefined {
    return this.#target;
  }

  get visitId(): string | undefined {
    return this.#visitId;
  }

  get appVersion(): string {
    return this.#appVersion;
  }

  /** Leaving now would lose a login, or stop an installation. */
  get wouldLose(): boolean {
    return !this.isGone && (this.visit?.state === "open" || this.installation.state === "running");
  }

  /** The agent has been uninstalled. */
  get isGone(): boolean {
    return this.agent === "uninstall" && this.installation.state === "done";
  }

  /** The agent that was chosen, if it is one that was found. */
  get found(): FoundAgent | undefined {
    return this.agent.startsWith("found ") ? this.facts?.agents[Number(this.agent.slice("found ".length))] : undefined;
  }

  /** The agent of this app's making: that of the server in the list, else the first. */
  get own(): { agent: FoundAgent; where: Pick<InstallChoice, "service" | "folder"> } | undefined {
    const found = (this.facts?.installed ?? []).flatMap(({ socketPath, ...where }) => {
      const agent = this.facts?.agents.find((each) => each.socketPath === socketPath);
      return agent === undefined ? [] : [{ agent, where }];
    });
    return found.find(({ agent }) => agent.socketPath === this.#knownSocket) ?? found[0];
  }

  /** It is older than the app, and so could be upgraded. */
  get isUpgradable(): boolean {
    const version = this.own?.agent.version ?? null;
    return version !== null && isOlder(version, this.#appVersion);
  }

  /** Where the agent that was chosen, or has been installed, is. */
  get chosen(): Pick<FoundAgent, "socketPath" | "program"> | undefined {
    if (this.agent === "other") return { socketPath: this.otherSocket.trim(), program: this.otherProgram.trim() };
    if (this.agent === "uninstall") return this.own?.agent;
    return this.installs ? (this.installation.state === "done" ? this.installation.agent : undefined) : this.found;
  }

  get choice(): InstallChoice | undefined {
    const { facts } = this;
    if (facts === undefined) return undefined;
    // The one before keeps its configuration; this one would only be written if there were none.
    if (this.agent === "upgrade")
      return this.own === undefined
        ? undefined
        : { ...this.own.where, config: firstConfig({ ...newFirstSite(), port: "8080" }) };
    const config =
      this.ownConfig ?? (Object.keys(problemsOfSite(this.site)).length === 0 ? firstConfig(this.site) : undefined);
    if (config === undefined) return undefined;
    return { service: this.service, ...(this.service === "process" ? { folder: this.folder.trim() } : {}), config };
  }

  get removal(): UninstallChoice | undefined {
    return this.agent === "uninstall" && this.own !== undefined
      ? { ...this.own.where, forget: this.forget }
      : undefined;
  }

  sshProblems(): SshProblems {
    return this.#tried.where === true ? (targetOf(this.ssh).problems ?? {}) : {};
  }

  socketProblem(): string | undefined {
    return this.#tried.where === true && !this.localSocket.startsWith("/") ? SOCKET_PROBLEM : undefined;
  }

  otherProblems(): { socket?: string; program?: string } {
    return this.#tried.agent === true && this.agent === "other" ? this.#otherProblems() : {};
  }

  siteProblems(): FirstSiteProblems {
    return this.#tried.install === true && this.ownConfig === undefined ? problemsOfSite(this.site) : {};
  }

  folderProblem(): string | undefined {
    return this.#tried.install === true ? this.#folderProblem() : undefined;
  }

  nameProblem(): string | undefined {
    return this.#tried.name === true && this.name.trim() === "" ? "Give the server a name you recognise." : undefined;
  }

  reachable(step: AddStep): boolean {
    const at = this.steps.indexOf(step);
    return at >= 0 && at <= this.#reached && this.installation.state !== "running" && !this.isGone;
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
    if (this.step === "install" && this.installation.state !== "done") {
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
    const visitId = this.#visitId;
    this.#visitId = undefined;
    this.visit = undefined;
    this.installation = { state: "none" };
    if (visitId !== undefined) await call("visit.end", { visitId });
  }

  get service(): Service {
    return this.#service;
  }

  /** The port goes along, until the person has chosen one. */
  set service(service: Service) {
    this.#service = service;
    if (!this.#portTouched && this.facts !== undefined)
      this.site.port = opensEveryPort(this.facts, service) ? "80" : "8080";
  }

  choosePort(port: string): void {
    this.#portTouched = true;
    this.site.port = port;
  }

  /** What an installation would do, for the choice as it is now. */
  async look(): Promise<void> {
    const visitId = this.#visitId;
    this.#planned += 1;
    const asked = this.#planned;
    try {
      const plan = visitId === undefined ? undefined : await this.#plan(visitId);
      if (asked === this.#planned) [this.plan, this.planFailure] = [plan, undefined];
    } catch (error) {
      if (asked === this.#planned) [this.plan, this.planFailure] = [undefined, failureOf(error)];
    }
  }

  async #plan(visitId: string): Promise<InstallPlan | undefined> {
    const { choice, removal } = this;
    if (this.agent === "uninstall") return removal && call("uninstall.plan", { visitId, choice: removal });
    if (choice === undefined || this.#folderProblem() !== undefined) return undefined;
    return call("install.plan", { visitId, choice: $state.snapshot(choice) });
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
    if (step === "name" && this.name === "") this.name = this.kind === "ssh" ? (this.#target?.host ?? "") : "";
  }

  #isInOrder(): boolean {
    switch (this.step) {
      case "where":
        return this.kind === "local" ? this.localSocket.startsWith("/") : targetOf(this.ssh).target !== undefined;
      case "login":
        return this.visit?.state === "open";
      case "agent":
        if (this.agent === "other") return Object.keys(this.#otherProblems()).length === 0;
        return !this.installs || (this.facts !== undefined && obstacleOf(this.facts) === undefined);
      case "install":
        if (this.agent === "uninstall") return this.removal !== undefined;
        return this.installation.state === "done" || (this.choice !== undefined && this.#folderProblem() === undefined);
      case "name":
        return false;
    }
  }

  /** Connects, unless the connection to this address is open already. */
  #begin(): void {
    const { target } = targetOf(this.ssh);
    if (this.kind === "local" || target === undefined) return;
    if (this.visit?.state === "open" && JSON.stringify(target) === JSON.stringify(this.#target)) return;
    void this.endVisit();
    const visitId = crypto.randomUUID();
    this.#visitId = visitId;
    this.#target = target;
    this.#reached = 1;
    this.visit = { state: "connecting", since: Date.now() };
    call("visit.begin", { visitId, target, socketPath: this.#knownSocket }).then(
      (facts) => {
        if (this.#visitId === visitId) this.#arrived(facts);
      },
      (error: unknown) => {
        if (this.#visitId === visitId) this.visit = { state: "failed", failure: failureOf(error) };
      },
    );
  }

  #arrived(facts: ServerFacts): void {
    this.visit = { state: "open", facts };
    this.ownConfig = undefined;
    this.folder = `${facts.home}/backsoon`;
    this.#portTouched = false;
    this.service = bestWay(facts);
    const answering = facts.agents.findIndex(({ answers }) => answers);
    this.agent = this.isUpgradable ? "upgrade" : answering >= 0 ? `found ${answering}` : "install";
    if (this.step === "login") this.#arrive("agent");
  }

  async #install(): Promise<void> {
    if (this.#visitId === undefined || this.installation.state === "running") return;
    const visitId = this.#visitId;
    this.installation = { state: "running" };
    try {
      const agent = await this.#carryOut(visitId);
      if (this.#visitId !== visitId || agent === undefined) return;
      this.installation = { state: "done", agent };
      this.#arrive("name");
    } catch (error) {
      if (this.#visitId === visitId) this.installation = { state: "failed", failure: failureOf(error) };
    }
  }

  /** Resolves to the agent that was put there, or taken away. */
  async #carryOut(visitId: string): Promise<FoundAgent | undefined> {
    const { choice, removal, own } = this;
    if (removal !== undefined && own !== undefined) {
      await call("uninstall.run", { visitId, choice: removal });
      return { ...own.agent, answers: false };
    }
    if (choice === undefined) return undefined;
    return { ...(await call("install.run", { visitId, choice: $state.snapshot(choice) })), answers: true };
  }

  #newServer(): NewServer | undefined {
    const described = { name: this.name.trim(), ...(this.fleet.trim() === "" ? {} : { fleet: this.fleet.trim() }) };
    if (this.kind === "local") return { ...described, kind: "local", socketPath: this.localSocket };
    const { chosen } = this;
    if (chosen === undefined || this.#target === undefined) return undefined;
    return {
      ...described,
      kind: "ssh",
      ssh: this.#target,
      socketPath: chosen.socketPath,
      program: chosen.program ?? USUAL_PROGRAM,
    };
  }

  #folderProblem(): string | undefined {
    if (this.agent === "upgrade" || this.service !== "process" || /^\/[\w./+-]+$/.test(this.folder.trim()))
      return undefined;
    return "Give an absolute path with letters, digits and . / + - _ only, e.g. /opt/backsoon.";
  }

  #otherProblems(): { socket?: string; program?: string } {
    return {
      ...(this.otherSocket.trim().startsWith("/") ? {} : { socket: SOCKET_PROBLEM }),
      ...(/^[\w./~+-]+$/.test(this.otherProgram.trim())
        ? {}
        : { program: "Give the path of the agent's program, without spaces." }),
    };
  }
}

const SOCKET_PROBLEM = `Give the absolute path of the agent's admin socket, e.g. ${USUAL_SOCKET}.`;
