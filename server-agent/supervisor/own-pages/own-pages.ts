/** Own pages: taken from clients and kept as long as something names them, and shown to clients. */
import { constants } from "node:fs";
import { open, realpath, stat } from "node:fs/promises";
import path from "node:path";
import {
  MAX_OWN_PAGE_BYTES,
  OWN_PAGE_INDEX,
  type FoundOwnPage,
  type OwnPage,
  type OwnPageFile,
  type OwnPageUpload,
} from "../../contract/own-pages.ts";
import { childPointer } from "../../core/json-pointer.ts";
import { quote } from "../../core/wording.ts";
import { type Log, messageOf } from "../../log.ts";
import { done, refuse, type Result } from "../../result.ts";
import type { StateDirectory } from "../../store/state-directory.ts";
import { mediaTypeOf } from "../../worker/files/media-type.ts";
import type { Clock } from "../clock.ts";
import type { EventBus } from "../event-bus.ts";
import { refuseUnstored } from "../refuse-unstored.ts";
import { PageFolders } from "./page-folders.ts";

export interface OwnPagesParts {
  state: StateDirectory;
  events: EventBus;
  clock: Clock;
  log: Log;
}

/** What a page consists of: nothing else is given out. */
const SHOWN_TYPE = /^(?:text\/(?:html|css)|image\/|font\/)/;

export class OwnPages {
  readonly #parts: OwnPagesParts;
  readonly #folders: PageFolders;
  /** One after the other: what is being kept is not cleaned away. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(parts: OwnPagesParts) {
    this.#parts = parts;
    this.#folders = new PageFolders(parts.state.path);
    parts.events.on("switched", () => this.#clean());
  }

  /** Keeps a page. Refuses with `options.invalid`, naming the file, or `store.failed`. */
  keep({ files }: OwnPageUpload): Promise<Result<OwnPage>> {
    const pages = files.map((file) => ({ path: file.path, bytes: Buffer.from(file.content, "base64") }));
    const bytes = pages.reduce((sum, page) => sum + page.bytes.length, 0);
    const at = (index: number, code: string, message: string) =>
      refuse("options.invalid", message, {
        problems: [{ path: childPointer(childPointer("/files", String(index)), "path"), code, message }],
      });
    const double = pages.findIndex((page, index) =>
      pages.some((other, before) => before !== index && isInTheWayOf(other.path, page.path, before < index)),
    );
    const index = pages.findIndex((page) => page.path === OWN_PAGE_INDEX);
    const [name = ""] = [pages[double]?.path];
    if (double >= 0)
      return Promise.resolve(at(double, "page.double", `${quote(name)} is there twice, or a file and a folder.`));
    if (index < 0)
      return Promise.resolve(at(0, "page.index", `There is no ${quote(OWN_PAGE_INDEX)} at the top of the folder.`));
    if (pages[index]?.bytes.length === 0)
      return Promise.resolve(at(index, "page.empty", `${quote(OWN_PAGE_INDEX)} is empty.`));
    if (bytes > MAX_OWN_PAGE_BYTES)
      return Promise.resolve(
        at(0, "page.large", `The files are ${bytes} bytes in total; a page may have at most ${MAX_OWN_PAGE_BYTES}.`),
      );
    return this.#inTurn(async () => {
      try {
        const kept = await this.#folders.keep(pages);
        return done({ ...kept, files: pages.length, bytes });
      } catch (failure) {
        return refuseUnstored("The page", failure);
      }
    });
  }

  /**
   * A page that was sent, by its hash; it is kept as if it had just been sent. Refuses with
   * `not-found`.
   */
  find(id: string, withFiles: boolean): Promise<Result<FoundOwnPage>> {
    return this.#inTurn(async () => {
      try {
        const root = await this.#folders.find(id);
        if (root === undefined) return refuse("not-found", `There is no page ${quote(id)} on this server.`);
        if (!withFiles) return done({ root });
        const files = (await this.#folders.read(id)).map(({ path: name, bytes }) => ({
          path: name,
          content: bytes.toString("base64"),
        }));
        return done({ root, files });
      } catch (failure) {
        return refuse("not-found", `The page ${quote(id)} cannot be read: ${messageOf(failure)}`);
      }
    });
  }

  /**
   * A file of an own page, as visitors get it. Refuses with `not-found`.
   * @param root folder, or one page
   * @param asked path as in a URL, decoded
   */
  async read(root: string, asked: string): Promise<Result<OwnPageFile>> {
    const missing = refuse("not-found", `There is no file ${quote(asked)} of a page in ${quote(root)}.`);
    const names = asked.split("/").filter((name) => name !== "");
    if (!path.isAbsolute(root) || names.some((name) => name.startsWith(".") || name.includes("\0"))) return missing;
    try {
      const isFolder = (await stat(root)).isDirectory();
      const base = await realpath(isFolder ? root : path.dirname(root));
      const wanted = names.length > 0 ? names.join("/") : isFolder ? OWN_PAGE_INDEX : path.basename(root);
      const file = await realpath(path.join(base, wanted));
      const type = mediaTypeOf(file).value;
      if (!file.startsWith(`${base}${path.sep}`) || !SHOWN_TYPE.test(type)) return missing;
      const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
      try {
        const found = await handle.stat();
        if (!found.isFile() || found.size > MAX_OWN_PAGE_BYTES) return missing;
        return done({ type, content: (await handle.readFile()).toString("base64") });
      } finally {
        await handle.close();
      }
    } catch {
      return missing;
    }
  }

  #clean(): void {
    const { clock, log } = this.#parts;
    this.#inTurn(() => this.#folders.clean(clock.now())).catch((failure: unknown) =>
      log.warn(`could not remove unused own pages: ${messageOf(failure)}`),
    );
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const next = this.#work.then(task, task);
    this.#work = next;
    return next;
  }
}

/** They are one file, or one of them is a folder of the other. */
function isInTheWayOf(one: string, other: string, isBefore: boolean): boolean {
  return (one === other && isBefore) || one.startsWith(`${other}/`);
}
