/**
 * `npm run build`: dist/agent.mjs (the agent in one self-contained file), dist/app (the desktop
 * app) and dist/practice (the practice server's shop and visitors). `node tools/build.ts agent`
 * builds that part alone. A part is built again only when something it is made of has changed.
 */
import { chmod, cp, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { rolldown, type RolldownOptions } from "rolldown";
import { build as buildPage } from "vite";
import { agentFile } from "./agent-file.ts";
import { packageLicences } from "./package-licences.ts";
import { inputRecorder, isUpToDate, writeStamp } from "./stamp.ts";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

/** What every part depends on. */
const COMMON_INPUTS = [
  "package-lock.json",
  "tsconfig.json",
  "tools/agent-file.ts",
  "tools/build.ts",
  "tools/package-licences.ts",
  "tools/stamp.ts",
];

/** Writes a part, and adds the files it is made of. */
type Part = (inputs: Set<string>) => Promise<void>;

/** @returns The program in one piece, with all packages it imports. */
async function bundled(
  inputs: Set<string>,
  input: string,
  options: RolldownOptions & { format?: "esm" | "cjs"; banner?: string; without?: RegExp } = {},
): Promise<string> {
  const { format = "esm", banner = "", without, ...rest } = options;
  const built = await rolldown({
    input: join(root, input),
    platform: "node",
    logLevel: "warn",
    onLog: (_level, log) => failOn(log.message),
    plugins: [inputRecorder(root, inputs)],
    ...rest,
  });
  inputs.add(`${input.replace(/\/.*/, "")}/tsconfig.json`);
  const { output } = await built.generate({
    format,
    banner,
    codeSplitting: false,
    comments: { legal: true, annotation: false, jsdoc: false },
    // Node keeps the text of a program for as long as it runs, with one character above ASCII in
    // twice the memory.
    charset: "ascii",
  });
  await built.close();
  const [{ code, moduleIds }] = output;
  const unwanted = moduleIds.find((id) => without?.test(id));
  if (unwanted !== undefined) failOn(`${input} is not to contain ${unwanted}`);
  return code;
}

/** Puts a program into `dist`. */
async function place(file: string, code: string): Promise<void> {
  // A program that starts meanwhile finds the old file or the new one, never half of one.
  const unfinished = join(dist, `${file}.${String(process.pid)}.part`);
  await mkdir(dirname(unfinished), { recursive: true });
  await writeFile(unfinished, code);
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
    const agent = await bundled(inputs, "server-agent/index.ts", { format: "cjs" });
    // Megabytes that each worker would pay for.
    const without = /\/node_modules\/zod\//;
    const worker = await bundled(inputs, "server-agent/worker-index.ts", { format: "cjs", without });
    await place("agent.mjs", agentFile({ agent, worker }));
  },
  async practice(inputs) {
    await place("practice/keeper.mjs", await bundled(inputs, "main/practice/keeper.ts"));
    await place("practice/shop-app.mjs", await bundled(inputs, "main/practice/shop/shop-app.ts"));
    await place("practice/visitors.mjs", await bundled(inputs, "main/practice/visitors/visitors.ts"));
    await copy(inputs, "assets/practice/", "practice/pages");
  },
  async main(inputs) {
    const app = await bundled(inputs, "main/index.ts", {
      // What ssh2 has compiled, where npm runs the scripts of packages, it does without.
      external: ["electron", "keytar", "cpu-features", /sshcrypto\.node$/],
      // ssh2 looks beside its own file as it starts; what it would find there is for Windows only,
      // or part of the bundle.
      banner: "const __dirname = import.meta.dirname;\nconst __filename = import.meta.filename;",
    });
    await place("app/main/index.mjs", app);
    const preload = await bundled(inputs, "main/ipc/preload.ts", { external: ["electron"], format: "cjs" });
    await place("app/preload.cjs", preload);
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
