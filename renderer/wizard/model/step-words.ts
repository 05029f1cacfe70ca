/** The steps of the wizard in words. */
import type { Step } from "../../maintenance/draft.ts";

export const STEP_TITLES: Record<Step, string> = {
  site: "Site",
  copycat: "Copycat",
  domains: "Domains",
  response: "Response",
  exceptions: "Who still gets in",
  order: "Order",
  restart: "Restart",
};

export const STEP_HEADINGS: Record<Step, string> = {
  site: "Choose the site",
  copycat: "Make a copycat of the site",
  domains: "Set the domains",
  response: "Decide what visitors get",
  exceptions: "Decide who still gets in",
  order: "Put the copycat above the original",
  restart: "Switch",
};
