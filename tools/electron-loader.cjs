/** Starts the app folder given on the command line, as Electron's own default app does; for Electron builds without one. */
const { app } = require("electron");
const { readFileSync } = require("node:fs");
const { join, resolve } = require("node:path");
const { pathToFileURL } = require("node:url");

const folder = resolve(process.argv.slice(1).find((argument) => !argument.startsWith("-")) ?? ".");
const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
app.setAppPath(folder);
app.setName(manifest.productName ?? manifest.name);
app.setVersion(manifest.version);
import(pathToFileURL(join(folder, manifest.main)).href).catch((error) => {
  console.error(error);
  app.exit(1);
});
