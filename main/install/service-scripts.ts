/** The lines of shell with which each kind of service is started, stopped and removed. */
import type { InstallChoice } from "../contract/install.ts";
import { quoted } from "../ssh/ssh-session.ts";
import { type Places, WEB_FOLDER } from "./places.ts";

export interface ServiceScripts {
  unit: string[] | undefined;
  /** Lines that start the program anew; the one before ends in order. */
  restart: string[];
  /** Lines to be run once another process serves; `$handed` has its id. */
  handed: string[];
  /**
   * Lines that end the agent in order, for good; they fail when it does not end. Also where it has
   * ended before.
   */
  stop: string[];
  /** Lines that take the service out of systemd, once it is stopped. */
  remove: string[] | undefined;
  /** A line that prints what the agent said last. */
  log: string;
}

/** A service of the machine runs as the account that installs it, unless it has to be root. */
const USER_LINE = "User=$SUDO_USER";
/** Beside a web server it is root, and is told what to do by that account. */
const OWNER_WORDS = ["--socket-owner", "$SUDO_UID"];

/** Whether the account's name or number is filled in here, and nothing else is for the shell. */
export function isFilledIn(line: string): boolean {
  return line === USER_LINE || /^ExecStart=[\w./ -]+ --socket-owner \$SUDO_UID$/.test(line);
}

/**
 * @param how `role` is needed for the unit only
 * @param asRoot through sudo, in the name of the account
 */
export function serviceScripts(
  places: Places,
  how: Pick<InstallChoice, "service"> & Partial<Pick<InstallChoice, "role">>,
  asRoot: boolean,
): ServiceScripts {
  const { service, role } = how;
  const pid = quoted(`${places.state}/agent.pid`);
  const run = [places.program, "run", "--config", places.config, "--state", places.state, "--socket", places.socket];
  const isBeside = role === "beside";
  if (service === "process") {
    const endProcess = [
      // It ends in order: it takes no new visitors, and those who are served are served to the end.
      // A process of the same number that is another program's is left alone.
      `former=$(cat ${pid} 2>/dev/null || true)`,
      `runs() { [ -n "$former" ] && { tr '\\000' '\\n' < "/proc/$former/cmdline" | grep -qxF ${quoted(places.socket)}; } 2>/dev/null; }`,
      "if runs; then",
      '  kill -TERM "$former" || true; left=300',
      "  while runs && [ $left -gt 0 ]; do sleep 0.2; left=$((left - 1)); done",
      "fi",
    ];
    return {
      unit: undefined,
      log: `tail -n 8 ${quoted(`${places.state}/agent.log`)}`,
      restart: [
        ...endProcess,
        `cd ${quoted(places.state)}`,
        `setsid nohup ${run.map(quoted).join(" ")} >> ${quoted(`${places.state}/agent.log`)} 2>&1 < /dev/null &`,
        `echo $! > ${pid}`,
      ],
      handed: [`echo "$handed" > ${pid}`],
      stop: [...endProcess, 'if runs; then echo "Process $former has not ended within 60 s." >&2; exit 1; fi'],
      remove: undefined,
    };
  }
  const { unit = "" } = places;
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
      // The program is a script. systemd takes no path with a quote or a backslash for one, but any
      // argument.
      `ExecStart=/bin/sh ${[
        ...run.map(unitWord),
        ...(isBeside ? ["--web-folder", WEB_FOLDER] : []),
        ...(isBeside && asRoot ? OWNER_WORDS : []),
      ].join(" ")}`,
      "ExecReload=/bin/kill -HUP $MAINPID",
      "WatchdogSec=60",
      "Restart=on-failure",
      "TimeoutStopSec=60",
      ...(service === "user"
        ? []
        : [
            "RuntimeDirectory=backsoon",
            ...(isBeside
              ? // Root, and nothing is kept from it: it writes the web server's configuration and runs its
                // checker, which opens all that the web server opens, wherever that is.
                [`RuntimeDirectoryMode=${asRoot ? "0711" : "0700"}`]
              : [
                  "RuntimeDirectoryMode=0700",
                  "AmbientCapabilities=CAP_NET_BIND_SERVICE",
                  ...(asRoot ? [USER_LINE] : []),
                ]),
          ]),
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
    stop: [`if [ -e ${quoted(unit)} ]; then ${systemctl} disable --now backsoon-agent.service; fi`],
    remove: [
      `rm -f ${quoted(unit)} ${quoted(`${unit}.new`)}`,
      `${systemctl} daemon-reload`,
      `${systemctl} reset-failed backsoon-agent.service 2>/dev/null || true`,
    ],
  };
}

/** An argument in a command of systemd.service(5), without specifiers, variables and escapes. */
function unitWord(text: string): string {
  return /^[\w./+-]+$/.test(text)
    ? text
    : `"${text.replaceAll(/["\\]/g, "\\$&").replaceAll("%", "%%").replaceAll("$", "$$$$")}"`;
}
