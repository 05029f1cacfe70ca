/** What is being edited as JSON: which part of the configuration, and how it goes back in. Pure. */
import { t } from "../../main/language/translate.ts";
import type { Config, Problem, VirtualHost } from "../../main/contract/agent.ts";
import { added, replaced } from "./config-edits.ts";

/** `server`: all but the virtual hosts. */
export type Target =
  { what: "virtual-host"; id: string } | { what: "new-virtual-host" } | { what: "server" } | { what: "configuration" };

/** The document as it is shown first; `undefined` when it is gone. */
export function documentOf(config: Config, target: Target): unknown {
  switch (target.what) {
    case "virtual-host":
      return config.virtualHosts.find(({ id }) => id === target.id);
    case "new-virtual-host":
      return { id: "", hosts: [], rules: [{ handler: { type: "proxy", upstream: "" } }] };
    case "server": {
      const { virtualHosts: _, ...server } = config;
      return server;
    }
    case "configuration":
      return config;
  }
}

/**
 * The whole configuration with the edited document in place. It may be invalid: the agent says so.
 */
export function withDocument(config: Config, target: Target, document: unknown): Config {
  switch (target.what) {
    case "virtual-host":
      return replaced(config, target.id, document as VirtualHost);
    case "new-virtual-host":
      return added(config, document as VirtualHost);
    case "server":
      return { ...(document as Config), virtualHosts: config.virtualHosts };
    case "configuration":
      return document as Config;
  }
}

/** The agent names the later of two with the same id, whichever is being edited. */
function isSameId({ path, message }: Problem, count: number): boolean {
  const [, index] = /^\/virtualHosts\/(\d+)\/id$/.exec(path) ?? [];
  return index !== undefined && Number(index) < count && / is taken by virtual host \d+;/.test(message);
}

/**
 * Problems of the whole configuration as problems of the document; what is about other parts keeps
 * its full path and says so.
 */
export function problemsOfDocument(config: Config, target: Target, problems: readonly Problem[]): Problem[] {
  if (target.what === "configuration" || target.what === "server") return [...problems];
  const index =
    target.what === "new-virtual-host"
      ? config.virtualHosts.length - 1
      : config.virtualHosts.findIndex(({ id }) => id === target.id);
  const prefix = `/virtualHosts/${index}`;
  const own = config.virtualHosts.length + (target.what === "new-virtual-host" ? 1 : 0);
  return problems.map((problem) =>
    isSameId(problem, own)
      ? { ...problem, path: "/id", message: t("Another virtual host has this id; choose another one.") }
      : problem.path === prefix || problem.path.startsWith(`${prefix}/`)
        ? { ...problem, path: problem.path.slice(prefix.length) }
        : { ...problem, path: "", message: `${problem.path}: ${problem.message}` },
  );
}

/**
 * Whether somebody changed the same document since it was opened. Changes elsewhere are kept, so
 * they do not matter.
 */
export function isStale(opened: Config, now: Config, target: Target): boolean {
  return (
    target.what !== "new-virtual-host" &&
    JSON.stringify(documentOf(opened, target)) !== JSON.stringify(documentOf(now, target))
  );
}
