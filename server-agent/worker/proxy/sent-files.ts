/**
 * Files that an application has sent instead of a body, by `X-Sendfile`: it decides who may have
 * them, and need not read them. Only files of folders that the configuration names.
 */
import { textOfName } from "../../core/routing/file-path.ts";
import { without } from "../../core/rules/field-edit.ts";
import type { Exchange } from "../exchange.ts";
import { FileFolder } from "../files/file-folder.ts";
import type { ResponseHead } from "../upstream-protocols/response-head.ts";

const FIELD = "x-sendfile";
/** Said by the file; of an answer without it, they would be wrong. */
const OF_THE_FILE: ReadonlySet<string> = new Set([
  FIELD,
  "accept-ranges",
  "content-encoding",
  "content-length",
  "content-range",
  "etag",
  "last-modified",
]);

export class SentFiles {
  /** Each with its path, without a slash at its end. */
  readonly #folders: readonly { readonly root: string; readonly folder: FileFolder }[];
  readonly #log: (line: string) => void;

  /** @param folders Absolute paths; undefined: the field is passed on as any other. */
  constructor(folders: readonly string[] | undefined, log: (line: string) => void) {
    this.#folders = (folders ?? []).map((root) => ({ root: root.replace(/\/+$/, ""), folder: new FileFolder(root) }));
    this.#log = log;
  }

  /**
   * What to do instead of passing on a response; undefined: nothing, and its fields do not name a
   * file any more.
   */
  insteadOf(exchange: Exchange, head: Pick<ResponseHead, "status" | "headers">): (() => void) | undefined {
    if (this.#folders.length === 0) return undefined;
    const { status, headers } = head;
    const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === FIELD);
    if (at < 0) return undefined;
    const [, bytes = ""] = headers.splice(at, 2);
    if (status !== 200) return undefined;
    return () => {
      this.#send(exchange, textOfName(bytes), headers);
    };
  }

  #send(exchange: Exchange, file: string, headers: readonly string[]): void {
    const place = this.#folders.find(({ root }) => file.startsWith(`${root}/`));
    if (place === undefined) {
      this.#log(`X-Sendfile outside of the \`sendFiles\` folders: ${file}`);
      exchange.fail(404);
      return;
    }
    editLikeTheApplication(exchange, headers);
    const sent = place.folder.serve(exchange, file.slice(place.root.length), () => {
      this.#log(`X-Sendfile: no such file: ${file}`);
      exchange.fail(404);
    });
    sent?.catch((failure: unknown) => {
      this.#log(`X-Sendfile failed: ${file}: ${String(failure)}`);
      exchange.fail(500);
    });
  }
}

/**
 * The application's fields go out with the file, in place of those of the same name. `text/html` is
 * what PHP says where nobody has thought of it, so the file's own type stands then.
 */
function editLikeTheApplication({ response }: Exchange, headers: readonly string[]): void {
  const own: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const [name = "", value = ""] = headers.slice(index, index + 2);
    const lower = name.toLowerCase();
    if (OF_THE_FILE.has(lower) || (lower === "content-type" && /^text\/html\b/i.test(value))) continue;
    own.push(name, value);
  }
  const names = new Set(own.flatMap((name, index) => (index % 2 === 0 ? [name.toLowerCase()] : [])));
  // What the forms of the file depend on is true beside what the application says.
  names.delete("vary");
  const { edit } = response;
  response.edit = (status, fields) => {
    const sent = status < 400 ? [...without(fields, (name) => names.has(name)), ...own] : fields;
    return edit === undefined ? sent : edit(status, sent);
  };
}
