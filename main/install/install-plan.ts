/** What an installation does, as a pure function of what was found and chosen. What is shown is what is run. */
import { failed, done } from "../failures.ts";
import { validateConfig } from "../../server-agent/core/validate-config.ts";
import type { InstallChoice, Result, ServerFacts } from "../ipc-contract.ts";
import type { AgentProgram } from "./agent-program.ts";
import { quoted } from "../ssh/ssh-session.ts";

export type InstallAction =
  | { kind: "script"; title: string; script: string; asRoot: boolean }
  | { kind: "upload"; title: string; to: string }
  /** Everything before this one can be repeated; when this or a later one fails, `undo` is run. */
  | { kind: "switch"; title: string; script: string; undo: string; asRoot: boolean }
  | { kind: "answers"; title: string };

export interface Installation {
  actions: InstallAction[];
  socketPath: string;
  program: string;
  asRoot: boolean;
  /** Prints what the agent said last. */
  log: string;
}

interface Places {
  lib: string;
  program: string;
  config: string;
  state: string;
  socket: string;
  /** Folder of the socket, unless systemd makes it. */
  run: string | undefined;
  unit: string | undefined;
}

export const planInstall = (
  facts: ServerFacts,
  choice: InstallChoice,
  version: string,
  program: Pick<AgentProgram, "kind" | "hash"> & { bytes: number },
): Result<Installation> => {
  const config = validateConfig(choice.config);
  if (!config.ok) return failed("config.invalid", "The first configuration could not serve, so nothing was sent to the server.", config.problems);
  const problem = obstacle(facts, choice);
  if (problem !== undefined) return failed("install.unsupported", problem);
  const places = placesOf(facts, choice);
  const asRoot = choice.service === "system" && !facts.isRoot;
  const upload = `${facts.home}/.backsoon-${program.hash.slice(0, 12)}.upload`;
  const agent = `${places.lib}/agent-${version}-${program.hash.slice(0, 8)}${program.kind === "script" ? ".mjs" : ""}`;
  const link = `${places.lib}/current`;
  const mine = asRoot ? `$SUDO_USER` : "";
  const script = (title: string, lines: readonly string[]): InstallAction => ({ kind: "script", title, script: ["set -eu", ...lines].join("\n"), asRoot });
  const folders = [places.lib, parentOf(places.program), parentOf(places.config), places.state, ...(places.run === undefined ? [] : [places.run])];
  const service = serviceOf(places, choice.service, asRoot);
  return done({
    socketPath: places.socket,
    program: places.program,
    asRoot,
    log: service.log,
    actions: [
      { kind: "upload", title: `Upload the agent (${(program.bytes / 1e6).toFixed(1)} MB)`, to: upload },
      script("Check what arrived", [`test "$(sha256sum ${quoted(upload)} | cut -d ' ' -f 1)" = ${program.hash}`]),
      script("Make the folders", [
        ...folders.map((folder) => `mkdir -p ${quoted(folder)}`),
        `chmod 700 ${quoted(places.state)}`,
        ...(asRoot ? [`chown "${mine}" ${quoted(places.state)}`] : []),
      ]),
      script("Put the agent in place", [
        program.kind === "script" ? `cp ${quoted(upload)} ${quoted(`${agent}.new`)}` : `gzip -dc ${quoted(upload)} > ${quoted(`${agent}.new`)}`,
        `chmod 755 ${quoted(`${agent}.new`)}`,
        `mv ${quoted(`${agent}.new`)} ${quoted(agent)}`,
        `rm -f ${quoted(upload)}`,
        // Of either kind, also after the former one was put back.
        ...heredoc(places.program, [
          "#!/bin/sh",
          `export BACKSOON_SOCKET="\${BACKSOON_SOCKET:-${places.socket}}"`,
          `case "$(readlink ${quoted(link)})" in`,
          `*.mjs) exec node ${quoted(link)} "$@" ;;`,
          `*) exec ${quoted(link)} "$@" ;;`,
          "esac",
        ]),
        `chmod 755 ${quoted(places.program)}`,
      ]),
      script("Write the first configuration, unless there is one", [
        // One that an installation wrote and that has never served may be why it did not: the one that was chosen now takes its place.
        `if [ ! -e ${quoted(places.config)} ] || { [ -e ${quoted(`${places.config}.first`)} ] && [ -z "$(ls -A ${quoted(`${places.state}/generations`)} 2>/dev/null)" ]; }; then`,
        ...heredoc(places.config, JSON.stringify(choice.config, undefined, 2).split("\n")),
        `touch ${quoted(`${places.config}.first`)}`,
        "fi",
        `${program.kind === "script" ? "node " : ""}${quoted(agent)} check ${quoted(places.config)}`,
      ]),
      ...(service.unit === undefined || places.unit === undefined
        ? []
        : [script("Write the service", [`mkdir -p ${quoted(parentOf(places.unit))}`, ...heredoc(places.unit, service.unit)])]),
      {
        kind: "switch",
        title: "Start it",
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
          // Where the former agent refused to hand over, it is there already.
          `if [ -n "$before" ] && [ "$before" != "$(readlink ${quoted(link)})" ]; then`,
          `ln -sfn "$before" ${quoted(link)}`,
          ...service.restart,
          "fi",
        ].join("\n"),
      },
      { kind: "answers", title: `The agent ${version} answers` },
    ],
  });
};

const obstacle = (facts: ServerFacts, { service, folder }: InstallChoice): string | undefined => {
  if (!facts.system.startsWith("Linux"))
    return `${facts.address} runs ${facts.system}; the agent is installed on Linux only. Elsewhere, start it by hand and add it by its socket.`;
  if (service === "system" && !facts.systemd.system) return `${facts.address} has no systemd; choose a process that runs until the machine is restarted.`;
  if (service === "system" && !facts.isRoot && facts.sudo === "none")
    return `This account may not become root on ${facts.address} (there is no sudo); choose a service of the account.`;
  if (service === "user" && !facts.systemd.user)
    return `${facts.address} keeps no services for this account (systemd --user does not answer); choose another way.`;
  if (service !== "process" && folder !== undefined) return "Only a process has a folder of its own; services have their usual places.";
  return undefined;
};

const placesOf = ({ home }: ServerFacts, { service, folder }: InstallChoice): Places => {
  switch (service) {
    case "system":
      return {
        lib: "/opt/backsoon",
        program: "/usr/local/bin/backsoon-agent",
        config: "/etc/backsoon/config.json",
        state: "/var/lib/backsoon",
        socket: "/run/backsoon/agent.sock",
        run: undefined,
        unit: "/etc/systemd/system/backsoon-agent.service",
      };
    case "user":
      return {
        lib: `${home}/.local/share/backsoon`,
        program: `${home}/.local/bin/backsoon-agent`,
        config: `${home}/.config/backsoon/config.json`,
        state: `${home}/.local/state/backsoon/state`,
        socket: `${home}/.local/state/backsoon/agent.sock`,
        run: `${home}/.local/state/backsoon`,
        unit: `${home}/.config/systemd/user/backsoon-agent.service`,
      };
    case "process": {
      const own = folder ?? `${home}/backsoon`;
      return {
        lib: `${own}/lib`,
        program: `${own}/backsoon-agent`,
        config: `${own}/config.json`,
        state: `${own}/state`,
        socket: `${own}/agent.sock`,
        run: own,
        unit: undefined,
      };
    }
  }
};

interface ServiceScripts {
  unit: string[] | undefined;
  /** Lines that start the program anew; the one before ends in order. */
  restart: string[];
  /** Lines to be run once another process serves; `$handed` has its id. */
  handed: string[];
  log: string;
}

const serviceOf = (places: Places, service: InstallChoice["service"], asRoot: boolean): ServiceScripts => {
  const pid = quoted(`${places.state}/agent.pid`);
  const run = `${places.program} run --config ${places.config} --state ${places.state} --socket ${places.socket}`;
  if (service === "process")
    return {
      unit: undefined,
      log: `tail -n 8 ${quoted(`${places.state}/agent.log`)}`,
      restart: [
        // The one before ends in order: it takes no new visitors, and those who are served are served to the end.
        `if [ -s ${pid} ]; then`,
        `  former=$(cat ${pid}); kill -TERM "$former" 2>/dev/null || true; left=300`,
        '  while kill -0 "$former" 2>/dev/null && [ $left -gt 0 ]; do sleep 0.2; left=$((left - 1)); done',
        "fi",
        `cd ${quoted(places.state)}`,
        `setsid nohup ${run} >> ${quoted(`${places.state}/agent.log`)} 2>&1 < /dev/null &`,
        `echo $! > ${pid}`,
      ],
      handed: [`echo "$handed" > ${pid}`],
    };
  const systemctl = service === "user" ? "systemctl --user" : "systemctl";
  return {
    log: `journalctl ${service === "user" ? "--user " : ""}-u backsoon-agent.service -n 8 --no-pager -o cat`,
    unit: [
      "[Unit]",
      "Description=Backsoon agent",
      "After=network-online.target",
      "Wants=network-online.target",
      "",
      "[Service]",
      // The agent names its successor as the main process when it hands over.
      "Type=notify",
      "NotifyAccess=all",
      `ExecStart=${run}`,
      "Restart=on-failure",
      "TimeoutStopSec=60",
      ...(service === "user"
        ? []
        : ["RuntimeDirectory=backsoon", "RuntimeDirectoryMode=0700", "AmbientCapabilities=CAP_NET_BIND_SERVICE", ...(asRoot ? [`User=$SUDO_USER`] : [])]),
      "",
      "[Install]",
      `WantedBy=${service === "user" ? "default.target" : "multi-user.target"}`,
    ],
    restart: [
      ...(service === "user" ? ["loginctl enable-linger 2>/dev/null || true"] : []),
      `${systemctl} daemon-reload`,
      `${systemctl} enable backsoon-agent.service`,
      // Whether it serves is asked of the agent itself.
      `${systemctl} restart --no-block backsoon-agent.service`,
    ],
    handed: [`${systemctl} daemon-reload`],
  };
};

/** Lets the agent that runs hand over, so that no visitor notices; starts the program anew where none runs, or one that cannot. A program that it refuses is not started at all. */
const switchOver = ({ program, socket }: Places, { restart, handed }: ServiceScripts): string[] => [
  `said=$(timeout 60 ${quoted(program)} hand-over --json --socket ${quoted(socket)} --program ${quoted(program)} 2>&1 || true)`,
  `handed=$(printf '%s\\n' "$said" | sed -n 's/^{"version":.*"pid":\\([0-9]*\\).*/\\1/p')`,
  'if [ -n "$handed" ]; then',
  ...handed,
  "else",
  `case "$said" in *hand-over.failed*) put_back; printf '%s\\n' "$said" >&2; exit 1 ;; esac`,
  ...restart,
  "fi",
];

/** Writes a file whole or not at all. Only `$SUDO_USER` is filled in. */
const heredoc = (path: string, lines: readonly string[]): string[] => {
  const needsUser = lines.some((line) => line.includes("$SUDO_USER"));
  return [
    `cat > ${quoted(`${path}.new`)} <<${needsUser ? "BACKSOON_END" : "'BACKSOON_END'"}`,
    ...lines,
    "BACKSOON_END",
    `mv ${quoted(`${path}.new`)} ${quoted(path)}`,
  ];
};

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));
