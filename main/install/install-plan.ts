/**
 * What an installation does, as a pure function of what was found and chosen. What is shown is what
 * is run.
 */
import { t } from "../language/translate.ts";
import { failed, done } from "../failures.ts";
import { validateConfig } from "../../server-agent/core/config/validate-config.ts";
import type { InstallChoice, ServerFacts } from "../contract/install.ts";
import type { Result } from "../contract/failures.ts";
import type { AgentProgram } from "./agent-program.ts";
import { quoted } from "../ssh/ssh-session.ts";
import { type Places, WEB_FOLDER, type Where, parentOf, placesOf } from "./places.ts";
import { type ServiceScripts, isFilledIn, serviceScripts } from "./service-scripts.ts";

export type InstallAction =
  | { kind: "script"; title: string; script: string; asRoot: boolean }
  | { kind: "upload"; title: string; to: string }
  /** Everything before this one can be repeated; when this or a later one fails, `undo` is run. */
  | { kind: "switch"; title: string; script: string; undo: string; asRoot: boolean }
  | { kind: "answers"; title: string };

/** An installation, or the way back. */
export interface Installation {
  actions: InstallAction[];
  socketPath: string;
  program: string;
  asRoot: boolean;
  /** Prints what the agent said last. */
  log: string;
}

export function planInstall(
  facts: ServerFacts,
  choice: InstallChoice,
  version: string,
  program: Pick<AgentProgram, "kind" | "hash"> & { bytes: number },
): Result<Installation> {
  const config = validateConfig(choice.config);
  if (!config.ok)
    return failed(
      "config.invalid",
      t("The first configuration could not serve, so nothing was sent to the server."),
      config.problems,
    );
  const problem = obstacle(facts, choice);
  if (problem !== undefined) return failed("install.unsupported", problem);
  const places = placesOf(facts, choice);
  if (program.kind === "script" && places.lib.includes("\\"))
    return failed(
      "install.unsupported",
      t("Node runs nothing from {folder}: there is a backslash in this path. Choose a process in another folder.", {
        folder: places.lib,
      }),
    );
  const asRoot = needsSudo(facts, choice);
  const upload = `${facts.home}/.backsoon-${program.hash.slice(0, 12)}.upload`;
  const agent = `${places.lib}/agent-${version}-${program.hash.slice(0, 8)}${program.kind === "script" ? ".mjs" : ""}`;
  const link = `${places.lib}/current`;
  const isBeside = choice.role === "beside";
  const script = (title: string, lines: readonly string[]): InstallAction => scriptAction(title, lines, asRoot);
  const folders = [
    places.lib,
    parentOf(places.program),
    parentOf(places.config),
    places.state,
    ...(places.run === undefined ? [] : [places.run]),
  ];
  const service = serviceScripts(places, choice, asRoot);
  return done({
    socketPath: places.socket,
    program: places.program,
    asRoot,
    log: service.log,
    actions: [
      {
        kind: "upload",
        title: t("Upload the agent ({size, number, ::.0} MB)", { size: program.bytes / 1e6 }),
        to: upload,
      },
      script("Check what arrived", [`test "$(sha256sum < ${quoted(upload)} | cut -d ' ' -f 1)" = ${program.hash}`]),
      script("Make the folders", [
        ...folders.map((folder) => `mkdir -p ${quoted(folder)}`),
        `chmod 700 ${quoted(places.state)}`,
        // Also what an agent of the other role has left there.
        ...(asRoot && !isBeside ? [`chown -R "$SUDO_USER" ${quoted(places.state)}`] : []),
        ...(isBeside ? [`mkdir -p ${quoted(WEB_FOLDER)}`, `chmod 755 ${quoted(WEB_FOLDER)}`] : []),
      ]),
      script("Put the agent in place", [
        program.kind === "script"
          ? `cp ${quoted(upload)} ${quoted(`${agent}.new`)}`
          : `gzip -dc ${quoted(upload)} > ${quoted(`${agent}.new`)}`,
        `chmod 755 ${quoted(`${agent}.new`)}`,
        `mv ${quoted(`${agent}.new`)} ${quoted(agent)}`,
        `rm -f ${quoted(upload)}`,
        // Of either kind, also after the previous one was put back.
        ...heredoc(places.program, [
          "#!/bin/sh",
          `[ -n "\${BACKSOON_SOCKET:-}" ] || BACKSOON_SOCKET=${quoted(places.socket)}`,
          "export BACKSOON_SOCKET",
          `case "$(readlink ${quoted(link)})" in`,
          `*.mjs) exec node ${quoted(link)} "$@" ;;`,
          `*) exec ${quoted(link)} "$@" ;;`,
          "esac",
        ]),
        `chmod 755 ${quoted(places.program)}`,
      ]),
      script("Write the first configuration, unless there is one", [
        // One that an installation wrote and that has never served may be why it did not: the one
        // that was chosen now takes its place.
        `if [ ! -e ${quoted(places.config)} ] || { [ -e ${quoted(`${places.config}.first`)} ] && [ -z "$(ls -A ${quoted(`${places.state}/generations`)} 2>/dev/null)" ]; }; then`,
        ...heredoc(places.config, JSON.stringify(choice.config, undefined, 2).split("\n")),
        `touch ${quoted(`${places.config}.first`)}`,
        "fi",
        `${program.kind === "script" ? "node " : ""}${quoted(agent)} check ${quoted(places.config)}`,
      ]),
      ...(service.unit === undefined || places.unit === undefined
        ? []
        : [
            script("Write the service", [
              `mkdir -p ${quoted(parentOf(places.unit))}`,
              ...heredoc(places.unit, service.unit, { fillsUser: true }),
            ]),
          ]),
      {
        kind: "switch",
        title: t("Start it"),
        asRoot,
        script: [
          "set -eu",
          `before=$(readlink ${quoted(link)} || true)`,
          `printf '%s' "$before" > ${quoted(`${link}.before`)}`,
          `put_back() { [ -z "$before" ] || ln -sfn "$before" ${quoted(link)}; }`,
          `ln -sfn ${quoted(agent)} ${quoted(link)}`,
          ...switchOver(places, service),
        ].join("\n"),
        undo: [
          `before=$(cat ${quoted(`${link}.before`)} 2>/dev/null || true)`,
          // Where the previous agent refused to hand over, it is there already.
          `if [ -n "$before" ] && [ "$before" != "$(readlink ${quoted(link)})" ]; then`,
          `ln -sfn "$before" ${quoted(link)}`,
          ...service.restart,
          "fi",
        ].join("\n"),
      },
      { kind: "answers", title: t("The agent {version} answers", { version }) },
    ],
  });
}

/** A script that ends with the first line that fails. */
export function scriptAction(title: string, lines: readonly string[], asRoot: boolean): InstallAction {
  return {
    kind: "script",
    title,
    script: ["set -eu", ...lines].join("\n"),
    asRoot,
  };
}

/** Whether the account becomes root for it. */
export function needsSudo({ isRoot }: ServerFacts, { service }: Where): boolean {
  return service === "system" && !isRoot;
}

function obstacle(facts: ServerFacts, { role, service, folder }: InstallChoice): string | undefined {
  if (!facts.system.startsWith("Linux"))
    return t(
      "{server} runs {system}; the agent is installed on Linux only. Elsewhere, start it by hand and add it by its socket.",
      { server: facts.address, system: facts.system },
    );
  const beside = role === "beside" ? obstacleBeside(facts, service) : undefined;
  if (beside !== undefined) return beside;
  const former = facts.installed.find(({ socketPath }) => socketPath === placesOf(facts, { service, folder }).socket);
  if (former !== undefined && former.role !== role && answersAt(facts, former.socketPath))
    return former.role === "beside"
      ? t("The agent that runs there stands beside a web server. Uninstall it first, then install it anew.")
      : t("The agent that runs there serves sites itself. Uninstall it first, then install it anew.");
  if (service === "system" && !facts.systemd.system)
    return t("{server} has no systemd; choose a process that runs until the machine is restarted.", {
      server: facts.address,
    });
  if (service === "system" && !facts.isRoot && facts.sudo === "none")
    return t("This account may not become root on {server} (there is no sudo); choose a service of the account.", {
      server: facts.address,
    });
  if (service === "user" && !facts.systemd.user)
    return t("{server} keeps no services for this account (systemd --user does not answer); choose another way.", {
      server: facts.address,
    });
  if (service !== "process" && folder !== undefined)
    return t("Only a process has a folder of its own; services have their usual places.");
  return undefined;
}

function obstacleBeside(facts: ServerFacts, service: InstallChoice["service"]): string | undefined {
  if (service !== "system")
    return t(
      "Beside a web server the agent is a service of the machine: it writes the web server's configuration and reloads it.",
    );
  if (!facts.systemd.system)
    return t("{server} has no systemd. Start the agent by hand as root, and add it by its socket.", {
      server: facts.address,
    });
  if (!facts.isRoot && facts.sudo === "none")
    return t(
      "Beside a web server the agent needs root, and this account may not become root on {server} (there is no sudo). Log in as root, or with an account that has sudo.",
      { server: facts.address },
    );
  return undefined;
}

function answersAt({ agents }: ServerFacts, socket: string): boolean {
  return agents.some(({ answers, socketPath }) => answers && socketPath === socket);
}

/**
 * Lets the agent that runs hand over, so that no visitor notices; starts the program anew where
 * none runs, or one that cannot. A program that it refuses is not started at all.
 */
function switchOver({ program, socket }: Places, { restart, handed }: ServiceScripts): string[] {
  return [
    `said=$(timeout 60 ${quoted(program)} hand-over --json --socket ${quoted(socket)} --program ${quoted(program)} 2>&1 || true)`,
    `handed=$(printf '%s\\n' "$said" | sed -n 's/^{"version":.*"pid":\\([0-9]*\\).*/\\1/p')`,
    'if [ -n "$handed" ]; then',
    ...handed,
    "else",
    `case "$said" in *hand-over.failed*) put_back; printf '%s\\n' "$said" >&2; exit 1 ;; esac`,
    ...restart,
    "fi",
  ];
}

/**
 * Writes a file whole or not at all.
 *
 * @param fillsUser the account is filled in where a unit has it
 */
function heredoc(path: string, lines: readonly string[], { fillsUser = false } = {}): string[] {
  return [
    `cat > ${quoted(`${path}.new`)} <<${fillsUser ? "BACKSOON_END" : "'BACKSOON_END'"}`,
    // Nothing else of it is for the shell.
    ...lines.map((line) => (fillsUser && !isFilledIn(line) ? line.replaceAll(/[\\$`]/g, "\\$&") : line)),
    "BACKSOON_END",
    `mv ${quoted(`${path}.new`)} ${quoted(path)}`,
  ];
}
