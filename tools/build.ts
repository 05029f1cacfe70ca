/**
 * `npm run build`: dist/agent.mjs (the agent in one self-contained file), dist/app (the desktop
 * app) and dist/practice (the practice server's shop and visitors). `node tools/build.ts agent`
 * builds that part alone. A part is built again only when something it is made of has changed.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, cp, glob, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rolldown, type RolldownOptions } from "rolldown";
import { build as buildPage } from "vite";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

interface Part {
  /** Folders whose files the part is made of. */
  sources: string[];
  build(): Promise<void>;
}

async function bundle(
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
    ...rest,
  });
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

const PARTS: Record<string, Part> = {
  agent: {
    sources: ["server-agent"],
    async build() {
      await bundle("server-agent/index.ts", "agent.mjs", { banner: "#!/usr/bin/env node" });
    },
  },
  practice: {
    sources: ["main/practice", "assets/practice"],
    async build() {
      await bundle("main/practice/keeper.ts", "practice/keeper.mjs");
      await bundle("main/practice/shop/shop-app.ts", "practice/shop-app.mjs");
      await bundle("main/practice/visitors/visitors.ts", "practice/visitors.mjs");
      await cp(join(root, "assets/practice"), join(dist, "practice/pages"), { recursive: true });
    },
  },
  main: {
    sources: ["main", "server-agent", "assets/tray", "assets/icon.png"],
    async build() {
      await bundle("main/index.ts", "app/main/index.mjs", {
        external: ["electron", "keytar", "cpu-features"],
        // ssh2 looks beside its own file as it starts; what it would find there is for Windows
        // only, or part of the bundle.
        banner: "const __dirname = import.meta.dirname;\nconst __filename = import.meta.filename;",
      });
      await bundle("main/ipc/preload.ts", "app/preload.cjs", { external: ["electron"], format: "cjs" });
      await cp(join(root, "assets/tray"), join(dist, "app/assets/tray"), { recursive: true });
      await cp(join(root, "assets/icon.png"), join(dist, "app/assets/icon.png"));
    },
  },
  renderer: {
    sources: ["renderer", "main/contract/commands.ts", "main/contract/channels.ts", "server-agent"],
    async build() {
      await buildPage({
        root: join(root, "renderer"),
        configFile: join(root, "renderer/vite.config.ts"),
        logLevel: "warn",
      });
    },
  },
};

/** Digest of everything a part is made of, with the lock file and this script. */
async function digest(part: Part): Promise<string> {
  const hash = createHash("sha256");
  const files = [join(root, "package-lock.json"), import.meta.filename];
  for (const source of part.sources) {
    if (/\.\w+$/.test(source)) files.push(join(root, source));
    else for await (const entry of glob(`${source}/**/*.*`, { cwd: root })) files.push(join(root, entry));
  }
  for (const file of files.sort()) hash.update(file).update(await readFile(file).catch(() => ""));
  return hash.digest("hex");
}

let built = 0;
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length > 0) failOn(`Unknown part ${unknown.join(", ")}; the parts are ${Object.keys(PARTS).join(", ")}.`);
for (const [name, part] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const stamp = join(dist, `.${name}.stamp`);
  const key = await digest(part);
  if (existsSync(stamp) && (await readFile(stamp, "utf8")) === key) continue;
  const started = performance.now();
  await rm(stamp, { force: true });
  await mkdir(dist, { recursive: true });
  await part.build();
  await writeFile(stamp, key);
  built += 1;
  console.log(`built ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}
if (built === 0) console.log("dist is up to date");
