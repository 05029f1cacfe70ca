/**
 * The part of the guided tour beside a web server: the practice server with an nginx of its own, in
 * whose configuration the hook is put; the shop closed and brought back.
 */
import { request } from "node:http";
import type { Page } from "@playwright/test";
import { stateOf, value } from "./driving/call.ts";

const SHOP = "shop.localhost";

/** @returns the promises that were broken; undefined where nginx is not installed */
export async function tourBesideNginx(
  page: Page,
  shot: (page: Page, name: string) => Promise<void>,
): Promise<string[] | undefined> {
  if (!(await stateOf(page)).app.hasNginx) return undefined;
  await value(page, "practice.stop", undefined);
  await value(page, "practice.start", { visitors: true, beside: true });
  const { practice } = await stateOf(page);
  const port = practice.state === "running" ? Number(new URL(practice.url).port) : 0;
  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });

  await button(/^Overview/).click();
  const title = await nginxOf(page);
  await button(`Prepare ${title} on Practice server`).click();
  const prepare = page.getByRole("dialog", { name: `Prepare ${title}` });
  await prepare.getByRole("region", { name: "Commands" }).waitFor();
  await shot(page, "nginx-prepare");
  await prepare.getByRole("button", { name: /^Prepare \d+ sites$/ }).click();
  const prepared = page.getByRole("dialog", { name: `${title} is prepared` });
  await prepared.waitFor({ timeout: 30_000 });
  await shot(page, "nginx-is-prepared");
  await prepared.getByRole("button", { name: "Put site in maintenance" }).click();
  await page.getByRole("radio", { name: new RegExp(`^${SHOP}`) }).check();
  await button("Review").click();
  await button(/^Put .* in maintenance$/).click();
  const heading = page.getByRole("heading", { name: /is in maintenance$/, level: 1 });
  await heading.waitFor({ timeout: 30_000 });
  const closed = await statusOf(port);
  await shot(page, "nginx-maintenance");
  await button("Bring back").first().click();
  await page.getByRole("heading", { name: /is live again$/, level: 1 }).waitFor({ timeout: 15_000 });
  const live = await statusOf(port);
  return [
    ...(closed === 503 ? [] : [`Beside nginx, visitors of the closed shop got ${closed}.`]),
    ...(live === 200 ? [] : [`Beside nginx, visitors of the shop got ${live} after it was brought back.`]),
  ];
}

/** How the one of the practice server is called: others may run on this computer. */
async function nginxOf(page: Page): Promise<string> {
  for (let tries = 0; tries < 300; tries += 1) {
    const [server] = (await stateOf(page)).servers;
    const own = server?.snapshot?.webServers?.find(({ configuration }) => configuration.includes("backsoon-practice-"));
    if (own !== undefined) return own.id;
    await page.waitForTimeout(100);
  }
  throw new Error("the nginx of the practice server was not found within 30 seconds");
}

function statusOf(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, headers: { host: SHOP }, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
}
