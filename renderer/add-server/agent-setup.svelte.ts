/**
 * Which agent is meant on a server that was looked at, and what is done there for it: nothing, an
 * installation, an upgrade or an uninstallation.
 */
import type { Config } from "../../main/contract/agent.ts";
import type { FoundAgent, InstallChoice, ServerFacts, UninstallChoice } from "../../main/contract/install.ts";
import { bestWay, isOlder, obstacleOf, opensEveryPort, type Service } from "../servers/install-ways.ts";
import { firstConfig, newFirstSite, problemsOfSite, type FirstSite, type FirstSiteProblems } from "./first-config.ts";

/**
 * Which agent is meant: one that was found, by its index, one at a path of its own, or one that is
 * put there first; or that the one of this app is taken away.
 */
export type AgentChoice = `found ${number}` | "other" | "install" | "upgrade" | "uninstall";

export const USUAL_SOCKET = "/run/backsoon/agent.sock";
/** Found in the path where no other one is known. */
export const USUAL_PROGRAM = "backsoon-agent";
export const SOCKET_PROBLEM = `Enter the absolute path of the agent's admin socket, e.g. ${USUAL_SOCKET}.`;

export class AgentSetup {
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
  /** What was found on the server; `undefined` before it was looked at. */
  facts: ServerFacts | undefined = $state.raw();
  readonly appVersion: string;
  #service: Service = $state("system");
  #portTouched = $state(false);
  /** Socket of the server in the list, if it is one. */
  readonly #knownSocket: string | undefined;

  /** @param appVersion also that of the agent that is installed */
  constructor(appVersion: string, knownSocket: string | undefined) {
    this.appVersion = appVersion;
    this.#knownSocket = knownSocket;
  }

  /** The server was looked at: what is right for nearly everyone there. */
  begin(facts: ServerFacts): void {
    this.facts = facts;
    this.ownConfig = undefined;
    this.folder = `${facts.home}/backsoon`;
    this.#portTouched = false;
    this.service = bestWay(facts);
    const answering = facts.agents.findIndex(({ answers }) => answers);
    this.agent = this.isUpgradable ? "upgrade" : answering >= 0 ? `found ${answering}` : "install";
  }

  /** Something is done on the server first. */
  get installs(): boolean {
    return this.agent === "install" || this.agent === "upgrade" || this.agent === "uninstall";
  }

  get uninstalls(): boolean {
    return this.agent === "uninstall";
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
    return version !== null && isOlder(version, this.appVersion);
  }

  /** Where the agent that was chosen is; `undefined` for one that is still to be installed. */
  get existing(): Pick<FoundAgent, "socketPath" | "program"> | undefined {
    if (this.agent === "other") return { socketPath: this.otherSocket.trim(), program: this.otherProgram.trim() };
    return this.uninstalls ? this.own?.agent : this.found;
  }

  /** What is installed, and how it runs; `undefined` while something is missing. */
  get choice(): InstallChoice | undefined {
    if (this.facts === undefined) return undefined;
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
    return this.uninstalls && this.own !== undefined ? { ...this.own.where, forget: this.forget } : undefined;
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

  /** An agent is chosen that can be reached, or put there. */
  get isAgentChosen(): boolean {
    if (this.agent === "other") return Object.keys(this.otherProblems).length === 0;
    return !this.installs || (this.facts !== undefined && obstacleOf(this.facts) === undefined);
  }

  /** Everything is said that an installation, or its contrary, needs. */
  get isComplete(): boolean {
    if (this.uninstalls) return this.removal !== undefined;
    return this.choice !== undefined && this.folderProblem === undefined;
  }

  get siteProblems(): FirstSiteProblems {
    return this.ownConfig === undefined ? problemsOfSite(this.site) : {};
  }

  get folderProblem(): string | undefined {
    if (this.agent === "upgrade" || this.service !== "process" || /^\/[^\p{Cc}]+$/u.test(this.folder.trim()))
      return undefined;
    return "Enter an absolute path, e.g. /opt/backsoon.";
  }

  get otherProblems(): { socket?: string; program?: string } {
    if (this.agent !== "other") return {};
    return {
      ...(this.otherSocket.trim().startsWith("/") ? {} : { socket: SOCKET_PROBLEM }),
      ...(/^(?:~?\/[^\p{Cc}]+|[\w./~+-]+)$/u.test(this.otherProgram.trim())
        ? {}
        : { program: "Enter the path of the agent's program." }),
    };
  }
}
