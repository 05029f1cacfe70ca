/** Where an installation puts everything. Pure. */
import type { InstallChoice, ServerFacts } from "../contract/install.ts";

/**
 * Where web servers beside the agent see which sites are closed. Their workers come under their own
 * user, so it is not below the state directory.
 */
export const WEB_FOLDER = "/var/lib/backsoon-web";

export interface Places {
  lib: string;
  program: string;
  config: string;
  state: string;
  socket: string;
  /** Folder of the socket, unless systemd makes it. */
  run: string | undefined;
  unit: string | undefined;
}

export type Where = Pick<InstallChoice, "service" | "folder">;

export function placesOf({ home }: Pick<ServerFacts, "home">, { service, folder }: Where): Places {
  switch (service) {
    case "system":
      return {
        lib: "/opt/backsoon",
        program: "/usr/local/bin/backsoon-agent",
        config: "/etc/backsoon/config.json",
        state: "/var/lib/backsoon",
        socket: "/run/backsoon/agent.sock",
        run: undefined,
        unit: "/etc/systemd/system/backsoon-agent.service",
      };
    case "user":
      return {
        lib: `${home}/.local/share/backsoon`,
        program: `${home}/.local/bin/backsoon-agent`,
        config: `${home}/.config/backsoon/config.json`,
        state: `${home}/.local/state/backsoon/state`,
        socket: `${home}/.local/state/backsoon/agent.sock`,
        run: `${home}/.local/state/backsoon`,
        unit: `${home}/.config/systemd/user/backsoon-agent.service`,
      };
    case "process": {
      const own = folder ?? `${home}/backsoon`;
      return {
        lib: `${own}/lib`,
        program: `${own}/backsoon-agent`,
        config: `${own}/config.json`,
        state: `${own}/state`,
        socket: `${own}/agent.sock`,
        run: own,
        unit: undefined,
      };
    }
  }
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** The folder of a process whose socket this is, if an installation can have put it there. */
export function ownFolderOf(socketPath: string): string | undefined {
  return /^(\/[^\p{Cc}]+)\/agent\.sock$/u.exec(socketPath)?.[1];
}
