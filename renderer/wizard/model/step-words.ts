/** The steps of the wizard in words, and where each warning of a plan belongs. */
import type { Warning } from "../../../main/contract/agent.ts";
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

export const STEP_OF_WARNING: Record<Warning["code"], Step> = {
  "alias-left-out": "domains",
  "wildcard-covers-more": "order",
  shadowed: "order",
  "default-site": "domains",
  "original-disabled": "site",
  "already-in-maintenance": "order",
  "exception-unreachable": "exceptions",
  "end-in-past": "restart",
  "acme-not-excepted": "exceptions",
  "demoted-copycat-replaced": "copycat",
};
