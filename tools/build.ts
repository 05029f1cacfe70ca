/**
 * `npm run build`: dist/agent.mjs (the agent in one self-contained file), dist/app (the desktop
 * app) and dist/practice (the practice server's shop and visitors). `node tools/build.ts agent`
 * builds that part alone. A part is built again only when something it is made of has changed.
 */
import { chmod, cp, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { rolldown, type RolldownOptions } from "rolldown";
import { build as buildPage } from "vite";
import { packageLicences } from "./package-licences.ts";
import { inputRecorder, isUpToDate, writeStamp } from "./stamp.ts";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

/** What every part depends on. */
const COMMON_INPUTS = [
  "package-lock.json",
  "tsconfig.json",
  "tools/build.ts",
  "tools/package-licences.ts",
  "tools/stamp.ts",
];

/** Writes a part, and adds the files it is made of. */
type Part = (inputs: Set<string>) => Promise<void>;

async function bundle(
  inputs: Set<string>,
  input: string,
  file: string,
  options: RolldownOptions & { format?: "esm" | "cjs"; banner?: string } = {},
): Promise<void> {
  const { format = "esm", banner = "", ...rest } = options;
  const built = await rolldown({
    input: join(root, input),
    platform: "node",
    logLevel: "warn",
    onLog: (_level, log) => failOn(log.message),
    plugins: [inputRecorder(root, inputs)],
    ...rest,
  });
  inputs.add(`${input.replace(/\/.*/, "")}/tsconfig.json`);
  // A program that starts meanwhile finds the old file or the new one, never half of one.
  const unfinished = join(dist, `${file}.${String(process.pid)}.part`);
  await built.write({ file: unfinished, format, banner, codeSplitting: false, comments: { legal: true } });
  await built.close();
  await chmod(unfinished, 0o755);
  await rename(unfinished, join(dist, file));
}

function failOn(message: string): never {
  throw new Error(message);
}

/** Copies a file, or a folder whose name ends with `/`, into `dist`. */
async function copy(inputs: Set<string>, from: string, to: string): Promise<void> {
  await cp(join(root, from), join(dist, to), { recursive: true });
  inputs.add(from);
}

const PARTS: Record<string, Part> = {
  async agent(inputs) {
    await bundle(inputs, "server-agent/index.ts", "agent.mjs", { banner: "#!/usr/bin/env node" });
  },
  async practice(inputs) {
    await bundle(inputs, "main/practice/keeper.ts", "practice/keeper.mjs");
    await bundle(inputs, "main/practice/shop/shop-app.ts", "practice/shop-app.mjs");
    await bundle(inputs, "main/practice/visitors/visitors.ts", "practice/visitors.mjs");
    await copy(inputs, "assets/practice/", "practice/pages");
  },
  async main(inputs) {
    await bundle(inputs, "main/index.ts", "app/main/index.mjs", {
      external: ["electron", "keytar", "cpu-features"],
      // ssh2 looks beside its own file as it starts; what it would find there is for Windows only,
      // or part of the bundle.
      banner: "const __dirname = import.meta.dirname;\nconst __filename = import.meta.filename;",
    });
    await bundle(inputs, "main/ipc/preload.ts", "app/preload.cjs", { external: ["electron"], format: "cjs" });
    await copy(inputs, "assets/tray/", "app/assets/tray");
    await copy(inputs, "assets/icon.png", "app/assets/icon.png");
  },
  async renderer(inputs) {
    const folder = join(root, "renderer");
    const configFile = join(folder, "vite.config.ts");
    await buildPage({
      root: folder,
      configFile,
      logLevel: "warn",
      define: { PACKAGE_LICENCES: JSON.stringify(await packageLicences(root)) },
      plugins: [inputRecorder(root, inputs, folder)],
    });
    for (const file of ["vite.config.ts", "tsconfig.json"]) inputs.add(`renderer/${file}`);
  },
};

let built = 0;
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length > 0) failOn(`Unknown part ${unknown.join(", ")}; the parts are ${Object.keys(PARTS).join(", ")}.`);
for (const [name, part] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const stamp = join(dist, `.${name}.stamp`);
  if (await isUpToDate(stamp, root)) continue;
  const started = performance.now();
  await rm(stamp, { force: true });
  await mkdir(dist, { recursive: true });
  const inputs = new Set(COMMON_INPUTS);
  await part(inputs);
  await writeStamp(stamp, root, inputs);
  built += 1;
  console.log(`built ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}
if (built === 0) console.log("dist is up to date");
