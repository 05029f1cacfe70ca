/** What an uninstallation does, as a pure function of what was found and chosen. What is shown is what is run; only names that an installation makes are ever removed. */
import type { ServerFacts, UninstallChoice } from "../ipc-contract.ts";
import { quoted } from "../ssh/ssh-session.ts";
import { type Installation, type InstallAction, needsSudo } from "./install-plan.ts";
import { parentOf, placesOf } from "./places.ts";
import { serviceScripts } from "./service-scripts.ts";

/** Everything that the agent keeps in its state directory. */
const STATE_FOLDERS = ["generations", "receipts", "stages"];
const STATE_FILES = ["lock", "agent.log"];

export const planUninstall = (facts: ServerFacts, choice: UninstallChoice): Installation => {
  const places = placesOf(facts, choice);
  const { lib, program, config, state, socket } = places;
  const asRoot = needsSudo(facts, choice);
  const service = serviceScripts(places, choice.service, asRoot);
  const link = `${lib}/current`;
  const script = (title: string, lines: readonly string[]): InstallAction => ({ kind: "script", title, script: ["set -eu", ...lines].join("\n"), asRoot });
  const files = (...paths: string[]): string => `rm -f ${paths.map(quoted).join(" ")}`;
  const emptied = [lib, state, parentOf(config), ...(places.run === undefined ? [] : [places.run])];
  return {
    socketPath: socket,
    program,
    asRoot,
    log: service.log,
    actions: [
      // The link goes last, so that what was cut off can be begun again.
      script("Look whether it is there", [
        `if [ ! -L ${quoted(link)} ]; then echo ${quoted(`There is no ${link}: nothing was installed here by this app.`)} >&2; exit 1; fi`,
      ]),
      script("Stop the agent", service.stop),
      script("Remove the program", [`rm -f ${quoted(lib)}/agent-*`, files(`${link}.before`, program, socket)]),
      ...(choice.forget
        ? [
            script("Delete its configuration and its history", [
              files(config, `${config}.first`, ...STATE_FILES.map((name) => `${state}/${name}`)),
              `rm -rf ${STATE_FOLDERS.map((name) => quoted(`${state}/${name}`)).join(" ")}`,
            ]),
          ]
        : []),
      script("Remove the folders that are empty", [files(link), `rmdir ${[...new Set(emptied)].map(quoted).join(" ")} 2>/dev/null || true`]),
      { kind: "gone", title: "Nothing answers any more" },
    ],
  };
};
