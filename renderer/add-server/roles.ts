/**
 * The two ways an agent can work with the sites of a server, as what was found there says: beside
 * the web server that serves them, or serving them itself. Pure.
 */
import type { FoundWebServer, InstallChoice, ServerFacts } from "../../main/contract/install.ts";
import { webServerTitle } from "../../main/contract/shared/foreign.ts";
import { opensEveryPort, type Service } from "../servers/install-ways.ts";

export type Role = InstallChoice["role"];
type Kind = FoundWebServer["kind"];

/** Beside which the agent can stand (`server-agent/supervisor/web-servers/all-adapters.ts`). */
export const BESIDE_KINDS: readonly Kind[] = ["nginx", "apache", "caddy", "haproxy"];
const BESIDE_NAMES = new Intl.ListFormat("en-GB", { type: "disjunction" }).format(
  BESIDE_KINDS.map((kind) => webServerTitle(kind)),
);

/** Ports to propose, the best first. */
const USUAL_PORTS = [80, 8080, 8000, 8081, 8088, 8888];
const MAX_SHOWN_PORTS = 8;

/** The web server beside which the agent could stand, if there is one. */
function standsBeside({ webServers }: ServerFacts): FoundWebServer | undefined {
  return webServers.find(({ kind, inContainer }) => BESIDE_KINDS.includes(kind) && !inContainer);
}

/** Beside what, in words. */
export function besideTitle(facts: ServerFacts): string {
  const found = standsBeside(facts);
  return found === undefined ? `Beside ${BESIDE_NAMES}` : `Beside ${webServerTitle(found.kind)}`;
}

/** Why it is not possible there; `undefined` when it is. The same as the installation says. */
export function obstacleBeside(facts: ServerFacts): string | undefined {
  if (!facts.systemd.system)
    return "There is no systemd on this server. Start the agent by hand as root, and add it by its socket.";
  if (!facts.isRoot && facts.sudo === "none")
    return "It needs root, to write the web server's configuration and reload it, and this account has no sudo. Log in as root, or with an account that has sudo.";
  return undefined;
}

/** What the way beside means there. */
export function besideWords(facts: ServerFacts): string {
  const found = standsBeside(facts);
  if (found !== undefined)
    return `${webServerTitle(found.kind)} keeps its ports, its certificates and all traffic. It asks the agent only while a site is closed.`;
  const others = facts.webServers.map(
    ({ kind, inContainer }) => `${webServerTitle(kind)}${inContainer ? " in a container" : ""}`,
  );
  return others.length === 0
    ? `No ${BESIDE_NAMES} was seen to run there. The agent looks again once it is installed.`
    : `No ${BESIDE_NAMES} was seen within reach. The agent cannot stand beside ${others.join(", ")}.`;
}

/** Beside a web server that is there: nothing of its traffic changes. */
export function bestRole(facts: ServerFacts): Role {
  return standsBeside(facts) !== undefined && obstacleBeside(facts) === undefined ? "beside" : "serves";
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
  if (webServers.length === 0) return "none seen";
  return webServers
    .map(({ kind, version, inContainer }) =>
      [webServerTitle(kind), version, inContainer ? "(in a container)" : null]
        .filter((part) => part !== null)
        .join(" "),
    )
    .join(", ");
}

/** The lowest ones: those that are for visitors. */
export function describePorts({ takenPorts }: ServerFacts): string {
  if (takenPorts === null) return "not known";
  if (takenPorts.length === 0) return "none";
  const more = takenPorts.length - MAX_SHOWN_PORTS;
  return `${takenPorts.slice(0, MAX_SHOWN_PORTS).join(", ")}${more > 0 ? ` and ${String(more)} more` : ""}`;
}
