/** What makes a site harder to close, or impossible, with the place where it stands. */
import type { Hazard } from "../../contract/web-servers.ts";
import type { Frontend } from "./frontends.ts";
import { textsOf } from "./lines.ts";
import type { FactsOf } from "../web-servers/file-facts.ts";
import { fileHazards } from "./file-hazards.ts";
import type { ConfigurationSections, Placed, Section } from "./sections.ts";
import { globalSetting, runtimeSocket } from "./settings.ts";
import type { Site } from "./sites.ts";

export interface Surroundings {
  readonly facts: FactsOf;
  /** As `2.6.12`. */
  readonly version: string;
  /** A main process, by which it is reloaded without an end of what runs. */
  readonly hasMaster: boolean;
  readonly token: string;
}

/** Maps that change as a whole, and defaults with a name. */
const MIN_VERSION = [2, 4] as const;

/** The same for every site. */
export function commonHazards(found: ConfigurationSections, around: Surroundings): Hazard[] {
  const global = found.sections.find(({ keyword }) => keyword === "global");
  const main = found.files[0]?.path ?? "";
  const place: Placed | undefined = global === undefined ? undefined : { file: global.file, line: global.header };
  const refuse = (code: string, message: string, at = place): Hazard =>
    at === undefined ? { code, message, file: main, line: 1, refuses: true } : refusing(code, message, at);
  const hazards: Hazard[] = [];
  if (!isAtLeast(around.version, MIN_VERSION))
    hazards.push(refuse("haproxy-lacks", `HAProxy ${around.version} is too old; the hook needs 2.4 or later.`));
  if (global === undefined)
    return [
      ...hazards,
      refuse("no-global", "The configuration has no section `global`; add one with a `stats socket`."),
    ];
  if (!around.hasMaster)
    hazards.push(
      refuse(
        "no-master",
        "It runs without a main process, so that only a restart would read the hook, and end what runs. Start it with -W or -Ws (`master-worker`), then prepare the site.",
      ),
    );
  if (runtimeSocket(found) === undefined)
    hazards.push({
      ...refuse(
        "no-runtime-socket",
        "HAProxy takes no orders while it runs: add the line to `global`, and reload HAProxy.",
        globalSetting(found, "stats") ?? place,
      ),
      paste: "stats socket /run/haproxy/admin.sock mode 660 level admin",
    });
  const processes = globalSetting(found, "nbproc");
  if (processes !== undefined && processes.line.words[1]?.text !== "1")
    hazards.push(refuse("several-processes", "With `nbproc`, only one of its processes would know.", processes));
  const foreign = found.sections
    .flatMap(({ probes, file, header }) => probes.map(({ token }) => ({ token, file, line: header })))
    .find(({ token }) => token !== around.token);
  if (foreign !== undefined)
    hazards.push(
      refuse(
        "another-agent",
        "Another agent has prepared this HAProxy. Take its hook out by that agent, or by hand.",
        foreign,
      ),
    );
  if (global.isConditional) hazards.push(refuse("conditional", `\`global\` ${CONDITIONAL}`));
  if (!/^\/[\w./-]+$/.test(main))
    hazards.push(refuse("odd-path", `The path ${main} cannot be written into a rule; move the configuration.`));
  return [...hazards, ...ownNames(found), ...edgeHazards(found, around, global)];
}

const CONDITIONAL = "has parts between `.if` and `.endif`, of which only HAProxy knows whether they hold.";

/** The first and the last line of ours stand in `global` and at the end of the last file. */
function edgeHazards({ files }: ConfigurationSections, { facts }: Surroundings, global: Section): Hazard[] {
  const last = files.at(-1);
  if (last === undefined || files.some(({ hasHook }) => hasHook)) return [];
  const end = { file: last.path, line: last.lines.at(-1) ?? global.header };
  return [...fileHazards(global.file, global.header, files, facts), ...fileHazards(end.file, end.line, files, facts)];
}

function ownNames({ sections }: ConfigurationSections): Hazard[] {
  const taken = sections.find(
    ({ keyword, name }) => name === "backsoon" && ["backend", "frontend", "listen", "defaults"].includes(keyword),
  );
  return taken === undefined
    ? []
    : [
        refusing("name-taken", `There is a ${taken.keyword} with the name \`backsoon\` already; call it otherwise.`, {
          file: taken.file,
          line: taken.header,
        }),
      ];
}

export function siteHazards(site: Site, found: ConfigurationSections, { facts }: Surroundings): Hazard[] {
  const hazards = site.frontends.flatMap((frontend) => {
    const { section, hooks } = frontend;
    const place = { file: section.file, line: section.header };
    return [
      ...(hooks.includes(site.id) ? [] : fileHazards(section.file, section.header, found.files, facts)),
      ...(section.isConditional ? [refusing("conditional", `\`${section.name}\` ${CONDITIONAL}`, place)] : []),
      ...ruleHazards(frontend),
      ...bindHazards(frontend),
    ];
  });
  const [first] = site.frontends;
  if (first !== undefined && !site.frontends.some(({ binds }) => binds.listeners.length > 0))
    hazards.push(
      refusing("no-listener", "It listens on nothing that the agent could ask, so it is never seen closed.", {
        file: first.section.file,
        line: first.section.header,
      }),
    );
  return hazards;
}

/** Rules that run before the hook and decide. */
function ruleHazards({ section, tests }: Frontend): Hazard[] {
  const hazards: Hazard[] = [];
  const { defaults } = section;
  const rule = defaults?.lines.find((line) => {
    const [keyword, action = ""] = textsOf(line);
    return keyword === "http-request" && DECIDING.has(action.replace(/[.(].*$/, ""));
  });
  if (rule !== undefined && defaults !== undefined)
    hazards.push(
      refusing("rule-in-defaults", "This rule of the defaults runs before the hook; move it to the frontends.", {
        file: defaults.file,
        line: rule,
      }),
    );
  for (const { line, unknown } of tests)
    if (unknown.length > 0)
      hazards.push(
        telling(
          "name-unusable",
          `Which names ${unknown.slice(0, 3).join(", ")} stands for cannot be told; they are closed together with the site of all other names.`,
          { file: section.file, line },
        ),
      );
  return hazards;
}

const DECIDING = new Set([
  "allow",
  "auth",
  "deny",
  "redirect",
  "reject",
  "return",
  "silent-drop",
  "tarpit",
  "use-service",
  "lua",
]);

function bindHazards({ section, binds: { listeners, skipped } }: Frontend): Hazard[] {
  const hazards = skipped.map(({ line, address, why }) =>
    telling("socket-not-asked", `${address} is not looked at: ${why}.`, { file: section.file, line }),
  );
  const mutual = section.lines.find(({ words }) => words.some(({ text }) => text === "verify"));
  if (mutual !== undefined && listeners.some(({ clientCertificate }) => clientCertificate))
    hazards.push(
      telling("client-certificate", "Visitors need a certificate here; the agent has none and cannot ask.", {
        file: section.file,
        line: mutual,
      }),
    );
  return hazards;
}

export function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [first = 0, second = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return first > major || (first === major && second >= minor);
}

function refusing(code: string, message: string, { file, line }: Placed): Hazard {
  return { code, message, file, line: line.number, refuses: true };
}

function telling(code: string, message: string, { file, line }: Placed): Hazard {
  return { code, message, file, line: line.number, refuses: false };
}
