/** A folder with scripts, and perhaps with other files. */
import { DEFAULT_INDEX } from "../../core/index-files.ts";
import type { Exchange } from "../exchange.ts";
import { answerMiss, takesMethod } from "../files/file.ts";
import { FileFolder } from "../files/file-folder.ts";
import { compileMount, type Mount } from "../files/mount.ts";
import { type Found, type Script, ScriptFolder } from "./script-folder.ts";
import type { Program } from "./variables.ts";

export interface ScriptOptions {
  readonly root: string;
  readonly extensions?: readonly string[] | undefined;
  readonly index?: readonly string[] | undefined;
  readonly fallback?: string | undefined;
  readonly files?: boolean | undefined;
  readonly scriptRoot?: string | undefined;
}

export class Scripts {
  readonly #folder: ScriptFolder;
  readonly #fallback: string | undefined;
  readonly #files: FileFolder | undefined;
  readonly #scriptRoot: string | undefined;
  readonly #mount: string;
  readonly #below: Mount;
  readonly #runProgram: (exchange: Exchange, program: Program) => void;

  /** @param mount Path at which the folder appears, without a slash at its end. */
  constructor(options: ScriptOptions, mount: string, run: (exchange: Exchange, program: Program) => void) {
    const { root, extensions = ["php"], index = DEFAULT_INDEX.scripts, fallback, files, scriptRoot } = options;
    const folder = new ScriptFolder(root, extensions, index);
    const pages = index.filter((name) => !folder.isSource(name));
    this.#mount = mount;
    this.#below = compileMount(mount === "" ? undefined : mount);
    this.#runProgram = run;
    this.#folder = folder;
    this.#fallback = fallback;
    this.#files = files === true ? new FileFolder(root, { index: pages, asksRules: true }) : undefined;
    this.#scriptRoot = scriptRoot;
  }

  answer(exchange: Exchange): void | Promise<void> {
    const path = this.#below(exchange.facts);
    if (typeof path === "string") return this.#withFound(exchange, path, (found) => this.#serve(exchange, path, found));
    answerMiss(exchange, path);
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
        if (!path.endsWith("/") || found.pathInfo !== "" || !exchange.answerAsIndex(found.name.slice(path.length)))
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
    this.#runProgram(exchange, { name: this.#mount + name, file: own + name, root: own, pathInfo });
  }
}
