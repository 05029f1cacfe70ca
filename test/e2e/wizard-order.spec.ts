/**
 * The copycat's place in the list: by dragging it, by its arrow keys, and by the choice beside it.
 */
import { expect, type Page, test } from "@playwright/test";
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
  await page.getByRole("button", { name: "blog.localhost", exact: true }).click();
  for (const step of ["Copycat", "Domains", "Response", "Who still gets in", "Order"])
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
});
