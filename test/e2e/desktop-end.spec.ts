/** The app where it cannot start, or is ended before it has: it says so, and its process ends. */
import { expect, test } from "@playwright/test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ownDisplay } from "../../tools/driving/display.ts";
import { electronRuntime } from "../../tools/electron-runtime.mjs";

let folder: string;

test.beforeEach(async () => {
  await ownDisplay();
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "backsoon-end-"));
});
test.afterEach(() => fs.rm(folder, { recursive: true, force: true, maxRetries: 10 }));

/**
 * Runs the app to its end, by a folder whose program does something first: a box, which nobody is
 * there to close, is written to standard error. `within` is the command that runs it.
 */
async function run(
  userData: string,
  first = "",
  within: string[] = [],
): Promise<{ code: number | null; said: string }> {
  const app = path.join(folder, "app");
  const built = pathToFileURL(path.join(import.meta.dirname, "../../dist/app/main/index.mjs")).href;
  const manifest = { name: "backsoon", version: "0.0.1", main: "main.mjs" };
  const program = [
    `import { app, dialog } from "electron";`,
    `dialog.showErrorBox = (title, text) => process.stderr.write("box: " + title + ": " + text + "\\n");`,
    first,
    `await import(${JSON.stringify(built)});`,
  ];
  await fs.mkdir(app, { recursive: true });
  await fs.writeFile(path.join(app, "package.json"), JSON.stringify(manifest));
  await fs.writeFile(path.join(app, "main.mjs"), program.join("\n"));
  const { executable, args } = electronRuntime();
  const [command, ...words] = [...within, executable, ...args, app, `--user-data-dir=${userData}`, "--lang=en"];
  const child = spawn(command, words, {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said };
}

for (const [how, ends] of [
  ["it is quit", "app.quit()"],
  ["its window is closed", "window.destroy()"],
] as const)
  test(`ends without a word when ${how} while the page loads`, async () => {
    const { code, said } = await run(
      path.join(folder, "data"),
      `app.on("browser-window-created", (_event, window) => window.webContents.once("did-start-loading", () => setImmediate(() => ${ends})));`,
    );
    expect({ code, boxes: /box: .*/.exec(said)?.[0] }).toEqual({ code: 0, boxes: undefined });
  });

test("says that its data folder is read-only, and ends with a code that is not 0", async () => {
  const data = path.join(folder, "data");
  await fs.mkdir(data, { mode: 0o500 });
  const { code, said } = await run(data, "", process.getuid?.() === 0 ? readOnly(data) : []);
  expect(code).toBe(1);
  expect(said).toContain(
    `box: Backsoon cannot start: Backsoon keeps its settings and its list of servers in ${data}, which cannot be written: E`,
  );
});

/** Of root only a file system keeps anything away: it is remounted, for this process alone. */
function readOnly(data: string): string[] {
  const mounts = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"';
  return ["unshare", "--mount", "--propagation", "private", "sh", "-c", mounts, data];
}
