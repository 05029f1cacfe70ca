/**
 * Which ways there are to keep an agent running on a server, as what was found there says. Pure.
 */
import { t } from "../../main/language/translate.ts";
import type { InstallChoice, ServerFacts } from "../../main/contract/install.ts";

export type Service = InstallChoice["service"];

export interface Way {
  service: Service;
  title: string;
  detail: string;
  /** Why it is not possible there; `undefined` when it is. */
  obstacle: string | undefined;
}

/** What stands in the way of any installation; `undefined` when nothing does. */
export function obstacleOf({ system }: ServerFacts): string | undefined {
  if (!system.startsWith("Linux"))
    return t(
      "The server runs {system}. The agent is installed on Linux only; elsewhere start it by hand and name its socket.",
      { system },
    );
  return undefined;
}

/**
 * All three: first those that are possible, the best one at the top; the others say why they are
 * not.
 */
export function waysOf(facts: ServerFacts): Way[] {
  const rootBy =
    facts.isRoot || facts.sudo === "none"
      ? []
      : [facts.sudo === "password" ? t("Asks for your sudo password.") : t("Uses sudo.")];
  const ways: Way[] = [
    {
      service: "system",
      title: t("System service"),
      detail: [t("Starts with the machine, and can use ports 80 and 443."), ...rootBy].join(" "),
      obstacle: !facts.systemd.system
        ? t("There is no systemd on this server.")
        : !facts.isRoot && facts.sudo === "none"
          ? t("This account cannot become root there: there is no sudo.")
          : undefined,
    },
    {
      service: "user",
      title: t("User service"),
      detail: t("Needs no root. Ports from 1024 up."),
      obstacle: facts.systemd.user
        ? undefined
        : facts.systemd.system
          ? t("systemd --user does not answer for this account.")
          : t("There is no systemd on this server."),
    },
    {
      service: "process",
      title: t("Plain process"),
      detail: facts.isRoot
        ? t("Runs until the machine is restarted; everything is in one folder.")
        : t("Runs until the machine is restarted; everything is in one folder. Ports from 1024 up."),
      obstacle: undefined,
    },
  ];
  return ways.sort((one, other) => Number(one.obstacle !== undefined) - Number(other.obstacle !== undefined));
}

/** The first way that is possible. */
export function bestWay(facts: ServerFacts): Service {
  return waysOf(facts)[0]?.service ?? "process";
}

/** Whether the way may open a port below 1024. */
export function opensEveryPort(facts: ServerFacts, service: Service): boolean {
  return service === "system" || facts.isRoot;
}

/** Compares versions as semver orders them, pre-releases by their text. */
export function isOlder(version: string, than: string): boolean {
  const [one, other] = [version, than].map((text) => {
    const [core = "", ...pre] = text.split("-");
    return { numbers: core.split(".").map(Number), pre: pre.join("-") };
  });
  if (one === undefined || other === undefined) return false;
  for (const at of [0, 1, 2]) {
    const difference = (one.numbers[at] ?? 0) - (other.numbers[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  if (one.pre === other.pre) return false;
  return other.pre === "" ? true : one.pre !== "" && one.pre < other.pre;
}
