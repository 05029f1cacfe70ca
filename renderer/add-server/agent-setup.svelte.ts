/**
 * Which agent is meant on a server that was looked at, and what is done there for it: nothing, an
 * installation, an upgrade or an uninstallation.
 */
import { t } from "../../main/language/translate.ts";
import type { Config } from "../../main/contract/agent.ts";
import type { FoundAgent, InstallChoice, ServerFacts, UninstallChoice } from "../../main/contract/install.ts";
import { bestWay, isOlder, obstacleOf, type Service } from "../servers/install-ways.ts";
import {
  besideConfig,
  firstConfig,
  newFirstSite,
  problemsOfSite,
  type FirstSite,
  type FirstSiteProblems,
} from "./first-config.ts";
import { freePort, type Role, roleFor } from "./roles.ts";

/**
 * Which agent is meant: one that was found, by its index, one at a path of its own, or one that is
 * put there first; or that the one of this app is taken away.
 */
export type AgentChoice = `found ${number}` | "other" | "install" | "upgrade" | "uninstall";

export const USUAL_SOCKET = "/run/backsoon/agent.sock";
/** Found in the path where no other one is known. */
export const USUAL_PROGRAM = "backsoon-agent";
export function socketProblem(): string {
  return t("Enter the absolute path of the agent's admin socket, e.g. {path}.", { path: USUAL_SOCKET });
}

export class AgentSetup {
  agent: AgentChoice = $state("install");
  role: Role = $state("serves");
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

  readonly #wantedRole: Role | undefined;

  /**
   * @param appVersion also that of the agent that is installed
   * @param wantedRole chosen before anything was seen of the server
   */
  constructor(appVersion: string, knownSocket: string | undefined, wantedRole: Role | undefined) {
    this.#wantedRole = wantedRole;
    this.appVersion = appVersion;
    this.#knownSocket = knownSocket;
  }

  /** The server was looked at: what is right for nearly everyone there. */
  begin(facts: ServerFacts): void {
    this.facts = facts;
    this.ownConfig = undefined;
    this.folder = `${facts.home}/backsoon`;
    this.#portTouched = false;
    this.role = roleFor(facts, this.#wantedRole);
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
  get own(): { agent: FoundAgent; where: Omit<InstallChoice, "config"> } | undefined {
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
      return this.own === undefined ? undefined : { ...this.own.where, config: besideConfig() };
    if (this.role === "beside") return { role: "beside", service: "system", config: besideConfig() };
    const config = this.ownConfig ?? (Object.keys(this.siteProblems).length === 0 ? firstConfig(this.site) : undefined);
    if (config === undefined) return undefined;
    return {
      role: "serves",
      service: this.service,
      ...(this.service === "process" ? { folder: this.folder.trim() } : {}),
      config,
    };
  }

  get removal(): UninstallChoice | undefined {
    if (!this.uninstalls || this.own === undefined) return undefined;
    const { role: _role, ...place } = this.own.where;
    return { ...place, forget: this.forget };
  }

  get service(): Service {
    return this.#service;
  }

  /** The port goes along, until the person has chosen one. */
  set service(service: Service) {
    this.#service = service;
    if (!this.#portTouched && this.facts !== undefined) this.site.port = freePort(this.facts, service);
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
    if (this.ownConfig !== undefined) return {};
    const taken = this.takenPortProblem;
    return { ...problemsOfSite(this.site), ...(taken === undefined ? {} : { port: taken }) };
  }

  /** Known before anything is installed, and so said at once. */
  get takenPortProblem(): string | undefined {
    const { facts, site, service } = this;
    if (facts?.takenPorts?.includes(Number(site.port)) !== true || this.#replacesOneThatServes()) return undefined;
    const free = freePort(facts, service);
    const port = site.port.trim();
    return free === ""
      ? t("Port {port} is taken on this server. Choose another one.", { port })
      : t("Port {port} is taken on this server. Choose another one, e.g. {free}.", { port, free });
  }

  /** It keeps its configuration, and its ports are its own. */
  #replacesOneThatServes(): boolean {
    const former = this.facts?.installed.find(
      ({ service, folder }) =>
        service === this.service &&
        (service !== "process" || (folder ?? `${this.facts?.home ?? ""}/backsoon`) === this.folder.trim()),
    );
    return this.facts?.agents.some(({ socketPath, answers }) => answers && socketPath === former?.socketPath) === true;
  }

  get folderProblem(): string | undefined {
    if (
      this.agent === "upgrade" ||
      this.role === "beside" ||
      this.service !== "process" ||
      /^\/[^\p{Cc}]+$/u.test(this.folder.trim())
    )
      return undefined;
    return t("Enter an absolute path, e.g. /opt/backsoon.");
  }

  get otherProblems(): { socket?: string; program?: string } {
    if (this.agent !== "other") return {};
    return {
      ...(this.otherSocket.trim().startsWith("/") ? {} : { socket: socketProblem() }),
      ...(/^(?:~?\/[^\p{Cc}]+|[\w./~+-]+)$/u.test(this.otherProgram.trim())
        ? {}
        : { program: t("Enter the path of the agent's program.") }),
    };
  }
}
