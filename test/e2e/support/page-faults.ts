import type { Page } from "@playwright/test";

/**
 * What the page did wrong since it was loaded: errors it threw or logged, among them what its
 * content security policy refused.
 */
export async function faultsOf(page: Page): Promise<string[]> {
  const [messages, errors] = await Promise.all([page.consoleMessages(), page.pageErrors()]);
  return [
    ...errors.map((error) => error.stack ?? error.message),
    ...messages.filter((message) => message.type() === "error").map((message) => message.text()),
  ];
}
