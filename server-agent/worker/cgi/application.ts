/**
 * The handlers `fastcgi`, `scgi` and `uwsgi`: pass requests on to an application with the variables
 * of CGI.
 */
import { filePathOf } from "../../core/routing/file-path.ts";
import type { CompiledHandler, Exchange, HandlerContext } from "../exchange.ts";
import { ProxiedRequest, type RequestWire } from "../proxy/proxied-request.ts";
import { SentFiles } from "../proxy/sent-files.ts";
import type { UpstreamPool } from "../upstream/upstream-pool.ts";
import { collectBody } from "./collect-body.ts";
import { type ApplicationHandler, type Dialect, DIALECTS, sizeOf } from "./dialects.ts";
import { ErrorOutput } from "./error-output.ts";
import { Scripts } from "./scripts.ts";
import { bytesOf, type Program, variablesOf } from "./variables.ts";

/** What nearly every application takes. */
const ALLOW = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const NOTHING = Buffer.alloc(0);

/** Throws when the configuration has no such upstream. */
export function compileApplication(handler: ApplicationHandler, context: HandlerContext): CompiledHandler {
  const { upstream, upstreams, log } = context;
  if (upstream === undefined)
    throw new Error(
      `there is no upstream ${JSON.stringify(handler.upstream)}; add it to \`upstreams\` or name another one`,
    );
  const application = new Application(handler, upstreams.acquire(upstream, log), log);
  const { root, mount = "/" } = handler;
  const at = mount === "/" ? "" : mount;
  const run = (exchange: Exchange, program: Program): void => {
    application.run(exchange, program);
  };
  const scripts = root === undefined ? undefined : new Scripts({ ...handler, root }, at, run);
  return {
    answer(exchange) {
      const { method, path } = exchange.facts;
      // What it would send back are the visitor's own credentials.
      if (method === "TRACE") exchange.fail(405, { Allow: ALLOW });
      else if (path === "*") {
        exchange.response.writeHead(204, ["Allow", ALLOW]);
        exchange.response.end();
      } else if (scripts === undefined) runWhole(exchange);
      else return scripts.answer(exchange);
    },
    close() {
      upstreams.release(upstream);
    },
  };

  function runWhole(exchange: Exchange): void {
    const path = filePathOf(exchange.facts);
    if (path !== at && !path.startsWith(`${at}/`)) exchange.fail(404);
    else run(exchange, { name: at, file: undefined, root: undefined, pathInfo: path.slice(at.length) });
  }
}

/** The application: runs programs of any name. */
class Application {
  readonly #pool: UpstreamPool;
  readonly #params: readonly (readonly [name: string, value: string])[];
  readonly #dialect: Dialect;
  readonly #files: SentFiles;
  readonly #log: (line: string) => void;

  constructor({ type, params = {}, sendFiles }: ApplicationHandler, pool: UpstreamPool, log: (line: string) => void) {
    this.#pool = pool;
    this.#params = Object.entries(params).map(([name, value]) => [name, bytesOf(value)]);
    this.#dialect = DIALECTS[type];
    this.#files = new SentFiles(sendFiles, log);
    this.#log = log;
  }

  run(exchange: Exchange, program: Program): void {
    if (exchange.request.chunked)
      collectBody(exchange, (body) => {
        this.#dispatch(exchange, program, body);
      });
    else this.#dispatch(exchange, program, undefined);
  }

  #dispatch(exchange: Exchange, program: Program, collected: Buffer | undefined): void {
    const { request, facts } = exchange;
    const variables = variablesOf(exchange, program, collected?.length ?? request.contentLength);
    for (const [name, value] of this.#params) variables.set(name, value);
    const dialect = this.#dialect;
    if (sizeOf(variables) > dialect.maxBytes) {
      exchange.fail(431);
      return;
    }
    const hasBody = request.hasBody && collected === undefined;
    const body = hasBody ? undefined : (collected ?? NOTHING);
    const errors = new ErrorOutput((line) => {
      this.#log(`an application says on ${facts.method} ${facts.host}${facts.path}: ${line}`);
    });
    const wire: RequestWire = {
      body: dialect.body,
      hasBody,
      head: ({ keepsIdle }) => dialect.write({ variables, keepsIdle, body }),
      onErrorOutput: (bytes) => {
        errors.add(bytes);
      },
      onEnd: () => {
        errors.end();
      },
      insteadOf: ({ status, headers, localRedirect }) =>
        localRedirect === undefined
          ? this.#files.insteadOf(exchange, status, headers)
          : () => exchange.answerAs(localRedirect),
    };
    this.#pool.dispatch(new ProxiedRequest(exchange, wire, this.#log));
  }
}
