/** What is typed into the request tester: completed, and what is wrong with it. Pure. */
import { t } from "../../main/language/translate.ts";
import type { Failure } from "../../main/contract/failures.ts";

export type AskProblems = Partial<Record<"url" | "from", string>>;

/** `shop.example.com/x` as `http://shop.example.com/x`; nothing as the example. */
export function completeUrl(typed: string, example: string): string {
  const url = typed.trim();
  if (url === "") return example;
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`;
}

/** By field, what the agent refused; empty where it is about something else. */
export function askProblems({ code, problems = [] }: Failure): AskProblems {
  if (code !== "options.invalid") return {};
  const fields = new Set(problems.map(({ path }) => path));
  return {
    ...(fields.has("/url") ? { url: t("Enter an address like shop.example.com/cart.") } : {}),
    ...(fields.has("/from") ? { from: t("Enter an IP address like 192.0.2.1.") } : {}),
  };
}
