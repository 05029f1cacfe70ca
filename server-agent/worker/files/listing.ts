/** The `listing` handler: what is in a folder, as a page. */
import { constants, existsSync } from "node:fs";
import { open, opendir } from "node:fs/promises";
import type { Handler } from "../../contract/handler.ts";
import { filePathOf, textOfName } from "../../core/routing/file-path.ts";
import type { CompiledHandler, Exchange } from "../exchange.ts";
import { answerMiss, takesMethod } from "./file.ts";
import { fileNameOf } from "./file-name.ts";
import { lookUpFile, missOf, resolveBelow, isServablePath, type Miss } from "./file-lookup.ts";
import { compileMount } from "./mount.ts";
import { isAt } from "./open-file.ts";
import { compileRoot } from "./rooted-folders.ts";
import { renderListing, type ListedEntry } from "./listing-page.ts";

/** Keeps one request for a huge folder from holding up the worker. */
const MAX_ENTRIES = 5000;
const MAX_CONCURRENT_STATS = 32;
const MISSING: Miss = { kind: "missing" };

/** @param hosts Those of the virtual host, for a root that has parts of them. */
export function compileListing(
  handler: Extract<Handler, { type: "listing" }>,
  hosts: readonly string[] = [],
): CompiledHandler {
  const rootOf = compileRoot(handler.root, hosts);
  const pathOf = compileMount(handler.mount);
  return {
    answer: async (exchange) => {
      if (!takesMethod(exchange)) return;
      const path = pathOf(exchange.facts);
      const root = rootOf(exchange.facts);
      const isPlace = typeof path === "string" && root !== undefined;
      const found = isPlace ? await lookUpFile(root, path, []) : typeof path === "string" ? MISSING : path;
      if (found.kind === "folder") await answerListing(exchange, found);
      else answerMiss(exchange, found.kind === "file" ? { kind: "missing" } : found);
    },
  };
}

/** Lists a folder that a look-up found. */
export async function answerListing(exchange: Exchange, folder: Extract<Miss, { kind: "folder" }>): Promise<void> {
  let listed: { entries: ListedEntry[]; complete: boolean };
  try {
    listed = await readFolder(folder.realPath, folder.realRoot);
  } catch (error) {
    answerMiss(exchange, missOf(error));
    return;
  }
  const { facts, response, entry } = exchange;
  const page = Buffer.from(renderListing(filePathOf(facts), listed.entries, listed.complete));
  response.writeHead(200, [
    "Content-Type",
    "text/html; charset=utf-8",
    "Content-Length",
    String(page.length),
    "Cache-Control",
    "no-cache",
    "Content-Security-Policy",
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options",
    "nosniff",
  ]);
  if (facts.method === "HEAD") {
    response.end();
  } else {
    entry.bytesSent += page.length;
    response.end(page);
  }
}

async function readFolder(realPath: string, realRoot: string): Promise<{ entries: ListedEntry[]; complete: boolean }> {
  const names: string[] = [];
  let complete = true;
  const handle = await open(fileNameOf(realPath), constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    if (!(await isAt(handle, await handle.stat(), realPath))) return { entries: [], complete: true };
    // The folder that was opened, whatever the path leads to by now.
    const opened = `/proc/self/fd/${String(handle.fd)}`;
    const path = existsSync(opened) ? opened : fileNameOf(realPath);
    for await (const entry of await opendir(path, { encoding: "latin1", bufferSize: 256 })) {
      const name = textOfName(entry.name);
      if (!isServablePath(`/${name}`)) continue;
      if (names.length === MAX_ENTRIES) {
        complete = false;
        break;
      }
      names.push(name);
    }
  } finally {
    await handle.close();
  }
  const below = realPath === realRoot ? "" : realPath.slice(realRoot === "/" ? 0 : realRoot.length);
  const entries: ListedEntry[] = [];
  for (let start = 0; start < names.length; start += MAX_CONCURRENT_STATS) {
    const looked = await Promise.all(
      names.slice(start, start + MAX_CONCURRENT_STATS).map((name) => look(realRoot, below, name)),
    );
    entries.push(...looked.filter((listedEntry) => listedEntry !== undefined));
  }
  entries.sort(
    (a, b) =>
      Number(b.folder) - Number(a.folder) ||
      a.name.localeCompare(b.name, "en", { numeric: true }) ||
      (a.name < b.name ? -1 : 1),
  );
  return { entries, complete };
}

/** Only what the file handler would serve is listed: no link that leads out, no special file. */
async function look(realRoot: string, below: string, name: string): Promise<ListedEntry | undefined> {
  try {
    const found = await resolveBelow(realRoot, `${below}/${name}`);
    if (found === undefined || !(found.stats.isFile() || found.stats.isDirectory())) return undefined;
    return { name, folder: found.stats.isDirectory(), bytes: found.stats.size, modified: found.stats.mtimeMs };
  } catch {
    return undefined; // gone since the folder was read, or a dangling link
  }
}
