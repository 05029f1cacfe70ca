/** How each kind of service is started and stopped, as lines of a POSIX shell. Pure. */
import type { InstallChoice } from "../ipc-contract.ts";
import { quoted } from "../ssh/ssh-session.ts";
import type { Places } from "./places.ts";

export interface ServiceScripts {
  unit: string[] | undefined;
  /** Lines that start the program anew; the one before ends in order. */
  restart: string[];
  stop: string[];
  /** Lines to be run once another process serves; `$handed` has its id. */
  handed: string[];
  log: string;
}

export const serviceScripts = (places: Places, service: InstallChoice["service"], asRoot: boolean): ServiceScripts => {
  const pid = quoted(`${places.state}/agent.pid`);
  // The one before ends in order: it takes no new visitors, and those who are served are served to the end. The number may be another process's by now.
  const stop = [
    `former=$(cat ${pid} 2>/dev/null || true)`,
    `runs() { [ -n "$former" ] && tr '\\0' ' ' < "/proc/$former/cmdline" 2>/dev/null | grep -qF -- ${quoted(`--state ${places.state} `)}; }`,
    'if runs; then kill -TERM "$former"; fi',
    "left=300; while runs && [ $left -gt 0 ]; do sleep 0.2; left=$((left - 1)); done",
  ];
  const run = `${places.program} run --config ${places.config} --state ${places.state} --socket ${places.socket}`;
  if (service === "process")
    return {
      unit: undefined,
      log: `tail -n 8 ${quoted(`${places.state}/agent.log`)}`,
      restart: [...stop, `cd ${quoted(places.state)}`, `setsid nohup ${run} >> ${quoted(`${places.state}/agent.log`)} 2>&1 < /dev/null &`, `echo $! > ${pid}`],
      stop: [...stop, `rm -f ${pid}`],
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
    stop: [`${systemctl} disable --now backsoon-agent.service`, `rm -f ${quoted(places.unit ?? "")}`, `${systemctl} daemon-reload`],
    handed: [`${systemctl} daemon-reload`],
  };
};
