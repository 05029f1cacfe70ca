/** The screens of the page. */
import type { InstallChoice } from "../../main/contract/install.ts";
import type { Destination } from "../../main/contract/desktop.ts";

/** The wizard may begin with several sites, or with what was chosen for an operation before. */
export type WizardScreen = Extract<Destination, { screen: "wizard" }> & {
  also?: { serverId: string; site: string }[];
  again?: string;
};

/** `edit`: the virtual host to edit there at once. */
type ServerScreen = Extract<Destination, { screen: "server" }> & { edit?: string };

/** `palette` is a layer, not a screen. */
export type Screen =
  | Exclude<Destination, { screen: "palette" | "wizard" | "server" }>
  | WizardScreen
  | ServerScreen
  | { screen: "servers" }
  | { screen: "site"; serverId: string; site: string; /** A part of it, to begin with. */ at?: "rules" }
  | { screen: "receipt"; serverId: string; receiptId: string }
  | {
      screen: "add-server";
      /** Over SSH, in the list: to look after its agent. */
      serverId?: string;
      /** Chosen before anything was seen of the server. */
      role?: InstallChoice["role"];
    };
