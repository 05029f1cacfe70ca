/** The `fastcgi` handler: passes requests on to an application that speaks FastCGI. */
import type { Handler } from "../../contract/handler.ts";
import { filePathOf } from "../../core/routing/file-path.ts";
import type { CompiledHandler, Exchange, HandlerContext } from "../exchange.ts";
import { answerMiss, takesMethod } from "../files/file.ts";
import { FileFolder } from "../files/file-folder.ts";
import { ProxiedRequest, type RequestWire } from "../proxy/proxied-request.ts";
import { beginRequest, END_OF_STDIN, wholeStdin, writeStdin } from "../upstream/fastcgi-records.ts";
import type { UpstreamPool } from "../upstream/upstream-pool.ts";
import { collectBody } from "./collect-body.ts";
import { ErrorOutput } from "./error-output.ts";
import { type Found, type Script, ScriptFolder } from "./script-folder.ts";
import { bytesOf, type Program, variablesOf } from "./variables.ts";

type FastcgiHandler = Extract<Handler, { type: "fastcgi" }>;

/** What nearly every application takes. */
const ALLOW = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const NOTHING = Buffer.alloc(0);
const STDIN = { write: writeStdin, end: END_OF_STDIN };

/** Throws when the configuration has no such upstream. */
export function compileFastcgi(handler: FastcgiHandler, context: HandlerContext): CompiledHandler {
  const { upstream, upstreams, log } = context;
  if (upstream === undefined)
    throw new Error(
      `there is no upstream ${JSON.stringify(handler.upstream)}; add it to \`upstreams\` or name another one`,
    );
  const application = new Application(handler, upstreams.acquire(upstream, log), log);
  const { root } = handler;
  const site = root === undefined ? undefined : new Scripts({ ...handler, root }, application);
  return {
    answer(exchange) {
      const { method, path } = exchange.facts;
      // What it would send back are the visitor's own credentials.
      if (method === "TRACE") exchange.fail(405, { Allow: ALLOW });
      else if (path === "*") {
        exchange.response.writeHead(204, ["Allow", ALLOW]);
        exchange.response.end();
      } else if (site === undefined) {
        const pathInfo = filePathOf(exchange.facts);
        application.run(exchange, { name: "", file: undefined, root: undefined, pathInfo });
      } else return site.answer(exchange);
    },
    close() {
      upstreams.release(upstream);
    },
  };
}

/** The application: runs programs of any name. */
class Application {
  readonly #pool: UpstreamPool;
  readonly #params: readonly (readonly [name: string, value: string])[];
  readonly #log: (line: string) => void;

  constructor({ params = {} }: FastcgiHandler, pool: UpstreamPool, log: (line: string) => void) {
    this.#pool = pool;
    this.#params = Object.entries(params).map(([name, value]) => [name, bytesOf(value)]);
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
    const hasBody = request.hasBody && collected === undefined;
    const rest = hasBody ? "" : wholeStdin(collected ?? NOTHING);
    const errors = new ErrorOutput((line) => {
      this.#log(`an application says on ${facts.method} ${facts.host}${facts.path}: ${line}`);
    });
    const wire: RequestWire = {
      body: STDIN,
      hasBody,
      head: ({ keepsIdle }) => beginRequest(variables, keepsIdle) + rest,
      onErrorOutput: (bytes) => {
        errors.add(bytes);
      },
      onEnd: () => {
        errors.end();
      },
    };
    this.#pool.dispatch(new ProxiedRequest(exchange, wire, this.#log));
  }
}

/** A folder with scripts, and perhaps with other files. */
class Scripts {
  readonly #application: Application;
  readonly #folder: ScriptFolder;
  readonly #fallback: string | undefined;
  readonly #files: FileFolder | undefined;
  readonly #scriptRoot: string | undefined;

  constructor(handler: FastcgiHandler & { root: string }, application: Application) {
    const { root, extensions = ["php"], index = ["index.php"], fallback, files, scriptRoot } = handler;
    const folder = new ScriptFolder(root, extensions, index);
    const pages = index.filter((name) => !folder.isSource(name));
    this.#application = application;
    this.#folder = folder;
    this.#fallback = fallback;
    this.#files = files === true ? new FileFolder(root, { index: pages }) : undefined;
    this.#scriptRoot = scriptRoot;
  }

  answer(exchange: Exchange): void | Promise<void> {
    const path = filePathOf(exchange.facts);
    return this.#withFound(exchange, path, (found) => this.#serve(exchange, path, found));
  }

  /** At once, if it is known from the last second. */
  #withFound(
    { now, response }: Exchange,
    path: string,
    then: (found: Found) => void | Promise<void>,
  ): void | Promise<void> {
    const known = this.#folder.known(path, now);
    if (known !== undefined) return then(known);
    return this.#folder.find(path).then((found) => {
      if (!response.destroyed) return then(found);
    });
  }

  #serve(exchange: Exchange, path: string, found: Found): void | Promise<void> {
    switch (found.kind) {
      case "script":
        this.#run(exchange, found);
        return;
      case "forbidden":
      case "folder-without-slash":
        answerMiss(exchange, found);
        return;
      case "file":
        return this.#serveFile(exchange, path);
      case "missing":
        return this.#fallBack(exchange);
    }
  }

  #serveFile(exchange: Exchange, path: string): void | Promise<void> {
    const { method } = exchange.facts;
    const isForScript = this.#fallback !== undefined && method !== "GET" && method !== "HEAD";
    if (this.#files === undefined || this.#folder.isSource(path) || isForScript) return this.#fallBack(exchange);
    if (takesMethod(exchange)) return this.#files.serve(exchange, path, () => this.#fallBack(exchange));
  }

  #fallBack(exchange: Exchange): void | Promise<void> {
    if (this.#fallback === undefined) {
      exchange.fail(404);
      return;
    }
    return this.#withFound(exchange, this.#fallback, (found) => {
      if (found.kind === "script") this.#run(exchange, found);
      else exchange.fail(404);
    });
  }

  #run(exchange: Exchange, { name, root, pathInfo }: Script): void {
    const own = this.#scriptRoot ?? root;
    this.#application.run(exchange, { name, file: own + name, root: own, pathInfo });
  }
}
