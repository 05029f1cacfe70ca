/**
 * `npm run package`: the app as a folder (release/linux-unpacked and so on) with electron-builder,
 * without the network, and only when something in it has changed. The other targets of
 * electron-builder.yml, which may fetch tools of their own, with `npm run package -- --all`.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { glob, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CliOptions } from "electron-builder";
import { electronRuntime } from "./electron-runtime.mjs";

const root = join(import.meta.dirname, "..");
const stamp = join(root, "release/.dir.stamp");
const runtime = electronRuntime();
const all = process.argv.includes("--all");

async function digest(): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(runtime)).update(process.execPath);
  const files: string[] = [];
  for await (const file of glob(["dist/.*.stamp", "package.json", "electron-builder.yml", "tools/package.ts"], {
    cwd: root,
  }))
    files.push(file);
  for (const file of files.sort()) hash.update(file).update(await readFile(join(root, file)));
  return hash.digest("hex");
}

const options: CliOptions = {
  projectDir: root,
  ...(all ? {} : { dir: true }),
  publish: "never",
  config: {
    extends: "electron-builder.yml",
    // Packages with the runtime that the set-up provided, so that nothing is fetched.
    ...(runtime.origin === "official"
      ? {}
      : { electronDist: dirname(runtime.executable), electronVersion: runtime.version }),
    // The fallback runtime has a loader in the place of the default app. Fuses and integrity come
    // after this hook.
    afterPack: ({ appOutDir }) => rm(join(appOutDir, "resources/app"), { recursive: true, force: true }),
  },
};

const key = await digest();
if (all || !existsSync(stamp) || (await readFile(stamp, "utf8")) !== key) {
  await rm(stamp, { force: true });
  const { build } = await import("electron-builder");
  for (const file of await build(options)) console.log(file);
  await writeFile(stamp, key);
}
if (!all) console.log(`The app is in release/; it was made with Electron ${runtime.version}.`);
