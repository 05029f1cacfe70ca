/**
 * What all handlers do that answer by programs, whether these run already or are started: find the
 * program, wait for a body of unknown length, and say by variables what was asked for.
 */
import { filePathOf } from "../../core/routing/file-path.ts";
import type { Exchange } from "../exchange.ts";
import type { RequestWire } from "../proxy/proxied-request.ts";
import { SentFiles } from "../proxy/sent-files.ts";
import { collectBody } from "./collect-body.ts";
import { ErrorOutput } from "./error-output.ts";
import { type ScriptOptions, Scripts } from "./scripts.ts";
import { bytesOf, type Program, variablesOf } from "./variables.ts";

export interface ProgramOptions extends Omit<ScriptOptions, "root"> {
  readonly root?: string | undefined;
  readonly mount?: string | undefined;
  readonly params?: Readonly<Record<string, string>> | undefined;
  readonly sendFiles?: readonly string[] | undefined;
}

/** A request whose program is found. */
export interface PreparedRequest {
  readonly exchange: Exchange;
  readonly program: Program;
  readonly variables: ReadonlyMap<string, string>;
  /** The whole body; undefined: it follows as it comes. */
  readonly body: Buffer | undefined;
  /** What is the same however the request is written. */
  readonly wire: Omit<RequestWire, "body" | "head">;
}

/** What nearly every program takes. */
const ALLOW = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const NOTHING = Buffer.alloc(0);

/** @param dispatch Sends the request to its program. @param log For lines of the agent's log. */
export function compilePrograms(
  options: ProgramOptions,
  log: (line: string) => void,
  dispatch: (request: PreparedRequest) => void,
): (exchange: Exchange) => void | Promise<void> {
  const { root, mount = "/" } = options;
  const at = mount === "/" ? "" : mount;
  const params = Object.entries(options.params ?? {}).map(([name, value]) => [name, bytesOf(value)] as const);
  const files = new SentFiles(options.sendFiles, log);
  const scripts = root === undefined ? undefined : new Scripts({ ...options, root }, at, run);
  return (exchange) => {
    const { method, path } = exchange.facts;
    // What it would send back are the visitor's own credentials.
    if (method === "TRACE") exchange.fail(405, { Allow: ALLOW });
    else if (path === "*") {
      exchange.response.writeHead(204, ["Allow", ALLOW]);
      exchange.response.end();
    } else if (scripts === undefined) runWhole(exchange);
    else return scripts.answer(exchange);
  };

  function runWhole(exchange: Exchange): void {
    const path = filePathOf(exchange.facts);
    if (path !== at && !path.startsWith(`${at}/`)) exchange.fail(404);
    else run(exchange, { name: at, file: undefined, root: undefined, pathInfo: path.slice(at.length) });
  }

  function run(exchange: Exchange, program: Program): void {
    if (exchange.request.chunked)
      collectBody(exchange, (body) => {
        prepare(exchange, program, body);
      });
    else prepare(exchange, program, undefined);
  }

  function prepare(exchange: Exchange, program: Program, collected: Buffer | undefined): void {
    const { request } = exchange;
    const variables = variablesOf(exchange, program, collected?.length ?? request.contentLength);
    for (const [name, value] of params) variables.set(name, value);
    const hasBody = request.hasBody && collected === undefined;
    const body = hasBody ? undefined : (collected ?? NOTHING);
    dispatch({ exchange, program, variables, body, wire: wireOf(exchange, hasBody) });
  }

  function wireOf(exchange: Exchange, hasBody: boolean): PreparedRequest["wire"] {
    const { method, host, path } = exchange.facts;
    const errors = new ErrorOutput((line) => {
      log(`application error output on ${method} ${host}${path}: ${line}`);
    });
    return {
      hasBody,
      onErrorOutput: (bytes) => {
        errors.add(bytes);
      },
      onEnd: () => {
        errors.end();
      },
      insteadOf: (head) => {
        const { localRedirect } = head;
        if (localRedirect === undefined) return files.insteadOf(exchange, head);
        return () => {
          exchange.answerAs(localRedirect);
        };
      },
    };
  }
}
