/** `npm run package`: the app as a folder (release/linux-unpacked and so on) with electron-builder; the other targets with `npm run package -- --all`. */
import { build, type CliOptions } from "electron-builder";
import { dirname } from "node:path";
import { electronRuntime } from "./electron-runtime.mjs";

const runtime = electronRuntime();
const all = process.argv.includes("--all");
const options: CliOptions = {
  ...(all ? {} : { dir: true }),
  publish: "never",
  config: {
    extends: "electron-builder.yml",
    // Packages with the runtime that the set-up provided, so that nothing is fetched.
    ...(runtime.origin === "official" ? {} : { electronDist: dirname(runtime.executable), electronVersion: runtime.version }),
  },
};
for (const file of await build(options)) console.log(file);
