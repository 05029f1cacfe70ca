/** The first site of a new agent: its names, and one thing that answers for all of them. Pure. */
import { t } from "../../../main/language/translate.ts";
import type { Handler } from "../../../main/contract/agent.ts";

export interface SiteForm {
  /** As typed, separated by commas, spaces or lines. */
  hosts: string;
  kind: "proxy" | "file" | "redirect";
  /** Of the application, as typed: `http://127.0.0.1:3000`. */
  targets: string;
  root: string;
  to: string;
  status: "301" | "302" | "307" | "308";
}

export type SiteProblems = Partial<Record<keyof SiteForm, string>>;

export const NEW_SITE: SiteForm = {
  hosts: "",
  kind: "proxy",
  targets: "",
  root: "",
  to: "",
  status: "308",
};

/** What is missing of the one that answers. */
export function missingAnswer({ kind, targets, root, to }: SiteForm): SiteProblems {
  return {
    ...(kind === "proxy" && entriesOf(targets).length === 0
      ? { targets: t("Enter where the application listens, e.g. http://127.0.0.1:3000.") }
      : {}),
    ...(kind === "file" && !root.trim().startsWith("/")
      ? { root: t("Enter the absolute path of a folder on the server.") }
      : {}),
    ...(kind === "redirect" && to.trim() === ""
      ? { to: t("Enter where it leads, e.g. {example}.", { example: "https://www.example.com${path}" }) }
      : {}),
  };
}

/** Entries of a field that takes several. */
export function entriesOf(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((entry) => entry !== ""))];
}

/** What answers, of a form without problems. @param upstream the name of its application */
export function handlerOf({ kind, root, to, status }: SiteForm, upstream: string): Handler {
  switch (kind) {
    case "proxy":
      return { type: "proxy", upstream };
    case "file":
      return { type: "file", root: root.trim() };
    case "redirect":
      return { type: "redirect", to: to.trim(), status: Number(status) as 301 | 302 | 307 | 308 };
  }
}
