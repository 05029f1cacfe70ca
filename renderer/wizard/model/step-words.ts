/** The steps of the wizard, and their words. */
import { STEPS, type Step } from "../../maintenance/draft.ts";

/** Enough for nearly everyone: the others of the recipe have a default that suits. */
const SHORT: readonly Step[] = ["site", "response", "exceptions", "restart"];

/** @param showsRecipe all steps of the recipe */
export function stepsShown(showsRecipe: boolean): readonly Step[] {
  return showsRecipe ? STEPS : SHORT;
}

/** The one that is shown instead of a step that is not. */
export function shownInstead(step: Step, steps: readonly Step[]): Step {
  return steps.findLast((each) => STEPS.indexOf(each) <= STEPS.indexOf(step)) ?? "site";
}

export const STEP_TITLES: Record<Step, string> = {
  site: "Site",
  copycat: "Copycat",
  domains: "Domains",
  response: "What visitors see",
  exceptions: "Who gets in",
  order: "Order",
  restart: "When",
};

export const STEP_HEADINGS: Record<Step, string> = {
  site: "Choose the site",
  copycat: "Make a copycat of the site",
  domains: "Set the domains",
  response: "Decide what visitors see",
  exceptions: "Decide who gets in",
  order: "Put the copycat above the original",
  restart: "Decide when",
};
