/** The `cgi` handler: starts a program for each request. */
import { dirname } from "node:path";
import type { Handler } from "../../contract/handler.ts";
import { DEFAULT_INDEX } from "../../core/index-files.ts";
import type { CompiledHandler, HandlerContext } from "../exchange.ts";
import { ProxiedRequest } from "../proxy/proxied-request.ts";
import { messageOf } from "../../log.ts";
import { accountOf } from "./account.ts";
import { RAW } from "./dialects.ts";
import { compilePrograms } from "./programs.ts";
import { ProgramRun } from "./program-run.ts";

type CgiHandler = Extract<Handler, { type: "cgi" }>;

const DEFAULT_PROCESSES = 16;
const DEFAULT_TIMEOUT_SECONDS = 60;
/** Where programs find others; the agent's own may lead anywhere. */
const PATH = "/usr/local/bin:/usr/bin:/bin";
const RETRY_SOON = { "Retry-After": "1" };

/** Throws when there is no such account. */
export function compileCgi(handler: CgiHandler, { log }: HandlerContext): CompiledHandler {
  const {
    interpreter,
    user,
    processes = DEFAULT_PROCESSES,
    timeout = DEFAULT_TIMEOUT_SECONDS,
    extensions = ["cgi"],
    index = DEFAULT_INDEX.programs,
  } = handler;
  const account = accountOf(user);
  let running = 0;
  return {
    answer: compilePrograms({ ...handler, extensions, index }, log, ({ exchange, program, variables, body, wire }) => {
      const file = program.file ?? "";
      if (running >= processes) {
        log(`not starting ${file}: ${String(running)} programs of its handler are already running`);
        exchange.fail(503, RETRY_SOON);
        return;
      }
      const call = new ProxiedRequest(exchange, { ...wire, body: RAW, head: () => "" }, log);
      const environment: Record<string, string> = { PATH };
      // Strings for the operating system are UTF-8.
      for (const [name, value] of variables) environment[name] = Buffer.from(value, "latin1").toString();
      const command = {
        program: interpreter ?? file,
        args: interpreter === undefined ? [] : [file],
        folder: dirname(file),
        environment,
        account,
        timeoutMs: timeout * 1000,
      };
      running += 1;
      try {
        new ProgramRun(command, call, body, () => {
          running -= 1;
        });
      } catch (failure) {
        // Of some failures the platform tells at once, as of a program that is being written.
        running -= 1;
        call.onFailure({ kind: "refused", message: `${file}: ${messageOf(failure)}` });
      }
    }),
  };
}
