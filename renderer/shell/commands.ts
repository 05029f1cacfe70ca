/** What the command palette offers. Pure: what a command does is decided by whoever runs it. */
import type { Settings } from "../../main/contract/settings.ts";
import { t } from "../../main/language/translate.ts";
import { shortOutcome } from "../fleet/sentences.ts";
import { needsSomebody, stillClosed, type KnownOperation } from "../lib/operations.ts";
import { LANGUAGE_CHOICES } from "../../main/language/choices.ts";
import { isInMaintenance, scopeOf, type Site } from "../lib/sites.ts";

export type Command =
  | { kind: "bring-back"; key: string; title: string; detail: string; site: Site }
  | { kind: "maintain"; key: string; title: string; detail: string; site: Site }
  | { kind: "show"; key: string; title: string; detail: string; site: Site }
  | { kind: "operation"; key: string; title: string; detail: string; operationId: string }
  | {
      kind: "operation-back";
      key: string;
      title: string;
      detail: string;
      operation: Pick<KnownOperation, "id" | "title">;
      sites: Site[];
    }
  | {
      kind: "screen";
      key: string;
      title: string;
      detail: string;
      screen: "overview" | "servers" | "schedule" | "add-server" | "history" | "settings";
    }
  | { kind: "server"; key: string; title: string; detail: string; serverId: string }
  | { kind: "appearance"; key: string; title: string; detail: string; appearance: Settings["appearance"] }
  | { kind: "language"; key: string; title: string; detail: string; language: Settings["language"] };

const SCREENS = {
  overview: "Go to Overview",
  servers: "Go to Servers",
  schedule: "Go to Schedule",
  history: "Go to History",
  settings: "Go to Settings",
} as const;
const LOOKS = { light: "Appearance: Light", dark: "Appearance: Dark", system: "Appearance: System" } as const;

/**
 * Every command there is now: first what brings a site back, then where to go, then what puts one
 * in maintenance.
 */
export function commandsFor(
  sites: readonly Site[],
  servers: readonly { id: string; name: string }[],
  operations: readonly KnownOperation[],
): Command[] {
  const closed = sites.filter((site) => site.receipt !== undefined);
  return [
    ...operations.filter(needsSomebody).map(showOperation),
    ...operations.flatMap((operation): Command[] => {
      const open = stillClosed(operation.id, sites).filter((site) => site.state !== "unknown");
      return open.length < 2
        ? []
        : [
            {
              kind: "operation-back",
              key: `all back ${operation.id}`,
              title: t("Bring all back: {title}", { title: operation.title }),
              detail: scopeOf(open),
              operation,
              sites: open,
            },
          ];
    }),
    ...closed
      .filter((site) => site.state !== "unknown")
      .map((site): Command => ({
        kind: "bring-back",
        key: `back ${site.key}`,
        title: t("Bring back {site}", { site: site.name }),
        detail: site.serverName,
        site,
      })),
    ...closed.map((site): Command => ({
      kind: "show",
      key: `show ${site.key}`,
      title: t("Show the maintenance of {site}", { site: site.name }),
      detail: site.serverName,
      site,
    })),
    ...Object.entries(SCREENS).map(([screen, label]): Command => ({
      kind: "screen",
      key: `screen ${screen}`,
      title: t(label),
      detail: "",
      screen: screen as keyof typeof SCREENS,
    })),
    { kind: "screen", key: "screen add-server", title: t("Add a server"), detail: "", screen: "add-server" },
    ...Object.entries(LOOKS).map(([look, label]): Command => ({
      kind: "appearance",
      key: `look ${look}`,
      title: t(label),
      detail: "",
      appearance: look as keyof typeof LOOKS,
    })),
    ...LANGUAGE_CHOICES.map(([language, label]): Command => ({
      kind: "language",
      key: `language ${language}`,
      title: t("Language: {language}", { language: label() }),
      detail: "",
      language,
    })),
    ...servers.map(({ id, name }): Command => ({
      kind: "server",
      key: `server ${id}`,
      title: t("Go to server {server}", { server: name }),
      detail: "",
      serverId: id,
    })),
    ...operations.filter((operation) => !needsSomebody(operation)).map(showOperation),
    ...sites
      .filter((site) => !isInMaintenance(site) && site.state !== "unknown" && site.foreign?.obstacle === undefined)
      .map((site): Command => ({
        kind: "maintain",
        key: `maintain ${site.key}`,
        title: t("Put {site} in maintenance", { site: site.name }),
        detail: site.serverName,
        site,
      })),
  ];
}

function showOperation(operation: KnownOperation): Command {
  return {
    kind: "operation",
    key: `operation ${operation.id}`,
    title: t("Show {title}", { title: operation.title }),
    detail: shortOutcome(operation),
    operationId: operation.id,
  };
}

/**
 * The first `limit` commands that have all the words, in any order; those that begin a word with
 * them come first.
 */
export function matching(commands: readonly Command[], words: string, limit: number): Command[] {
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const strong: Command[] = [];
  const weak: Command[] = [];
  for (const command of commands) {
    const text = ` ${command.title} ${command.detail}`.toLowerCase();
    if (!wanted.every((word) => text.includes(word))) continue;
    if (wanted.every((word) => text.includes(` ${word}`))) strong.push(command);
    else weak.push(command);
    if (strong.length >= limit) break;
  }
  return [...strong, ...weak].slice(0, limit);
}
