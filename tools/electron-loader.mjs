/**
 * Starts the app folder given on the command line, as Electron's own default app does; for Electron
 * builds without one. A module, because Electron waits for a main module's top-level await before
 * it is ready: the app must be able to register its scheme and its sandbox before that.
 */
import { app } from "electron";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const folder = resolve(process.argv.slice(1).find((argument) => !argument.startsWith("-")) ?? ".");
const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
app.setAppPath(folder);
app.setName(manifest.productName ?? manifest.name);
app.setVersion(manifest.version);
await import(pathToFileURL(join(folder, manifest.main)).href);
