/** Whether the page that a maintenance is to show is there: asked when it is planned. */
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import path from "node:path";
import type { Problem } from "../../contract/errors.ts";
import { quote } from "../../core/wording.ts";
import { mediaTypeOf } from "../../worker/files/media-type.ts";
import { MAX_PAGE_BYTES } from "../../worker/handlers/page-file.ts";

const INDEX = "index.html";

/**
 * What is wrong with an own page, as a problem of the options. Visitors would get the built-in page
 * in its place, which nobody asked for.
 *
 * @param root folder with an `index.html`, or one page
 */
export async function ownPageProblem(root: string): Promise<Problem | undefined> {
  const say = (code: string, message: string): Problem => ({ path: "/root", code: `root.${code}`, message });
  try {
    const found = await stat(root);
    const page = found.isDirectory() ? path.join(root, INDEX) : root;
    if (!found.isDirectory() && !found.isFile())
      return say("kind", `${quote(root)} is neither a folder nor a file; name a folder with an ${INDEX}`);
    if (!mediaTypeOf(page).value.includes("html"))
      return say("kind", `${quote(root)} is no page; name a folder with an ${INDEX}, or one .html file`);
    const file = page === root ? found : await stat(page);
    if (!file.isFile()) return say("kind", `${quote(page)} is no file, so it is no page`);
    const { size } = file;
    await access(page, constants.R_OK);
    if (size === 0) return say("empty", `${quote(page)} is empty, so visitors would see a white page`);
    if (size > MAX_PAGE_BYTES)
      return say("long", `${quote(page)} has ${size} bytes; a page may have ${MAX_PAGE_BYTES}`);
    return undefined;
  } catch (failure) {
    const why = (failure as NodeJS.ErrnoException).code;
    if (why === "ENOENT" || why === "ENOTDIR") {
      const isThere = await stat(root).catch(() => undefined);
      return say("missing", `there is no ${isThere === undefined ? "" : `${INDEX} in `}${quote(root)} on this server`);
    }
    return say(
      "unreadable",
      `${quote(root)} cannot be read: ${why ?? "unknown"}; the agent's account needs the right to`,
    );
  }
}
