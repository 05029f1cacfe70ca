/** `npm run check -- rooms`: compares who imports whom with the table of layers. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { LAYERS, PROVIDED, SHIPPED } from "./layers.ts";
import { misplacedDependencies, violations } from "./rules.ts";
import { readSources } from "./sources.ts";

const root = join(import.meta.dirname, "../..");
const Package = z.object({ dependencies: z.record(z.string(), z.string()) });

const sources = await readSources(root, Object.keys(LAYERS));
const { dependencies } = Package.parse(JSON.parse(await readFile(join(root, "package.json"), "utf8")));
const found = [
  ...violations(LAYERS, sources),
  ...misplacedDependencies(sources, Object.keys(dependencies), { shipped: SHIPPED, provided: PROVIDED }),
];
for (const violation of found) console.log(violation);
if (found.length > 0) process.exit(1);
