/**
 * Remembers what something was built from: a stamp holds the names of all inputs and one digest of
 * their contents. It is up to date as long as the files still have that digest.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import type { Plugin } from "rolldown";
import { z } from "zod";

const Stamp = z.strictObject({ digest: z.string(), inputs: z.array(z.string()) });

/** Whether the stamp exists and none of the inputs it names has changed or gone. */
export async function isUpToDate(stamp: string, root: string): Promise<boolean> {
  try {
    const { digest, inputs } = Stamp.parse(JSON.parse(await readFile(stamp, "utf8")));
    return digest === (await digestOf(root, inputs));
  } catch {
    return false;
  }
}

/** @param inputs Paths from `root`; one that ends with `/` is a folder with all that is in it. */
export async function writeStamp(stamp: string, root: string, inputs: Iterable<string>): Promise<void> {
  const names = [...new Set(inputs)].sort();
  await writeFile(stamp, JSON.stringify({ digest: await digestOf(root, names), inputs: names }, undefined, 2));
}

async function digestOf(root: string, inputs: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const input of inputs)
    for (const file of input.endsWith("/") ? await filesIn(root, input) : [input])
      hash.update(`${file}\0`).update(await readFile(join(root, file)));
  return hash.digest("hex");
}

async function filesIn(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/**
 * For rolldown and vite: adds every file that went into the bundle to `inputs`, as a path from
 * `root`. Packages are left out; the lock file stands for them.
 *
 * @param base The folder from which the bundler names files.
 */
export function inputRecorder(root: string, inputs: Set<string>, base = root): Plugin {
  const add = (file: string): void => {
    const path = relative(root, file).replaceAll(sep, "/");
    if (!path.startsWith("../") && !path.includes("node_modules/")) inputs.add(path);
  };
  return {
    name: "input-recorder",
    generateBundle(_options, bundle) {
      // Other ids are of modules outside (`node:fs`) or made up by a plugin.
      for (const id of this.getModuleIds()) if (isAbsolute(id)) add(id.replace(/\?.*$/s, ""));
      for (const output of Object.values(bundle))
        if (output.type === "asset") for (const file of output.originalFileNames) add(join(base, file));
    },
  };
}
