/** `npm run check -- rooms`: compares who imports whom with the table of layers. */
import { join } from "node:path";
import { LAYERS } from "./layers.ts";
import { violations } from "./rules.ts";
import { readSources } from "./sources.ts";

const found = violations(LAYERS, await readSources(join(import.meta.dirname, "../.."), Object.keys(LAYERS)));
for (const violation of found) console.log(violation);
if (found.length > 0 && !process.argv.includes("--report")) process.exit(1);
