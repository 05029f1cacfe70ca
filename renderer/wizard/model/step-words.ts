/** The steps of the wizard, and their words. */
import { t } from "../../../main/language/translate.ts";
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

export function stepTitle(step: Step): string {
  switch (step) {
    case "site":
      return t("Site");
    case "copycat":
      return t("Copycat");
    case "domains":
      return t("Domains");
    case "response":
      return t("What visitors see");
    case "exceptions":
      return t("Who gets in");
    case "order":
      return t("Order");
    case "restart":
      return t("When");
  }
}

export function stepHeading(step: Step): string {
  switch (step) {
    case "site":
      return t("Choose the site");
    case "copycat":
      return t("Make a copycat of the site");
    case "domains":
      return t("Set the domains");
    case "response":
      return t("Decide what visitors see");
    case "exceptions":
      return t("Decide who gets in");
    case "order":
      return t("Put the copycat above the original");
    case "restart":
      return t("Decide when");
  }
}
