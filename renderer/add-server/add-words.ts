/** The steps of adding a server in words: their titles, headings, buttons, and what was chosen. */
import { t } from "../../main/language/translate.ts";
import type { AddServer, AddStep } from "./add-server.svelte.ts";

export function titleOf(step: AddStep, { setup }: AddServer): string {
  switch (step) {
    case "where":
      return t("Where");
    case "login":
      return t("Login");
    case "agent":
      return t("Agent");
    case "install":
      return setup.uninstalls ? t("Uninstall") : t("Install");
    case "name":
      return setup.uninstalls ? t("Done") : t("Name");
  }
}

/** @param isListed what one is about to add is in the list already */
export function headingOf(adding: AddServer, isListed: boolean): string {
  switch (adding.step) {
    case "where":
      return t("Where is the server?");
    case "login":
      return adding.visit?.state === "failed" ? t("No connection") : t("Log in");
    case "agent":
      return t("What was found");
    case "install":
      return actionOf(adding).heading;
    case "name":
      if (adding.setup.uninstalls) return t("The agent is uninstalled");
      return isListed ? t("Done") : t("Give it a name");
  }
}

/** What the button that goes on says. */
export function verbOf(adding: AddServer, isListed: boolean): string {
  const { step, kind, setup, nextStep } = adding;
  if (step === "where") return kind === "ssh" ? t("Connect") : t("Next: {step}", { step: t("Name") });
  if (step === "name" && setup.uninstalls) return isListed ? t("Remove from the list") : t("Show the overview");
  if (step === "name") return isListed ? t("Show the server") : t("Add server");
  if (adding.isInstalling) return actionOf(adding).doing;
  if (step === "install" && !adding.isInstalled) return actionOf(adding).verb;
  return t("Next: {step}", { step: nextStep === undefined ? "" : titleOf(nextStep, adding) });
}

/** What a press of that button does not do yet. */
export function promiseOf({ step, installation }: AddServer): string {
  if (step === "name") return "";
  if (step === "install") return installation.progress.state === "none" ? t("Nothing changes until you press it") : "";
  return t("Nothing changes on the server");
}

/** What was settled in a step, in few words. */
export function chosenIn(step: AddStep, adding: AddServer): string | undefined {
  switch (step) {
    case "where":
      return adding.kind === "local" ? adding.localSocket : adding.target?.host;
    case "login":
      return adding.facts?.address;
    case "agent":
      return chosenAgent(adding);
    case "install":
    case "name":
      return undefined;
  }
}

function chosenAgent({ setup, installation: { progress } }: AddServer): string | undefined {
  if (setup.agent === "other") return setup.otherSocket;
  if (!setup.installs) return setup.found?.version ?? undefined;
  if (progress.state === "done") return progress.agent.version ?? undefined;
  return setup.uninstalls ? t("To be removed") : t("To be installed");
}

function actionOf({ setup }: AddServer): { heading: string; verb: string; doing: string } {
  if (setup.agent === "upgrade")
    return { heading: t("Upgrade the agent"), verb: t("Upgrade the agent"), doing: t("Upgrading…") };
  return setup.uninstalls
    ? { heading: t("Uninstall the agent"), verb: t("Uninstall the agent…"), doing: t("Uninstalling…") }
    : { heading: t("Install the agent"), verb: t("Install the agent"), doing: t("Installing…") };
}
