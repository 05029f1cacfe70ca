/** The screens of the page. */
import type { Destination } from "../../main/contract/desktop.ts";

/** The wizard may begin with several sites, or with what was chosen for an operation before. */
export type WizardScreen = Extract<Destination, { screen: "wizard" }> & {
  also?: { serverId: string; site: string }[];
  again?: string;
};

/** `palette` is a layer, not a screen. */
export type Screen =
  | Exclude<Destination, { screen: "palette" | "wizard" }>
  | WizardScreen
  | { screen: "servers" }
  | { screen: "add-server"; /** Over SSH, in the list: to look after its agent. */ serverId?: string };
