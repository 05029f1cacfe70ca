/** Which generation the agent starts with: the last one stored, or one made from the seed. */
import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { validateConfig } from "../../core/config/validate-config.ts";
import type { Config } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import { messageOf } from "../../log.ts";
import type { Found, StateDirectory } from "../../store/state-directory.ts";
import { EXIT } from "../../exit-codes.ts";
import type { FailedStart } from "./failed-start.ts";
import { jsonFault } from "../json-fault.ts";
import type { SupervisorOptions } from "./options.ts";
import type { Service } from "../../adapters/service.ts";
import type { Seed } from "../switch/start-switch.ts";

type InitialGeneration = { ok: true; service: Service; seed: Seed | undefined } | FailedStart;

type Loaded = { ok: true; config: Config; compileMs: number } | { ok: false; message: string; problems: Problem[] };

export async function initialGeneration(
  state: StateDirectory,
  found: Found["active"],
  { config: file, reseed, log }: Pick<SupervisorOptions, "config" | "reseed" | "log">,
): Promise<InitialGeneration> {
  const stored =
    found === undefined ? undefined : check(found.config, `generation ${found.record.generation} in ${state.path}`);
  if (found === undefined || reseed) {
    if (file === undefined)
      return {
        ok: false,
        exitCode: EXIT.usage,
        message: reseed
          ? "--reseed needs --config FILE"
          : `the state directory ${state.path} is empty; give --config FILE to begin with`,
      };
    const seed = await readConfigFile(file);
    if (!seed.ok) return { ok: false, exitCode: EXIT.usage, message: seed.message };
    log.info(
      reseed
        ? "starting with the configuration file as a new generation"
        : "the state directory is empty; starting with the configuration file",
      {
        file,
      },
    );
    const before = stored?.ok === true ? stored.config : undefined;
    return {
      ok: true,
      service: { generation: state.nextGeneration, config: seed.config, compileMs: seed.compileMs },
      seed: { author: "agent", reason: `${reseed ? "seeded again" : "seeded"} from ${file}`, before },
    };
  }
  if (stored?.ok !== true) {
    return {
      ok: false,
      exitCode: EXIT.usage,
      message: `${stored?.message ?? "no generation"}\nThis version of the agent cannot serve it; start with --reseed --config FILE to begin with another document`,
    };
  }
  if (file !== undefined) await warnIfDifferent(file, stored.config, state, log);
  return {
    ok: true,
    service: { generation: found.record.generation, config: stored.config, compileMs: stored.compileMs },
    seed: undefined,
  };
}

/**
 * Reads and checks a configuration file. The message names the file, and the field with each
 * problem.
 */
export async function readConfigFile(file: string): Promise<Loaded> {
  let document: unknown;
  try {
    const bytes = await readFile(file);
    // A decoder would put U+FFFD where other bytes are, and that would serve.
    if (!isUtf8(bytes)) throw new SyntaxError("it is not UTF-8; convert it, for example with `iconv -t UTF-8`");
    document = parseDocument(bytes.toString("utf8"));
  } catch (failure) {
    if (failure instanceof SyntaxError)
      return unread("json", `${file} is not JSON: ${failure.message}`, failure.message);
    const why = readFailure(failure as NodeJS.ErrnoException);
    return unread("file", `${file} cannot be read: ${why}`, why);
  }
  return check(document, file);
}

function unread(code: string, message: string, problem: string): Loaded {
  return { ok: false, message, problems: [{ path: "", code, message: problem }] };
}

function parseDocument(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError(jsonFault(text));
  }
}

function readFailure(failure: NodeJS.ErrnoException): string {
  switch (failure.code) {
    case "ENOENT":
      return "there is no such file";
    case "EISDIR":
      return "it is a folder";
    case "EACCES":
      return "this user may not read it";
    default:
      return messageOf(failure);
  }
}

function check(document: unknown, origin: string): Loaded {
  const startedAt = performance.now();
  const checked = validateConfig(document);
  return checked.ok
    ? { ok: true, config: checked.config, compileMs: performance.now() - startedAt }
    : { ok: false, message: describeProblems(origin, checked.problems), problems: checked.problems };
}

function describeProblems(origin: string, problems: readonly Problem[]): string {
  return [
    `${origin} cannot serve:`,
    ...problems.map(({ path, message }) => `  ${path === "" ? "/" : path}: ${message}`),
  ].join("\n");
}

async function warnIfDifferent(
  file: string,
  active: Config,
  state: StateDirectory,
  log: SupervisorOptions["log"],
): Promise<void> {
  const seed = await readConfigFile(file);
  if (!seed.ok)
    log.warn("ignoring the configuration file, which is invalid; using the configuration in the state directory", {
      file,
      why: seed.message,
    });
  else if (!isDeepStrictEqual(seed.config, active))
    log.warn(
      "the configuration file differs from the active generation and is not used; use --reseed to load it as a new generation",
      { file, state: state.path },
    );
}
