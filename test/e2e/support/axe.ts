/** A screen as axe sees it. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/**
 * What axe finds in both colour schemes, one line each: the rule, where, and why. A screen without
 * findings adds nothing. In the dark only the colours are others.
 */
export async function findingsOn(page: Page, screen: string): Promise<string[]> {
  const findings: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await atRest(page);
    // Legacy: without it axe opens a page of its own to put frames together, which Electron's
    // context cannot.
    const axe = new AxeBuilder({ page }).setLegacyMode();
    if (colorScheme === "dark") axe.withRules("color-contrast");
    const { violations, passes } = await axe.analyze();
    const checked = passes.reduce((sum, { nodes }) => sum + nodes.length, 0);
    expect(checked, `axe checked ${screen}, ${colorScheme}`).toBeGreaterThan(5);
    for (const { id, nodes } of violations)
      for (const { target, failureSummary } of nodes)
        findings.push(
          `${screen}, ${colorScheme}: ${id} at ${target.join(" ")}: ${(failureSummary ?? "").replaceAll(/\s+/g, " ")}`,
        );
    if (process.env.SHOTS !== undefined)
      await page.screenshot({ path: `${process.env.SHOTS}/${screen.replaceAll(/\W+/g, "-")}-${colorScheme}.png` });
  }
  await page.emulateMedia({ colorScheme: "light" });
  return findings;
}

/** How long what changes its colours or comes in may take (ms). */
const REST_TIMEOUT_MS = 10_000;

/** Resolves when nothing moves: colours in between are nobody's. What turns for ever may. */
async function atRest(page: Page): Promise<void> {
  const moving = () =>
    page.evaluate(
      () =>
        document
          .getAnimations()
          .filter(
            ({ effect, playState }) => playState === "running" && effect?.getComputedTiming().endTime !== Infinity,
          ).length,
    );
  await expect.poll(moving, { message: "nothing on the page moves", timeout: REST_TIMEOUT_MS }).toBe(0);
}
