import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import * as headers from "../../../../../server-agent/core/proof/headers.ts";
import { SAMPLE_NAME } from "../../../../../server-agent/core/proof/proof-samples.ts";

it("are written in one place only", async () => {
  const root = join(import.meta.dirname, "../../../../../server-agent");
  const written = Object.values(headers).map((name) => `"${name}"`);
  const found: string[] = [];
  for await (const path of glob("**/*.ts", { cwd: root })) {
    const code = (await readFile(join(root, path), "utf8")).replace(`SAMPLE_NAME = "${SAMPLE_NAME}"`, "");
    if (written.some((name) => code.toLowerCase().includes(name))) found.push(path);
  }
  expect(found).toEqual(["core/proof/headers.ts"]);
});
