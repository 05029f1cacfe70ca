/** What is typed into the request tester: completed, and what is wrong with it. Pure. */
import type { Failure } from "../../main/contract/failures.ts";

export type AskProblems = Partial<Record<"url" | "from", string>>;

const WORDS = {
  "/url": ["url", "Enter an address like shop.example.com/cart."],
  "/from": ["from", "Enter an IP address like 192.0.2.1."],
} as const;

/** `shop.example.com/x` as `http://shop.example.com/x`; nothing as the example. */
export function completeUrl(typed: string, example: string): string {
  const url = typed.trim();
  if (url === "") return example;
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`;
}

/** By field, what the agent refused; empty where it is about something else. */
export function askProblems({ code, problems = [] }: Failure): AskProblems {
  if (code !== "options.invalid") return {};
  const known = problems.flatMap(({ path }) => (path in WORDS ? [WORDS[path as keyof typeof WORDS]] : []));
  return Object.fromEntries(known);
}
