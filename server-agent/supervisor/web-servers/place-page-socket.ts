import { lstatSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageOf } from "../../log.ts";
import { makeSharedFolder } from "../../make-folder.ts";
import { refuse, type Refusal } from "../../result.ts";

/**
 * Puts the page socket of a web server where its workers can see it: within their own root folder.
 * In its usual place a symbolic link leads there, so that the agent finds it after every start.
 * Refuses with `hook.failed`.
 *
 * @param wanted Undefined for the usual place.
 */
export function placePageSocket(
  webFolder: string,
  server: string,
  wanted: string | undefined,
): { ok: false; refusal: Refusal } | undefined {
  const usual = join(webFolder, `${server}.sock`);
  try {
    const there = lstatSync(usual, { throwIfNoEntry: false });
    const former = there?.isSymbolicLink() === true ? readlinkSync(usual) : usual;
    const place = wanted ?? usual;
    if (former === place) return undefined;
    for (const folder of [webFolder, dirname(place)]) makeSharedFolder(folder);
    // One that is bound stays bound under its new name.
    if (lstatSync(former, { throwIfNoEntry: false })?.isSocket() === true) renameSync(former, place);
    if (wanted === undefined) return undefined;
    const link = join(webFolder, `.${server}.link`);
    rmSync(link, { force: true });
    symlinkSync(place, link);
    renameSync(link, usual);
    return undefined;
  } catch (failure) {
    return refuse(
      "hook.failed",
      `The page socket of ${server} cannot be moved to ${wanted ?? usual}, where its workers can see it: ${messageOf(failure)}.`,
    );
  }
}
