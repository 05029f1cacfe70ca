/**
 * What uninstalling does, as a pure function of what was found and chosen. What is shown is what is
 * run.
 *
 * Only names that an installation or its agent makes are removed, and folders only when nothing
 * else is in them: whatever a site serves stays, wherever it is. The link `current` marks what this
 * app has installed. It goes last, so that what was cut off can be run again.
 */
import { t } from "../language/translate.ts";
import { MAX_OWN_PAGE_DEPTH } from "../../server-agent/contract/own-pages.ts";
import { done, failed } from "../failures.ts";
import type { Result } from "../contract/failures.ts";
import type { ServerFacts, UninstallChoice } from "../contract/install.ts";
import { quoted } from "../ssh/ssh-session.ts";
import { type InstallAction, type Installation, needsSudo, scriptAction } from "./install-plan.ts";
import { type Places, WEB_FOLDER, parentOf, placesOf } from "./places.ts";
import { serviceScripts } from "./service-scripts.ts";

export function planUninstall(facts: ServerFacts, choice: UninstallChoice): Result<Installation> {
  const places = placesOf(facts, choice);
  const problem = obstacle(facts, choice, places);
  if (problem !== undefined) return failed("uninstall.refused", problem);
  const asRoot = needsSudo(facts, choice);
  const service = serviceScripts(places, choice, asRoot);
  const script = (title: string, lines: readonly string[]): InstallAction => scriptAction(title, lines, asRoot);
  // The web folder is one for the machine, and only root can have been asked by a web server.
  const isSystem = choice.service === "system";
  return done({
    socketPath: places.socket,
    program: places.program,
    asRoot,
    log: service.log,
    actions: [
      script("Check that this app has installed it", checkMark(places, choice.forget)),
      ...(isSystem ? [script("Check that no web server asks it", checkHooks(places))] : []),
      script("Stop the agent", [...service.stop, ...checkSilence(places)]),
      ...(service.remove === undefined ? [] : [script("Remove the service", service.remove)]),
      ...(choice.forget ? [script("Delete its configuration and its history", removeState(places))] : []),
      ...(isSystem ? [script("Remove the folder for web servers", removeWebFolder())] : []),
      script("Remove the program", removeProgram(places, facts.home)),
      script("Check that nobody answers any more", [
        // It was removed when nobody had it any more.
        `if [ -S ${quoted(places.socket)} ]; then echo "An agent was started there by somebody else in the meantime." >&2; exit 1; fi`,
      ]),
    ],
  });
}

function obstacle(facts: ServerFacts, { service }: UninstallChoice, { lib, socket }: Places): string | undefined {
  if (!facts.installed.some(({ socketPath }) => socketPath === socket))
    return t(
      "This app has not installed the agent at {socket}: there is no {file} on {server}. Uninstall it the way it was installed.",
      { socket, file: `${lib}/current`, server: facts.address },
    );
  if (service === "system" && !facts.isRoot && facts.sudo === "none")
    return t(
      "The agent is a service of the machine, and this account may not become root on {server} (there is no sudo). Log in with another one.",
      { server: facts.address },
    );
  if (service === "system" ? !facts.systemd.system : service === "user" && !facts.systemd.user)
    return t("The agent is a service of systemd, which does not answer for this account on {server}.", {
      server: facts.address,
    });
  return undefined;
}

/** Lets pass what this app has installed, and where nothing is left of it. */
function checkMark({ lib, program, unit, socket, config, state }: Places, forget: boolean): string[] {
  return [
    `case "$(readlink ${quoted(`${lib}/current`)} || true)" in`,
    "*/agent-*) ;;",
    `*) for file in ${[program, socket, ...(unit === undefined ? [] : [unit]), ...(forget ? [config, state] : [])].map(quoted).join(" ")}; do`,
    `     if [ -e "$file" ]; then echo "There is $file, but no "${quoted(`${lib}/current`)}": this app has not installed it. Nothing was changed." >&2; exit 1; fi`,
    "   done ;;",
    "esac",
  ];
}

/**
 * A hook that nobody answers any more would show visitors of a closed site the page on disk for
 * good, or, without that, open it. The agent says which web servers ask it; where it does not run,
 * the files of hooks say it, as they name its folder.
 */
function checkHooks({ program, socket }: Places): string[] {
  return [
    `said=$(timeout 60 ${quoted(program)} web-servers --json --socket ${quoted(socket)} 2>/dev/null </dev/null || true)`,
    'case "$said" in *\'"state":"ready"\'*|*\'"state":"lost"\'*) hook="what the agent says" ;;',
    `*) hook=$(grep -rlsF ${quoted(WEB_FOLDER)} ${CONFIGURATIONS.join(" ")} 2>/dev/null | head -n 1 || true) ;;`,
    "esac",
    'if [ -n "$hook" ]; then',
    `  echo "A web server still asks this agent (see $hook). First choose “Remove…” at the web server on the server's page, or run “backsoon-agent unprepare nginx”. Nothing was removed." >&2; exit 1`,
    "fi",
  ];
}

/** Where web servers usually have their configuration. */
const CONFIGURATIONS = ["/etc/nginx", "/etc/apache2", "/etc/httpd", "/etc/caddy", "/etc/haproxy"];

/** The names that the agent gives there (`server-agent/adapters/flag-folder.ts`). */
function removeWebFolder(): string[] {
  const folder = quoted(WEB_FOLDER);
  const generation = `${folder}/gen/${digits(6)}*`;
  return [
    ...removeFiles([`${generation}/closed/[A-Za-z0-9]*`, `${generation}/pages/[A-Za-z0-9]*.html`]),
    `rm -f ${folder}/now ${folder}/.now-[0-9]* ${folder}/[a-z]*.sock ${folder}/.[0-9a-z]*.sock`,
    `rmdir ${generation}/closed ${generation}/pages 2>/dev/null || true`,
    `rmdir ${generation} 2>/dev/null || true`,
    ...removeEmpty([`${WEB_FOLDER}/gen`, WEB_FOLDER]),
  ];
}

/**
 * An agent that somebody has started by hand is none of this installation's, and must not lose its
 * files.
 */
function checkSilence({ program, socket }: Places): string[] {
  return [
    `if timeout 20 ${quoted(program)} status --socket ${quoted(socket)} >/dev/null 2>&1 </dev/null; then`,
    `  echo "Another agent answers at "${quoted(socket)}", which was not started by this installation. Stop it first. Nothing was removed." >&2; exit 1`,
    "fi",
  ];
}

function digits(count: number): string {
  return "[0-9]".repeat(count);
}
function hex(count: number): string {
  return "[0-9a-f]".repeat(count);
}

/** Removes those of these files that are there; what is no file is not an agent's. */
function removeFiles(patterns: readonly string[]): string[] {
  return [
    "for file in \\",
    ...patterns.map((pattern, at) => `  ${pattern}${at === patterns.length - 1 ? "" : " \\"}`),
    'do if [ -f "$file" ]; then rm -f "$file"; fi; done',
  ];
}

/** Folders that something else is in stay. */
function removeEmpty(folders: readonly string[]): string[] {
  return folders.map((folder) => `rmdir ${quoted(folder)} 2>/dev/null || true`);
}

/** As a virtual host or an authority is called. */
const NAMED = "[A-Za-z0-9]*.json";
const CERTIFICATE = "[A-Za-z0-9]*.pem";
/** Kinds whose files are not called by a time or a number. */
const HAS_OWN_NAMES: ReadonlySet<string> = new Set(["traffic", "channels", "tickets", "accounts", "certificates"]);

/** The names that the agent gives to its files (`server-agent/store/`). */
function removeState({ config, state }: Places): string[] {
  const timed = `${digits(8)}-${digits(6)}-${hex(6)}`;
  const files = {
    generations: `${digits(6)}.json`,
    receipts: `${timed}.json`,
    stages: `${timed}.json`,
    windows: `${timed}.json`,
    // What it is about stands behind the id of the window or the receipt.
    reminders: `${timed}-[0-9a-z]*.json`,
    traffic: "hours.json",
    passes: `${timed}.json`,
    channels: "[A-Za-z0-9]*.json",
    tickets: "current.json",
    accounts: NAMED,
    certificates: NAMED,
  };
  // Shallow ones first. What a crash left half written has another name.
  const pages = Array.from({ length: MAX_OWN_PAGE_DEPTH }, (_, depth) =>
    ["[0-9a-f]*", ".tmp-[A-Za-z0-9]*"].map(
      (page) => `${quoted(`${state}/own-pages`)}/${page}${"/*".repeat(depth + 1)}`,
    ),
  ).flat();
  const folders = Object.keys(files).map((name) => `${state}/${name}`);
  return [
    ...removeFiles([
      ...[config, `${config}.new`, `${config}.first`, `${state}/agent.pid`, `${state}/agent.log`, `${state}/lock`].map(
        quoted,
      ),
      `${quoted(state)}/.lock-[0-9]*`,
      `${quoted(state)}/lock.stale-[0-9]*`,
      ...Object.entries(files).flatMap(([name, file]) =>
        [file, `${file}.corrupt`, `.tmp-[0-9]*-[0-9]*-${HAS_OWN_NAMES.has(name) ? file : "[0-9]*.json"}`].map(
          (pattern) => `${quoted(`${state}/${name}`)}/${pattern}`,
        ),
      ),
      ...[CERTIFICATE, `.tmp-[0-9]*-[0-9]*-${CERTIFICATE}`].map((file) => `${quoted(`${state}/certificates`)}/${file}`),
      ...pages,
    ]),
    `rmdir ${pages
      .map((pattern) => pattern.replace(/\/\*$/, ""))
      .reverse()
      .join(" ")} 2>/dev/null || true`,
    ...removeEmpty([...folders, `${state}/own-pages`, state]),
  ];
}

function removeProgram({ lib, program, socket, config, run, state }: Places, home: string): string[] {
  const agent = `${quoted(lib)}/agent-[0-9]*-${hex(8)}`;
  const folders = [lib, parentOf(config), ...(run === undefined ? [] : [run])];
  return [
    ...removeFiles([
      agent,
      `${agent}.new`,
      `${agent}.mjs`,
      `${agent}.mjs.new`,
      ...[program, `${program}.new`, `${lib}/current.before`].map(quoted),
    ]),
    // It names a process that has ended.
    `rm -f ${quoted(`${state}/agent.pid`)}`,
    // It is still there where the agent was killed.
    `if [ -S ${quoted(socket)} ]; then rm -f ${quoted(socket)}; fi`,
    `rm -f ${quoted(`${lib}/current`)}`,
    ...removeEmpty([...new Set(folders)].filter((folder) => folder.replace(/\/+$/, "") !== home)),
  ];
}
