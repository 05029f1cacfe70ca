/** Inspecting a server, and installing or removing the agent there. */
import { z } from "zod";
import { Config } from "../../server-agent/contract/config.ts";
import type { WebServerKind } from "../../server-agent/contract/web-servers.ts";
import { command } from "./command.ts";
import { socketPath } from "./fields.ts";
import { SshTarget } from "./servers.ts";

export interface FoundAgent {
  /** Path of its program; `null` if only its socket was found. */
  program: string | null;
  socketPath: string;
  /** `null` if the program could not tell. */
  version: string | null;
  /** Whether it answered this account on its socket. */
  answers: boolean;
}

/** A web server that runs there. */
export interface FoundWebServer {
  kind: WebServerKind;
  /** Of the program that is installed; `null` if it could not tell. */
  version: string | null;
  /** In a container, out of the agent's reach. */
  inContainer: boolean;
}

/** What was found on a server before it is added to the list. */
export interface ServerFacts {
  /** `user@host:port` */
  address: string;
  /** e.g. `Linux x86_64` */
  system: string;
  isRoot: boolean;
  /** Whether this account may use sudo, and whether that asks for a password. */
  sudo: "none" | "free" | "password";
  /** Version of the `node` on the path; `null` if there is none. */
  node: string | null;
  /** Which service managers can be used: the system's, the account's. */
  systemd: { system: boolean; user: boolean };
  home: string;
  agents: FoundAgent[];
  /**
   * What this app has installed there; incomplete if an installation or a removal was
   * interrupted.
   */
  installed: InstalledAt[];
  webServers: FoundWebServer[];
  /** TCP ports on which something listens, ascending; `null` where that is not known. */
  takenPorts: number[] | null;
}

/**
 * `system`: a service of the machine, ports 80 and 443 included. `user`: a service of the account.
 * `process`: runs until the machine is restarted.
 */
export const InstallChoice = z.strictObject({
  /**
   * `beside`: a web server serves the sites, and the agent opens no port; it runs as root.
   * `serves`: visitors come to the agent.
   */
  role: z.enum(["beside", "serves"]),
  service: z.enum(["system", "user", "process"]),
  /** Folder for everything, for `process`; the others use standard locations. */
  folder: z
    .string()
    .regex(/^\/[^\p{Cc}]+$/u, "Enter an absolute path.")
    .max(300)
    .optional(),
  /** The first configuration; an agent that already has a state directory keeps its own. */
  config: Config,
});
export type InstallChoice = z.infer<typeof InstallChoice>;

export const InstallPlace = InstallChoice.pick({ service: true, folder: true });

/** Where and how an agent is installed, and the socket at which it answers. */
export type InstalledAt = z.infer<typeof InstallPlace> & Pick<InstallChoice, "role"> & { socketPath: string };

/**
 * Which installed agent to remove. `forget`: with its configuration and history. The sites' files
 * are kept in any case.
 */
export const UninstallChoice = z.strictObject({ ...InstallPlace.shape, forget: z.boolean() });
export type UninstallChoice = z.infer<typeof UninstallChoice>;

/** Everything that will be run or written, verbatim, before it is. */
export interface InstallPlan {
  steps: { title: string; detail: string }[];
  /** Commands are run as root. */
  asRoot: boolean;
  socketPath: string;
  program: string;
}

/** An installation that is running or has just ended. */
export interface InstallState {
  visitId: string;
  steps: { title: string; state: "waiting" | "running" | "done" | "failed" }[];
  /** Bytes of the upload, while it runs. */
  upload: { sent: number; total: number } | null;
}

/** The page chooses the id. */
const oneVisit = { visitId: z.uuid() };
const installation = z.strictObject({ ...oneVisit, choice: InstallChoice });
const uninstallation = z.strictObject({ ...oneVisit, choice: UninstallChoice });

export const INSTALL_COMMANDS = {
  /**
   * Logs in and inspects the server; the connection is kept until `visit.end`. Questions arrive as
   * state meanwhile.
   */
  "visit.begin": command(
    z.strictObject({ ...oneVisit, target: SshTarget, socketPath: socketPath.optional() }),
  ).returns<ServerFacts>(),
  /** Also cancels a visit that is still logging in. */
  "visit.end": command(z.strictObject(oneVisit)).returns<null>(),
  "install.plan": command(installation).returns<InstallPlan>(),
  /**
   * Installs the agent of this app's version and starts it. An older one is upgraded, and restored
   * if the new one does not answer.
   */
  "install.run": command(installation).returns<{ socketPath: string; program: string; version: string }>(),
  "uninstall.plan": command(uninstallation).returns<InstallPlan>(),
  "uninstall.run": command(uninstallation).returns<null>(),
};
