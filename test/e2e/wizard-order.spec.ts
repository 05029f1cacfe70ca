/**
 * The copycat's place in the list: by dragging it, by its arrow keys, and by the choice beside it.
 */
import { expect, type Page, test } from "@playwright/test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { stateOf, value } from "../../tools/driving/call.ts";
import { type Desktop, startDesktop } from "../../tools/driving/desktop.ts";
import { faultsOf } from "./support/page-faults.ts";
import { startPracticeShop } from "./support/practice-shop.ts";

let desktop: Desktop;
let page: Page;
test.beforeEach(async () => {
  desktop = await startDesktop();
  page = desktop.page;
});
test.afterEach(async () => {
  const faults = await faultsOf(page);
  await desktop.close();
  expect(faults).toEqual([]);
});

function rows() {
  return page.getByRole("region", { name: "Preview" }).getByRole("listitem");
}
function order() {
  return rows().locator("b").allTextContents();
}
function radio(name: string) {
  return page.getByRole("radio", { name });
}
const ABOVE = ["shop", "blog-copycat", "blog", "default"];
const TOP = ["blog-copycat", "shop", "blog", "default"];

test("the copycat is dragged to the top and back, and settles only where it can answer", async () => {
  await startPracticeShop(page, false);
  await page.getByRole("button", { name: "Maintenance… for blog.localhost on Practice server" }).click();
  await page.getByRole("button", { name: "How it works" }).click();
  for (const step of ["Copycat", "Domains", "What visitors see", "Who gets in", "Order"])
    await page.getByRole("button", { name: `Next: ${step}` }).click();
  await expect.poll(order).toEqual(ABOVE);

  await rows().filter({ hasText: "blog-copycat" }).dragTo(rows().first());
  await expect(radio("At the top of the list")).toBeChecked();
  await expect.poll(order).toEqual(TOP);
  // Below the original it would answer nothing.
  await rows().filter({ hasText: "blog-copycat" }).dragTo(rows().last());
  await expect(radio("Directly above blog")).toBeChecked();
  await expect.poll(order).toEqual(ABOVE);

  const grip = page.getByRole("button", { name: /^blog-copycat is number/ });
  await grip.focus();
  await page.keyboard.press("ArrowUp");
  await expect.poll(order).toEqual(TOP);
  await expect(grip).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect.poll(order).toEqual(ABOVE);
  await expect(grip).toBeFocused();
  await radio("At the top of the list").check();
  await expect.poll(order).toEqual(TOP);

  // A wildcard takes the place above all others: with the copycat below it, blog stays open.
  await radio("Directly above blog").check();
  await putWildcardOnTop();
  const warning = page.getByText(/wild stands above the copycat/);
  await expect(warning).toBeVisible();
  await page.getByRole("button", { name: "Next: When" }).click();
  await expect(warning).toBeVisible();
  await page.getByRole("button", { name: "Go to Order" }).click();
  await expect(page.getByRole("heading", { name: "Put the copycat above the original" })).toBeVisible();
  await page.getByRole("button", { name: /^What visitors see/ }).click();
  await radio("Your own page").check();
  await page.getByRole("textbox", { name: "File or folder on the server" }).fill("/srv/nope");
  await expect(page.getByText("there is no “/srv/nope” on this server").first()).toBeVisible();
  await expect(page.getByRole("button", { name: /something is wrong here/ })).toBeVisible();
  await uploadOwnPage();
  await radio("The built-in page").check();
  await page.getByRole("button", { name: /^Who gets in/ }).click();
  await page.getByRole("checkbox", { name: /Certificate renewal/ }).uncheck();
  await page.getByRole("textbox", { name: "Health checks" }).fill("");
  await page.getByRole("button", { name: "Add my current address" }).click();
  await expect(page.getByRole("textbox", { name: "Addresses" })).toHaveValue("127.0.0.1");
  await page.getByRole("textbox", { name: "Addresses" }).fill("300.1.1.1");
  await expect(page.getByRole("button", { name: /^Who gets in.*something is wrong here/ })).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Addresses" })).toHaveAttribute("aria-invalid", "true");
  await page.getByRole("textbox", { name: "Health checks" }).fill("healthz");
  await expect(page.getByText("The app rejected its own request")).toHaveCount(0);
  await page.getByRole("textbox", { name: "Health checks" }).fill("");
  await page.getByRole("textbox", { name: "Addresses" }).fill("");
  await page.getByRole("button", { name: /^When/ }).click();
  const press = page.getByRole("button", { name: "Put blog.localhost in maintenance" });
  await expect(page.getByText(/Certificates for blog.localhost cannot be renewed/)).toBeVisible();
  await expect(page.getByText("Agree to the warnings above first")).toBeVisible();
  await expect(press).toBeDisabled();
  await shot("last-step-warnings");
  await page.getByRole("checkbox", { name: /I have read this/ }).check();
  await press.click();

  // The headline says what the proof found, and offers what helps.
  await expect(page.getByRole("heading", { name: "blog.localhost is not closed: wild answers instead" })).toBeVisible();
  await expect(page.getByText(/^Not closed · \d+ wrong answers$/)).toBeVisible();
  await expect(page.getByText(/\d+ answers, same cause:/)).toBeVisible();
  await shot("not-closed");
  await page.getByRole("button", { name: "Move the copycat to the top" }).click();
  await expect(page.getByRole("heading", { name: "blog.localhost is in maintenance" })).toBeVisible();
  await expect(page.getByText("everything as planned")).toBeVisible();
  await shot("closed");
  await page.getByRole("button", { name: "Bring back", exact: true }).click();
  // The wildcard is on top of the original again, as it was before.
  const back = page.getByRole("heading", { name: "blog.localhost is back, but does not answer as planned" });
  await expect(back).toBeVisible();

  // The next time can start from what was chosen, also for another site, under a name.
  await page.getByRole("button", { name: "Put back in maintenance" }).waitFor();
  await page.getByRole("button", { name: /^Overview/ }).click();
  await page.getByRole("button", { name: "Maintenance… for blog.localhost on Practice server" }).click();
  const certificates = page.getByRole("checkbox", { name: /Certificate renewal/ });
  await page.getByRole("button", { name: "Same as last time" }).click();
  await shot("start-from");
  await page.getByRole("button", { name: /^Who gets in/ }).click();
  await expect(certificates).not.toBeChecked();
  await page.getByRole("button", { name: /^When/ }).click();
  await page.getByRole("button", { name: "Save as a preset…" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("No renewal");
  await radio("For every site").check();
  await shot("save-preset");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("The preset “No renewal” is saved").waitFor();
  await page.getByRole("button", { name: /^Site/ }).click();
  await radio("shop.localhost").check();
  await page.getByRole("button", { name: "No renewal", exact: true }).click();
  await page.getByRole("button", { name: /^Who gets in/ }).click();
  await expect(certificates).not.toBeChecked();

  // The wildcard answers in place of the copycat: the agent takes the switch back by itself.
  await page.getByRole("button", { name: /^Site/ }).click();
  await radio("blog.localhost").check();
  await page.getByRole("button", { name: "Review" }).click();
  await page.getByRole("checkbox", { name: /Bring it back automatically/ }).check();
  await page.getByRole("checkbox", { name: /I have read this/ }).check();
  await shot("revert-if-wrong");
  await press.click();
  const taken = page.getByRole("region", { name: "Brought back automatically" });
  await expect(taken).toContainText(/the proof failed: .* wild answered instead of blog-copycat/, { timeout: 30_000 });
  await expect(page.getByRole("heading", { level: 1 })).not.toContainText("is in maintenance");
  await shot("brought-back");
});

/** Pictures in both colours and of the smallest window, where `SHOTS` names a folder. */
async function shot(name: string): Promise<void> {
  if (process.env.SHOTS === undefined) return;
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${process.env.SHOTS}/${name}-${colorScheme}.png` });
  }
  await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(900, 600));
  await page.screenshot({ path: `${process.env.SHOTS}/${name}-small.png` });
  await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1280, 793));
  await page.emulateMedia({ colorScheme: "light" });
}

/** A page of this computer is sent to the server, and shown with its files as it is. */
async function uploadOwnPage(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "backsoon-page-"));
  await writeFile(path.join(folder, "index.html"), "<link rel=stylesheet href=/s.css><h1>Our own page</h1>");
  await writeFile(path.join(folder, "s.css"), "h1 { color: rgb(1, 2, 3) }");
  await desktop.app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
  }, folder);
  await page.getByRole("button", { name: "Upload a folder…" }).click();
  await expect(page.getByText(`${path.basename(folder)} is on the server`, { exact: false })).toBeVisible();
  const shown = page.frameLocator('iframe[title="The page on a desktop"]').getByRole("heading");
  await expect(shown).toHaveText("Our own page");
  await expect(shown).toHaveCSS("color", "rgb(1, 2, 3)");
  await expect(page.getByRole("button", { name: /something is wrong here/ })).toHaveCount(0);
  await shot("own-page");
  await rm(folder, { recursive: true });
}

async function putWildcardOnTop(): Promise<void> {
  const server = (await stateOf(page)).servers[0];
  const snapshot = server?.snapshot;
  if (snapshot === undefined || snapshot === null) throw new Error("the practice server is not there");
  const wild = { id: "wild", hosts: ["*.localhost"], rules: [{ handler: { type: "respond" as const, body: "wild" } }] };
  await value(page, "config.put", {
    serverId: server?.profile.id ?? "",
    config: { ...snapshot.config, virtualHosts: [wild, ...snapshot.config.virtualHosts] },
    ifGeneration: snapshot.agent.generation,
    reason: "a wildcard",
  });
}
