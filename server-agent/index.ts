/**
 * The agent program: `node agent.mjs VERB …`. Each verb is one file in `cli/`, loaded only when it
 * is called.
 */
import { messageOf } from "./log.ts";
import { EXIT } from "./exit-codes.ts";
import { UsageError } from "./cli/usage-error.ts";

type Verb = (args: readonly string[]) => Promise<number>;

const VERBS: Readonly<Record<string, () => Promise<Verb>>> = {
  run: async () => (await import("./cli/verbs/run.ts")).run,
  check: async () => (await import("./cli/verbs/check.ts")).check,
  import: async () => (await import("./cli/verbs/import.ts")).importVerb,
  status: async () => (await import("./cli/verbs/status.ts")).status,
  explain: async () => (await import("./cli/verbs/explain.ts")).explainVerb,
  maintenance: async () => (await import("./cli/verbs/maintenance.ts")).maintenance,
  "web-servers": async () => (await import("./cli/verbs/web-servers.ts")).webServers,
  prepare: async () => (await import("./cli/verbs/web-servers.ts")).prepare,
  unprepare: async () => (await import("./cli/verbs/web-servers.ts")).unprepare,
  stages: async () => (await import("./cli/verbs/stages.ts")).stages,
  windows: async () => (await import("./cli/verbs/windows.ts")).windows,
  reminders: async () => (await import("./cli/verbs/reminders.ts")).reminders,
  passes: async () => (await import("./cli/verbs/passes.ts")).passes,
  certificates: async () => (await import("./cli/verbs/certificates.ts")).certificates,
  channels: async () => (await import("./cli/verbs/channels.ts")).channels,
  restart: async () => (await import("./cli/verbs/restart.ts")).restart,
  "hand-over": async () => (await import("./cli/verbs/hand-over.ts")).handOver,
  "dial-stdio": async () => (await import("./cli/verbs/dial-stdio.ts")).dialStdio,
  version: async () => (await import("./cli/verbs/version.ts")).version,
  help: async () => (await import("./cli/verbs/help.ts")).help,
};

const ALIASES: Readonly<Record<string, string>> = {
  "--help": "help",
  "-h": "help",
  "--version": "version",
  "-v": "version",
};

async function main([name = "help", ...args]: readonly string[]): Promise<number> {
  const load = VERBS[ALIASES[name] ?? name];
  try {
    if (load === undefined) throw new UsageError(`unknown command: ${name}`);
    if (args.includes("--help") || args.includes("-h")) return await (await import("./cli/verbs/help.ts")).help([name]);
    return await (
      await load()
    )(args);
  } catch (failure) {
    const usage =
      failure instanceof UsageError || (failure as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS") === true;
    process.stderr.write(
      `backsoon-agent: ${messageOf(failure)}${usage ? "\nrun 'backsoon-agent help' for all commands and options" : ""}\n`,
    );
    return usage ? EXIT.usage : EXIT.failed;
  }
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
