/**
 * The wizard without a mouse: every step, its choices, the way back, leaving, and the command
 * palette.
 */
import { expect, type Locator, type Page, test } from "@playwright/test";
import { type Desktop, startDesktop } from "../../tools/driving/desktop.ts";
import { stateOf } from "../../tools/driving/call.ts";
import { faultsOf } from "./support/page-faults.ts";
import { SHOP, startPracticeShop, visit } from "./support/practice-shop.ts";

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

const FURTHEST = 40;
function isFocused(target: Locator) {
  return target.evaluate((element) => element === element.ownerDocument.activeElement);
}

/** Presses `key` until `target` has the focus. */
async function walk(key: "Tab" | "Shift+Tab", target: Locator): Promise<void> {
  for (let steps = 0; steps < FURTHEST; steps += 1) {
    await page.keyboard.press(key);
    if (await isFocused(target)) return;
  }
  await expect(target, `${key} does not get there`).toBeFocused();
}
function tabTo(target: Locator) {
  return walk("Tab", target);
}

function step(name: string) {
  return page.getByRole("heading", { name, level: 2 });
}
function textbox(name: string) {
  return page.getByRole("textbox", { name, exact: true });
}
function radio(name: string | RegExp) {
  return page.getByRole("radio", { name });
}
function leaving() {
  return page.getByRole("dialog", { name: "Leave without putting the site in maintenance?" });
}
function overview() {
  return page.getByRole("heading", { name: "Overview", level: 1 });
}

async function openWizard(): Promise<void> {
  await tabTo(page.getByRole("button", { name: "Put site in maintenance" }));
  await page.keyboard.press("Enter");
  await expect(step("Choose the site")).toBeFocused();
}

test("every step of the wizard by keyboard only, up to the switch and back", async () => {
  const { target } = await startPracticeShop(page, false);
  await openWizard();

  // Nothing is chosen yet: Enter goes nowhere and says why.
  await page.keyboard.press("Control+Enter");
  await expect(step("Choose the site")).toBeVisible();
  await expect(page.getByRole("alert")).toBeVisible();
  await tabTo(radio(SHOP));
  await page.keyboard.press("Space");
  await expect(radio(SHOP)).toBeChecked();
  await page.keyboard.press("ArrowDown");
  await expect(radio("blog.localhost")).toBeChecked();
  await page.keyboard.press("ArrowUp");
  await expect(radio(SHOP)).toBeChecked();
  // The four steps unfold to the seven of the recipe.
  const how = page.getByRole("button", { name: "How it works" });
  await expect(page.getByRole("navigation", { name: "Steps" }).getByRole("button")).toHaveText([
    /Site/,
    /What visitors see/,
    /Who gets in/,
    /When/,
    /How it works/,
  ]);
  await walk("Shift+Tab", how);
  await page.keyboard.press("Enter");
  await expect(how).toHaveAttribute("aria-expanded", "true");
  await tabTo(textbox("Reason"));
  await page.keyboard.type("Keyboard only");
  await page.keyboard.press("Enter");

  await expect(step("Make a copycat of the site")).toBeFocused();
  await tabTo(textbox("Name"));
  await page.keyboard.type("closed-for-now");
  await page.keyboard.press("Enter");

  await expect(step("Set the domains")).toBeFocused();
  const alias = page.getByRole("checkbox", { name: "www.shop.localhost" });
  await tabTo(alias);
  await page.keyboard.press("Space");
  await expect(alias).not.toBeChecked();
  await page.keyboard.press("Space");
  await expect(alias).toBeChecked();
  await tabTo(textbox("Staff domains"));
  await page.keyboard.type("staff.shop.localhost");
  await page.keyboard.press("Control+Enter");

  await expect(step("Decide what visitors see")).toBeFocused();
  await tabTo(radio("The built-in page"));
  await page.keyboard.press("ArrowDown");
  await expect(radio("Your own page")).toBeChecked();
  await expect(textbox("File or folder on the server")).toBeVisible();
  // Nobody has typed there yet.
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.keyboard.press("ArrowDown");
  await expect(radio("Status code only")).toBeChecked();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(radio("The built-in page")).toBeChecked();
  await tabTo(textbox("Text"));
  // In a text of several lines Enter is a new line; Ctrl+Enter goes on.
  await page.keyboard.type("Written");
  await page.keyboard.press("Enter");
  await page.keyboard.type("by keyboard.");
  await expect(textbox("Text")).toHaveValue("Written\nby keyboard.");
  // Retry at the end needs an end, which is chosen in the last step.
  await tabTo(radio("After"));
  await page.keyboard.press("ArrowDown");
  await expect(radio("At the expected end")).toBeChecked();
  await page.keyboard.press("Control+Enter");

  await expect(step("Decide who gets in")).toBeFocused();
  // Back, and forward by the list of steps, which stands before the form: what was chosen is still
  // there.
  await tabTo(page.getByRole("button", { name: "Back", exact: true }));
  await page.keyboard.press("Enter");
  await expect(step("Decide what visitors see")).toBeFocused();
  await expect(textbox("Text")).toHaveValue("Written\nby keyboard.");
  await walk("Shift+Tab", page.getByRole("button", { name: "Who gets in", exact: true }));
  await page.keyboard.press("Enter");
  await expect(step("Decide who gets in")).toBeFocused();
  const health = textbox("Health checks");
  await tabTo(health);
  await page.keyboard.type(" /ready");
  await page.keyboard.press("Enter");

  await expect(step("Put the copycat above the original")).toBeFocused();
  await tabTo(radio("Directly above shop"));
  await page.keyboard.press("ArrowDown");
  await expect(radio("At the top of the list")).toBeChecked();
  await page.keyboard.press("Control+Enter");

  await expect(step("Decide when")).toBeFocused();
  // The message says what is missing, and a button with a usual time puts it right.
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("alert")).toBeVisible();
  await tabTo(page.getByRole("button", { name: "+1 h" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toBeHidden();
  await expect(page.getByText(/^In (59|60) min|^In 1 h\./)).toBeVisible();
  await walk("Shift+Tab", page.getByRole("button", { name: "+15 min" }));
  await page.keyboard.press("Enter");
  await expect(page.getByText(/^In 1 h 1[45] min/)).toBeVisible();
  await walk("Shift+Tab", radio("Graceful"));
  await page.keyboard.press("ArrowDown");
  await expect(radio(/^Hard/)).toBeChecked();
  await expect(page.getByText("Then every connection of the server is cut, of other sites too.")).toBeVisible();
  await page.keyboard.press("ArrowUp");
  await expect(radio("Graceful")).toBeChecked();
  const apply = page.getByRole("button", { name: `Put ${SHOP} in maintenance` });
  await expect(apply).toBeEnabled();
  await page.keyboard.press("Control+Enter");

  await expect(page.getByRole("heading", { name: `${SHOP} is in maintenance` })).toBeFocused();
  const refused = await visit(target);
  expect(refused.status).toBe(503);
  expect(refused.body).toContain("by keyboard.");
  const server = (await stateOf(page)).servers[0];
  expect(server?.snapshot?.config.virtualHosts[0]).toMatchObject({ id: "closed-for-now", copycatOf: "shop" });
  expect(server?.snapshot?.maintenance[0]).toMatchObject({
    reason: "Keyboard only",
    options: { internalHosts: ["staff.shop.localhost"], position: "top" },
  });

  await tabTo(page.getByRole("button", { name: "More", exact: true }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Bring back, keep the page for next time" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: `${SHOP} is live again` })).toBeVisible();
  expect((await visit(target)).status).toBe(200);

  // The next time begins with what was kept, and with the seven steps.
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Commands" }).getByRole("combobox")).toBeFocused();
  await page.keyboard.type("put shop");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Kept from last time" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByText(/“Back soon”, 2 exceptions, 1 staff domain/)).toBeVisible();
  await expect(page.getByRole("region", { name: "Preview" }).getByText("kept, answers nothing")).toBeVisible();
  await expect(how).toHaveAttribute("aria-expanded", "true");
});

test("Escape leaves the wizard, and asks first only when something would be lost", async () => {
  await startPracticeShop(page, false);
  await openWizard();
  await page.keyboard.press("Escape");
  await expect(overview()).toBeFocused();

  await openWizard();
  await tabTo(textbox("Reason"));
  await page.keyboard.type("half a thought");
  await page.keyboard.press("Escape");
  await expect(leaving()).toBeVisible();
  await expect(leaving().locator(":focus")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(leaving()).toBeHidden();
  await expect(textbox("Reason")).toHaveValue("half a thought");
  await expect(textbox("Reason")).toBeFocused();

  await page.keyboard.press("Escape");
  await expect(leaving()).toBeVisible();
  await tabTo(leaving().getByRole("button", { name: "Leave" }));
  await page.keyboard.press("Enter");
  await expect(overview()).toBeFocused();
  await openWizard();
  await expect(textbox("Reason")).toHaveValue("");
});

test("Ctrl+K finds commands and sites, wherever one is", async () => {
  await startPracticeShop(page, false);
  const palette = page.getByRole("dialog", { name: "Commands" });
  const input = palette.getByRole("combobox");
  await page.keyboard.press("Control+k");
  await expect(input).toBeFocused();
  await page.keyboard.type("put shop");
  await page.keyboard.press("Enter");
  await expect(palette).toBeHidden();
  await expect(page.getByRole("heading", { name: `Put ${SHOP} in maintenance`, level: 1 })).toBeVisible();
  await expect(step("Choose the site")).toBeFocused();
  await expect(radio(SHOP)).toBeChecked();

  // In the wizard, Escape closes the palette and nothing else.
  await tabTo(textbox("Reason"));
  await page.keyboard.type("kept");
  await page.keyboard.press("Control+k");
  await expect(input).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();
  await expect(leaving()).toBeHidden();
  await expect(textbox("Reason")).toHaveValue("kept");

  await page.keyboard.press("Control+k");
  await expect(input).toBeFocused();
  await page.keyboard.type("appearance dark");
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await stateOf(page)).settings.appearance).toBe("dark");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");

  await page.keyboard.press("Control+k");
  await expect(input).toBeFocused();
  await page.keyboard.type("nothing is called like this");
  await expect(palette.getByRole("option")).toHaveCount(0);
  await expect(palette.getByRole("status")).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(palette).toBeHidden();
});
