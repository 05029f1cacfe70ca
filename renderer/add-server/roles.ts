/**
 * The two ways an agent can work with the sites of a server, as what was found there says: beside
 * the web server that serves them, or serving them itself. Pure.
 */
import { t } from "../../main/language/translate.ts";
import { locale } from "../../main/language/language.ts";
import { nameList } from "../../main/language/name-list.ts";
import type { FoundWebServer, InstallChoice, ServerFacts } from "../../main/contract/install.ts";
import { webServerTitle } from "../../main/contract/shared/foreign.ts";
import { opensEveryPort, type Service } from "../servers/install-ways.ts";

export type Role = InstallChoice["role"];
type Kind = FoundWebServer["kind"];

/** Beside which the agent can stand (`server-agent/supervisor/web-servers/all-adapters.ts`). */
export const BESIDE_KINDS: readonly Kind[] = ["nginx", "apache", "caddy", "haproxy"];

/** Ports to propose, the best first. */
const USUAL_PORTS = [80, 8080, 8000, 8081, 8088, 8888];
const MAX_SHOWN_PORTS = 8;

/** The web servers beside which the agent could stand, in the order of {@link BESIDE_KINDS}. */
function standsBeside({ webServers }: ServerFacts): Kind[] {
  return BESIDE_KINDS.filter((known) => webServers.some(({ kind, inContainer }) => kind === known && !inContainer));
}

function namesOf(kinds: readonly Kind[], type: "conjunction" | "disjunction"): string {
  return new Intl.ListFormat(locale(), { type }).format(kinds.map((kind) => webServerTitle(kind)));
}

/** Beside what, in words: all that are there, as the agent will stand beside each. */
export function besideName(facts: ServerFacts): string {
  const found = standsBeside(facts);
  return found.length === 0 ? namesOf(BESIDE_KINDS, "disjunction") : namesOf(found, "conjunction");
}

/** Why it is not possible there; `undefined` when it is. The same as the installation says. */
export function obstacleBeside(facts: ServerFacts): string | undefined {
  if (!facts.systemd.system)
    return t("There is no systemd on this server. Start the agent by hand as root, and add it by its socket.");
  if (!facts.isRoot && facts.sudo === "none")
    return t(
      "It needs root, to write the web server's configuration and reload it, and this account has no sudo. Log in as root, or with an account that has sudo.",
    );
  return undefined;
}

/** What the way beside means there. */
export function besideWords(facts: ServerFacts): string {
  const { length } = standsBeside(facts);
  const name = besideName(facts);
  if (length === 1)
    return t(
      "{name} keeps its ports, its certificates and all traffic. It asks the agent only while a site is closed.",
      { name },
    );
  if (length > 1)
    return t(
      "{names} keep their ports, their certificates and all traffic. They ask the agent only while a site is closed.",
      { names: name },
    );
  const others = facts.webServers.map(({ kind, inContainer }) =>
    inContainer ? t("{name} in a container", { name: webServerTitle(kind) }) : webServerTitle(kind),
  );
  return others.length === 0
    ? t("No {name} was seen to run there. The agent looks again once it is installed.", { name })
    : t("No {name} was seen within reach. The agent cannot stand beside {others}.", {
        name,
        others: nameList(others),
      });
}

/** Beside a web server that is there: nothing of its traffic changes. */
export function bestRole(facts: ServerFacts): Role {
  return standsBeside(facts).length > 0 && obstacleBeside(facts) === undefined ? "beside" : "serves";
}

/** What the person has chosen, where it is possible there. */
export function roleFor(facts: ServerFacts, wanted: Role | undefined): Role {
  const isPossible = wanted === "serves" || (wanted === "beside" && obstacleBeside(facts) === undefined);
  return isPossible ? wanted : bestRole(facts);
}

/** One that nobody has, as far as is known. */
export function freePort(facts: ServerFacts, service: Service): string {
  const usual = opensEveryPort(facts, service) ? USUAL_PORTS : USUAL_PORTS.slice(1);
  return String(usual.find((port) => facts.takenPorts?.includes(port) !== true) ?? "");
}

/** What is found, for people. */
export function describeWebServers({ webServers }: ServerFacts): string {
  if (webServers.length === 0) return t("none seen");
  return webServers
    .map(({ kind, version, inContainer }) =>
      [webServerTitle(kind), version, inContainer ? t("(in a container)") : null]
        .filter((part) => part !== null)
        .join(" "),
    )
    .join(", ");
}

/** The lowest ones: those that are for visitors. */
export function describePorts({ takenPorts }: ServerFacts): string {
  if (takenPorts === null) return t("not known");
  return takenPorts.length === 0 ? t("none") : nameList(takenPorts.map(String), MAX_SHOWN_PORTS);
}
