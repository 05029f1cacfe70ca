/** The steps of adding a server in words: their titles, headings, buttons, and what was chosen. */
import type { AddServer, AddStep } from "./add-server.svelte.ts";

export function titleOf(step: AddStep, { setup }: AddServer): string {
  switch (step) {
    case "where":
      return "Where";
    case "login":
      return "Login";
    case "agent":
      return "Agent";
    case "install":
      return setup.uninstalls ? "Uninstall" : "Install";
    case "name":
      return setup.uninstalls ? "Done" : "Name";
  }
}

/** @param isListed what one is about to add is in the list already */
export function headingOf(adding: AddServer, isListed: boolean): string {
  switch (adding.step) {
    case "where":
      return "Where is the server?";
    case "login":
      return adding.visit?.state === "failed" ? "No connection" : "Log in";
    case "agent":
      return "What was found";
    case "install":
      return `${actionOf(adding).verb} the agent`;
    case "name":
      if (adding.setup.uninstalls) return "The agent is uninstalled";
      return isListed ? "Done" : "Give it a name";
  }
}

/** What the button that goes on says. */
export function verbOf(adding: AddServer, isListed: boolean): string {
  const { step, kind, setup, nextStep } = adding;
  if (step === "where") return kind === "ssh" ? "Connect" : "Next: Name";
  if (step === "name" && setup.uninstalls) return isListed ? "Remove from the list" : "Show the overview";
  if (step === "name") return isListed ? "Show the server" : "Add server";
  if (adding.isInstalling) return actionOf(adding).doing;
  if (step === "install" && !adding.isInstalled)
    return `${actionOf(adding).verb} the agent${setup.uninstalls ? "…" : ""}`;
  return `Next: ${nextStep === undefined ? "" : titleOf(nextStep, adding)}`;
}

/** What a press of that button does not do yet. */
export function promiseOf({ step, installation }: AddServer): string {
  if (step === "name") return "";
  if (step === "install") return installation.progress.state === "none" ? "Nothing changes until you press it" : "";
  return "Nothing changes on the server";
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
  return setup.uninstalls ? "To be removed" : "To be installed";
}

function actionOf({ setup }: AddServer): { verb: string; doing: string } {
  if (setup.agent === "upgrade") return { verb: "Upgrade", doing: "Upgrading…" };
  return setup.uninstalls ? { verb: "Uninstall", doing: "Uninstalling…" } : { verb: "Install", doing: "Installing…" };
}
