import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { MaintenanceHandler } from "../../contract/handler.ts";
import { renderMaintenance } from "../../core/maintenance/page.ts";
import { MAX_PAGE_BYTES } from "../../worker/handlers/page-file.ts";

/**
 * The page that a web server shows while the agent does not answer: the operator's own, as far as
 * it is one file, else the built-in one. @param now Epoch milliseconds.
 */
export function pageOnDisk(handler: MaintenanceHandler, now: number): string {
  return ownPage(handler.root) ?? renderMaintenance(handler, "html", now).body;
}

function ownPage(root: string | undefined): string | undefined {
  if (root === undefined) return undefined;
  try {
    const file = statSync(root).isDirectory() ? join(root, "index.html") : root;
    return statSync(file).size > MAX_PAGE_BYTES ? undefined : readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
