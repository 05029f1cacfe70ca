/**
 * The promise of the whole program, through its window: a site goes into maintenance and comes back
 * while visitors are served, and nobody is interrupted.
 */
import { expect, type Page, test } from "@playwright/test";
import { startLoad } from "../../tools/driving/load.ts";
import { stateOf } from "../../tools/driving/call.ts";
import { type Desktop, startDesktop } from "../../tools/driving/desktop.ts";
import { Truth } from "../../tools/driving/truth.ts";
import { faultsOf } from "./support/page-faults.ts";
import { configBytes, SHOP, SHOP_VISITS, startDownload, startPracticeShop, visit } from "./support/practice-shop.ts";

let desktop: Desktop;
test.beforeEach(async () => {
  desktop = await startDesktop();
});
test.afterEach(async () => {
  await desktop.close();
});

/** The only maintenance there has been. */
async function receiptOf(page: Page) {
  return (await stateOf(page)).servers[0]?.snapshot?.maintenance[0];
}

test("from the first start into maintenance and back, with visitors and a download under way", async () => {
  const { page } = desktop;
  await expect(
    page.getByRole("heading", { name: "Put a site in maintenance without interrupting anyone" }),
  ).toBeVisible();
  const { target, socketPath } = await startPracticeShop(page, false);
  const row = page.getByRole("row").filter({ has: page.getByRole("button", { name: SHOP, exact: true }) });
  await expect(row.getByText("Live", { exact: true })).toBeVisible();
  const before = await configBytes(socketPath);

  const truth = new Truth();
  const load = startLoad(target, truth, { get: 6, fresh: 3, post: 3 }, SHOP_VISITS);
  const download = await startDownload(target, 4);
  await load.rounds(3);

  // Its name leads to its page. Three clicks with everything as proposed: its button in the list,
  // review, switch.
  await row.getByRole("button", { name: SHOP, exact: true }).click();
  await expect(page.getByRole("region", { name: "Addresses" })).toContainText(`http://${SHOP}:${target.port}/`);
  await expect(page.getByRole("region", { name: "Rules" })).toContainText("every request");
  await page.getByRole("button", { name: /^Overview/ }).click();
  await row.getByRole("button", { name: `Maintenance… for ${SHOP} on Practice server` }).click();
  await page.getByRole("button", { name: "Review" }).click();
  const switchButton = page.getByRole("button", { name: `Put ${SHOP} in maintenance` });
  await expect(switchButton).toBeEnabled();
  truth.order("moving");
  await switchButton.click();
  await expect(page.getByRole("heading", { name: `${SHOP} is in maintenance` })).toBeVisible();
  truth.order("maintenance");
  const refused = await visit(target);
  expect(refused.status).toBe(503);
  expect(Number(refused.retryAfter)).toBeGreaterThan(0);
  await load.rounds(5);
  const receivedAtSwitch = download.received;

  // What was under way shows as such, and the proof finds every cell as planned.
  const drain = page.getByRole("table").filter({ hasText: "Still finishing" });
  await expect(drain.getByRole("row").filter({ hasText: "/catalogue.zip" })).toHaveCount(1);
  const proof = page.getByRole("table").filter({ hasText: "At the server" });
  await expect(proof.getByText("everything as planned")).toBeVisible();
  await expect(proof.getByRole("row").filter({ hasText: `${SHOP}/` })).not.toHaveCount(0);
  await expect(proof.getByText(/asked its own listener, 127\.0\.0\.1:\d+\.$/)).toBeVisible();
  const visitors = page.getByRole("region", { name: "What visitors get" });
  await expect(visitors.getByRole("heading", { name: "From this computer, by DNS" })).toBeVisible();
  await expect(visitors).toContainText("answered 503, with the maintenance page");
  await expect(proof.getByLabel("wrong:")).toHaveCount(0);
  expect(await proof.getByLabel("right:").count()).toBeGreaterThanOrEqual(8);
  const counts = page.getByRole("region", { name: "Counts and drain" });
  await expect(counts).toContainText(/1\s*still finishing|still finishing\s*1/);
  await expect.poll(async () => (await receiptOf(page))?.counts.refused).toBeGreaterThan(0);

  const bytes = await download.done;
  expect(bytes).toBeGreaterThan(receivedAtSwitch);
  await expect(drain.getByText("No requests from before the switch are in flight.")).toBeVisible();
  await expect.poll(() => receiptOf(page)).toMatchObject({ counts: { draining: 0, cut: 0 } });
  expect((await receiptOf(page))?.counts.drained).toBeGreaterThan(0);

  truth.order("moving");
  await page.getByRole("button", { name: "Bring back", exact: true }).click();
  await expect(page.getByRole("heading", { name: `${SHOP} is live again` })).toBeFocused();
  await expect(visitors).toContainText(/127\.0\.0\.1 answered 200/);
  truth.order("live");
  expect((await visit(target)).status).toBe(200);
  // What is said about it covers nothing.
  const said = await page.getByRole("region", { name: "Results" }).boundingBox();
  const screen = await page.getByRole("main").boundingBox();
  expect((said?.x ?? 0) + (said?.width ?? 0)).toBeLessThanOrEqual(screen?.x ?? 0);
  await load.rounds(5);
  await expect(page.getByText("The configuration is byte for byte what it was before.")).toBeVisible();
  expect(await configBytes(socketPath)).toBe(before);
  await expect(proof.getByText("everything as planned")).toBeVisible();

  // The day after: what visitors saw, and both proofs.
  await page.getByRole("button", { name: "History" }).click();
  await page.getByRole("button", { name: new RegExp(`^${SHOP} on`) }).click();
  await expect(page.frameLocator("iframe").getByRole("heading", { name: "Back soon" })).toBeVisible();
  for (const name of ["Proof after the switch", "Proof after the way back"])
    await expect(page.getByRole("region", { name })).toContainText(/\d answers as planned/);
  const fromHere = page.getByRole("region", { name: "From this computer, while it was closed" });
  await expect(fromHere).toContainText(/address(es)? as planned/);
  await fromHere.getByText(/^\d address(es)?$/).click();
  await expect(fromHere).toContainText("127.0.0.1 answered 503, with the maintenance page");
  await expect(page.getByRole("region", { name: "From this computer, after the way back" })).toContainText(
    "as planned",
  );
  const moments = page.getByRole("region", { name: "Timeline" }).getByRole("listitem");
  await expect(moments.filter({ hasNotText: "Looked at from this computer" })).toHaveCount(4);
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "Copy as Markdown" }).click();
  await expect
    .poll(() => desktop.app.evaluate(({ clipboard }) => clipboard.readText()))
    .toMatch(/^# Maintenance of shop\.localhost[^]*- From this computer, while it was closed: \d address/);
  await page.getByRole("button", { name: "Do this again…" }).click();
  await expect(page.getByRole("button", { name: `Put ${SHOP} in maintenance` })).toBeEnabled();

  const result = await load.stop();
  expect(result.failures).toEqual([]);
  expect(result.live).toBeGreaterThan(0);
  expect(result.maintenance).toBeGreaterThan(0);
  expect(await faultsOf(page)).toEqual([]);
});
