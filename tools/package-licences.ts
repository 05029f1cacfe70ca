/** The licences of the packages that the shipped programs are built from. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const LockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      dev: z.literal(true).optional(),
      devOptional: z.literal(true).optional(),
    }),
  ),
});

export interface PackageLicence {
  /** With its version. */
  name: string;
  text: string;
}

/**
 * Of every installed package that `dependencies` lead to, by package-lock.json. A package without a
 * licence file has the name of its licence as text (SPDX).
 *
 * @throws if a package names no licence at all
 */
export async function packageLicences(root: string): Promise<PackageLicence[]> {
  const { packages } = LockFile.parse(JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")));
  const licences = await Promise.all(
    Object.entries(packages)
      .filter(([folder, { dev, devOptional }]) => folder !== "" && dev !== true && devOptional !== true)
      .map(async ([folder, { version = "", license }]) => {
        const files = await readdir(join(root, folder)).catch(() => undefined);
        if (files === undefined) return []; // For another platform.
        const name = `${folder.replace(/^.*node_modules\//, "")} ${version}`;
        const file = files.find((each) => /^(?:licen[cs]e|copying)/i.test(each));
        const text = file === undefined ? license : await readFile(join(root, folder, file), "utf8");
        if (text === undefined) throw new Error(`${name} names no licence.`);
        return [{ name, text }];
      }),
  );
  return licences.flat().sort((a, b) => a.name.localeCompare(b.name));
}
