/** Looking around on a server, and installing or removing the agent there. */
import { z } from "zod";
import { Config } from "../../server-agent/contract/config.ts";
import { command } from "./command.ts";
import { socketPath } from "./fields.ts";
import { SshTarget } from "./servers.ts";

export interface FoundAgent {
  /** Path of its program; `null` when only its socket was found. */
  program: string | null;
  socketPath: string;
  /** `null` when the program could not say. */
  version: string | null;
  /** It answered on its socket, for this account. */
  answers: boolean;
}

/** What was found on a server before it is in the list. */
export interface ServerFacts {
  /** `user@host:port` */
  address: string;
  /** e.g. `Linux x86_64` */
  system: string;
  isRoot: boolean;
  /** Whether this account may run commands as root, and whether that asks for a password. */
  sudo: "none" | "free" | "password";
  /** Version of the `node` on the path; `null` when there is none. */
  node: string | null;
  /** Where services can be kept running: by the system, by the account. */
  systemd: { system: boolean; user: boolean };
  home: string;
  agents: FoundAgent[];
  /**
   * What this app has installed there; where an installation or its end was cut off, perhaps not
   * all of it.
   */
  installed: InstalledAt[];
}

/**
 * `system`: a service of the machine, ports 80 and 443 included. `user`: a service of the account.
 * `process`: runs until the machine is restarted.
 */
export const InstallChoice = z.strictObject({
  service: z.enum(["system", "user", "process"]),
  /** Where everything goes, for `process`; the others have their usual places. */
  folder: z
    .string()
    .regex(/^\/[\w./+-]+$/, "Give an absolute path without spaces.")
    .max(300)
    .optional(),
  /** The first configuration; an agent that has a state already keeps its own. */
  config: Config,
});
export type InstallChoice = z.infer<typeof InstallChoice>;

export const InstallPlace = InstallChoice.pick({ service: true, folder: true });

/** Where and how an agent is installed, and the socket at which it answers. */
export type InstalledAt = z.infer<typeof InstallPlace> & { socketPath: string };

/**
 * The agent that was installed so is taken away. `forget`: with its configuration and its history;
 * sites' files stay in any case.
 */
export const UninstallChoice = z.strictObject({ ...InstallPlace.shape, forget: z.boolean() });
export type UninstallChoice = z.infer<typeof UninstallChoice>;

/** Everything that will be run or written, word by word, before it is. */
export interface InstallPlan {
  steps: { title: string; detail: string }[];
  /** Commands are run as root. */
  asRoot: boolean;
  socketPath: string;
  program: string;
}

/** An installation that runs or has just ended. */
export interface InstallState {
  visitId: string;
  steps: { title: string; state: "waiting" | "running" | "done" | "failed" }[];
  /** Bytes of the upload, while it runs. */
  upload: { sent: number; total: number } | null;
}

/** The page makes the id up. */
const oneVisit = { visitId: z.uuid() };
const installation = z.strictObject({ ...oneVisit, choice: InstallChoice });
const uninstallation = z.strictObject({ ...oneVisit, choice: UninstallChoice });

export const INSTALL_COMMANDS = {
  /**
   * Logs in and looks around; the connection is kept until `visit.end`. Questions arrive as state
   * meanwhile.
   */
  "visit.begin": command(
    z.strictObject({ ...oneVisit, target: SshTarget, socketPath: socketPath.optional() }),
  ).returns<ServerFacts>(),
  /** Also gives a visit up that is still beginning. */
  "visit.end": command(z.strictObject(oneVisit)).returns<null>(),
  "install.plan": command(installation).returns<InstallPlan>(),
  /**
   * Puts the agent of this app's version there and starts it; an older one is upgraded, and put
   * back when the new one does not answer.
   */
  "install.run": command(installation).returns<{ socketPath: string; program: string; version: string }>(),
  "uninstall.plan": command(uninstallation).returns<InstallPlan>(),
  "uninstall.run": command(uninstallation).returns<null>(),
};
