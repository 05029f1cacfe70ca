/**
 * The guided tour: the real app, the practice server, visitors, the wizard, the drain, the proof
 * and the way back, then the same as planned maintenance, and beside nginx where that is installed.
 * Writes screenshots and `tour/report.md`; exits with 1 if a promise was broken. `--pictures` also
 * updates docs/pictures.
 */
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { Receipt } from "../server-agent/contract/maintenance.ts";
import { stateOf } from "./driving/call.ts";
import { choose } from "./driving/choose.ts";
import { startDesktop } from "./driving/desktop.ts";
import { startLoad, type Target } from "./driving/load.ts";
import { Truth } from "./driving/truth.ts";
import { tourBesideNginx } from "./tour-beside-nginx.ts";

const root = join(import.meta.dirname, "..");
const folder = join(root, "tour");
const STEPS = ["Copycat", "Domains", "What visitors see", "Who gets in", "Order", "When"];

const shots: string[] = [];
async function shot(page: Page, name: string): Promise<void> {
  // Frames and charts draw after the state is there.
  await page.waitForTimeout(400);
  const file = `${String(shots.length + 1).padStart(2, "0")}-${name}.png`;
  await page.screenshot({ path: join(folder, file) });
  shots.push(file);
  console.log(`  ${file}`);
}

/** `04-wizard-copycat.png` is "4. Wizard copycat". */
function captionOf(file: string): string {
  const [number = "", first = "", ...more] = file.replace(".png", "").split("-");
  return `${Number(number)}. ${[first.charAt(0).toUpperCase() + first.slice(1), ...more].join(" ")}`;
}

/**
 * A download of the practice shop that takes about ten seconds; resolves to the bytes that arrived
 * and those that were announced.
 */
function download(target: Target): Promise<{ bytes: number; announced: number }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: "127.0.0.1",
        port: target.port,
        path: "/catalogue.zip?rate=6",
        headers: { host: target.host },
        agent: false,
      },
      (response) => {
        let bytes = 0;
        response.on("data", (chunk: Buffer) => (bytes += chunk.length));
        response.on("end", () => resolve({ bytes, announced: Number(response.headers["content-length"]) }));
        response.on("error", reject);
      },
    );
    outgoing.on("error", reject);
    outgoing.end();
  });
}

/** The receipt of the shop, once its latest proof is there. */
async function provenReceipt(page: Page, state: Receipt["state"]): Promise<Receipt> {
  for (let tries = 0; tries < 100; tries++) {
    const receipt = (await stateOf(page)).servers[0]?.snapshot?.maintenance[0];
    if (receipt?.state === state && (state === "reverted" ? receipt.revert?.proof : receipt.proof) !== undefined)
      return receipt;
    await page.waitForTimeout(100);
  }
  throw new Error("the proof did not arrive within ten seconds");
}

async function configuration(page: Page): Promise<string> {
  return JSON.stringify((await stateOf(page)).servers[0]?.snapshot?.config);
}

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const broken: string[] = [];
const desktop = await startDesktop();
const { page, app } = desktop;
page.on("pageerror", (error) => broken.push(`The page failed: ${error.message}`));
function button(name: string | RegExp) {
  return page.getByRole("button", { name, exact: typeof name === "string" });
}
function heading(name: RegExp) {
  return page.getByRole("heading", { name, level: 1 });
}
try {
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1280, 800));
  await button("Start the practice server").waitFor();
  await shot(page, "first-start");
  await button("Start the practice server").click();
  await button("shop.localhost").waitFor({ timeout: 30_000 });
  const before = await configuration(page);
  const port = (await stateOf(page)).servers[0]?.snapshot?.agent.listeners[0]?.port ?? 0;
  const target: Target = {
    host: "shop.localhost",
    port,
    page: { path: "/", isLive: ({ body }) => body.includes("<html") },
  };

  const truth = new Truth();
  const load = startLoad(target, truth, { get: 4, fresh: 2, post: 0 });
  const downloaded = download(target);
  // Awaited after the switch; an early failure is reported there.
  downloaded.catch(() => undefined);
  await page.waitForTimeout(2500);
  await shot(page, "overview-live");

  await button("Maintenance… for shop.localhost on Practice server").click();
  await heading(/^Put .* in maintenance$/).waitFor();
  await page.getByLabel("Reason").fill("New shelves in the shop");
  await shot(page, "wizard-site");
  await button("How it works").click();
  for (const step of STEPS) {
    await button(`Next: ${step}`).click();
    if (step === "What visitors see") {
      await page.getByLabel("Title", { exact: true }).fill("Back soon");
      await page.getByLabel("Text", { exact: true }).fill("We are putting up new shelves. Your basket is safe.");
      await page.waitForTimeout(600);
    }
    await shot(page, `wizard-${step.toLowerCase().replaceAll(" ", "-")}`);
  }
  await truth.changeTo("maintenance", async () => {
    await button(/^Put .* in maintenance$/).click();
    await heading(/is in maintenance$/).waitFor({ timeout: 15_000 });
  });
  const closed = await provenReceipt(page, "in-maintenance");
  await load.rounds(3);
  await page.waitForTimeout(2000);
  await shot(page, "progress");
  await page.emulateMedia({ colorScheme: "dark" });
  await shot(page, "progress-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await button(/^Overview/).click();
  await shot(page, "overview-maintenance");
  const { bytes, announced } = await downloaded;
  await button(/^Details/).click();
  await truth.changeTo("live", async () => {
    await button("Bring back").first().click();
    await heading(/is live again$/).waitFor({ timeout: 15_000 });
  });
  await load.rounds(3);
  const back = await provenReceipt(page, "reverted");
  await shot(page, "live-again");

  // The same, planned: every week, and started once before its time.
  await button("Schedule").click();
  await button("Plan maintenance").first().click();
  const editor = page.getByRole("dialog");
  await editor.getByRole("checkbox", { name: /^shop\.localhost on / }).check();
  await editor.getByRole("textbox", { name: "Title" }).fill("Stocktaking");
  await choose(editor.getByRole("combobox", { name: "Repeat" }), "Weekly");
  await editor.getByRole("list", { name: "When it takes place" }).waitFor();
  await shot(page, "plan");
  await button("Plan it").click();
  await editor.waitFor({ state: "detached" });
  await button("Week").click();
  const block = button(/^Stocktaking: /).first();
  // Tomorrow may be in the next week.
  if (!(await block.isVisible())) await button("Later").click();
  await block.click();
  const dismiss = page.getByRole("button", { name: /^Dismiss: / });
  while ((await dismiss.count()) > 0) await dismiss.first().click();
  await shot(page, "schedule");
  const details = page.getByRole("complementary", { name: "Details of Stocktaking" });
  await truth.changeTo("maintenance", async () => {
    await details.getByRole("button", { name: "Start now" }).click();
    await details.getByText("Running").first().waitFor();
  });
  await load.rounds(3);
  await shot(page, "planned-running");
  await truth.changeTo("live", async () => {
    await details.getByRole("button", { name: "Bring back" }).click();
    await page.getByRole("region", { name: "Results" }).getByText("has ended").waitFor();
  });
  await load.rounds(3);
  const after = await configuration(page);
  const result = await load.stop();
  const beside = await tourBesideNginx(page, shot);

  const cells = [...(closed.proof?.cells ?? []), ...(back.revert?.proof?.cells ?? [])];
  const wrong = cells.filter((cell) => cell.outcome === "wrong");
  const skipped = cells.filter((cell) => cell.outcome === "skipped");
  broken.push(...result.failures.slice(0, 20), ...(beside ?? []));
  if (result.failures.length > 20) broken.push(`and ${result.failures.length - 20} more failed requests`);
  if (bytes !== announced)
    broken.push(`The download in flight at the switch ended after ${bytes} of ${announced} bytes.`);
  if (before !== after) broken.push("The configuration is not exactly what it was before.");
  if (result.maintenance === 0 || result.live === 0) broken.push("The visitors did not see both states.");
  for (const cell of wrong)
    broken.push(`Proof: ${cell.host}${cell.path} ${cell.probe}: expected ${cell.expected}, observed ${cell.observed}`);

  const report = [
    "# The guided tour",
    "",
    "| what | result |",
    "|---|---|",
    `| visitors' requests | ${result.requests} |`,
    `| answered by the shop | ${result.live} |`,
    `| answered by the maintenance page | ${result.maintenance} |`,
    `| failed, refused or wrong | ${result.failures.length} |`,
    `| bytes of the download in flight at the switch | ${bytes} of ${announced} |`,
    `| switch, ms | ${closed.switchMs ?? "not measured"} |`,
    `| revert, ms | ${back.revert?.switchMs ?? "not measured"} |`,
    `| proof: as expected | ${cells.filter((cell) => cell.outcome === "right").length} |`,
    `| proof: wrong | ${wrong.length} |`,
    `| proof: skipped | ${skipped.length} |`,
    `| beside nginx | ${beside === undefined ? "not shown: nginx is not installed" : "closed and brought back"} |`,
    `| configuration restored | ${before === after ? "yes, byte for byte" : "no"} |`,
    "",
    broken.length === 0 ? "No promise was broken." : `Broken:\n\n${broken.map((line) => `- ${line}`).join("\n")}`,
    "",
    ...(skipped.length === 0
      ? []
      : ["Skipped:", "", ...skipped.map(({ host, path, message }) => `- ${host}${path}: ${message}`), ""]),
    ...shots.flatMap((file) => [`## ${captionOf(file)}`, "", `![${captionOf(file)}](${file})`, ""]),
    "",
  ].join("\n");
  await writeFile(join(folder, "report.md"), report);
  console.log(report.split("\n## ")[0]);
  if (process.argv.includes("--pictures")) {
    const pictures = join(root, "docs/pictures");
    await mkdir(pictures, { recursive: true });
    for (const [name, picture] of [
      ["overview-maintenance", "overview"],
      ["wizard-what-visitors-see", "wizard"],
      ["progress-dark", "progress"],
      ["schedule", "schedule"],
    ]) {
      await cp(
        join(folder, shots.find((file) => file.endsWith(`-${name}.png`)) ?? ""),
        join(pictures, `${picture}.png`),
      );
    }
  }
} catch (error) {
  broken.push(error instanceof Error ? error.message : String(error));
  await shot(page, "failure").catch(() => undefined);
} finally {
  await desktop.close();
}
console.log(`The report and ${shots.length} screenshots are in tour/.`);
if (broken.length > 0) {
  console.error(`A promise was broken:\n${broken.join("\n")}`);
  process.exit(1);
}
