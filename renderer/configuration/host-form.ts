/**
 * A virtual host as most are: names, and one thing that answers for all of them. What does not fit
 * is edited as JSON. Pure.
 */
import { t } from "../../main/language/translate.ts";
import type { Config, Handler, Problem, VirtualHost } from "../../main/contract/agent.ts";
import { added, replaced } from "./config-edits.ts";

/** Names, and what answers for them: also asked for the first site of a new agent. */
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

export interface HostForm extends SiteForm {
  id: string;
}

export type SiteProblems = Partial<Record<keyof SiteForm, string>>;
export type HostProblems = Partial<Record<keyof HostForm, string>>;

export const NEW_SITE: SiteForm = {
  hosts: "",
  kind: "proxy",
  targets: "",
  root: "",
  to: "",
  status: "308",
};
export const NEW_HOST: HostForm = { ...NEW_SITE, id: "" };

/** `undefined` where it has conditions, several rules, or what the form does not show. */
export function formOfHost(config: Config, virtualHost: VirtualHost): HostForm | undefined {
  const [rule, ...others] = virtualHost.rules;
  if (rule === undefined || rule.when !== undefined || others.length > 0 || virtualHost.when !== undefined)
    return undefined;
  const { when: _when, handler, ...settings } = rule;
  // What the form does not show would be lost.
  if (Object.keys(settings).length > 0) return undefined;
  const form = { ...NEW_HOST, id: virtualHost.id, hosts: virtualHost.hosts.join(" ") };
  // A pattern with a space or a comma in it.
  if (entriesOf(form.hosts).length !== virtualHost.hosts.length) return undefined;
  switch (handler?.type) {
    case "proxy": {
      const upstream = upstreamOf(config, handler.upstream);
      return upstream === undefined ? undefined : { ...form, kind: "proxy", targets: upstream.targets.join(" ") };
    }
    case "file":
      return { ...form, kind: "file", root: handler.root };
    case "redirect": {
      const status = String(handler.status ?? 302);
      return handler.regex === undefined && isStatus(status)
        ? { ...form, kind: "redirect", to: handler.to, status }
        : undefined;
    }
    default:
      return undefined;
  }
}

/**
 * The whole configuration with what the form says. What the form does not show stays as it is.
 * @param id of the one that is edited; `undefined` for a new one, which goes above the catch-all
 */
export function withHostForm(config: Config, id: string | undefined, form: HostForm): Config {
  const before = config.virtualHosts.find((each) => each.id === id);
  const old = before?.rules[0]?.handler;
  const name = form.id.trim();
  const base = { ...before, id: name, hosts: entriesOf(form.hosts) };
  const put = (within: Config, handler: Handler): Config => {
    const virtualHost: VirtualHost = { ...base, rules: [{ handler }] };
    return id === undefined ? added(within, virtualHost) : replaced(within, id, virtualHost);
  };
  switch (form.kind) {
    case "file":
      return put(config, { ...(old?.type === "file" ? old : {}), type: "file", root: form.root.trim() });
    case "redirect":
      return put(config, {
        ...(old?.type === "redirect" ? old : {}),
        type: "redirect",
        to: form.to.trim(),
        status: Number(form.status) as 301 | 302 | 307 | 308,
      });
    case "proxy": {
      const targets = entriesOf(form.targets);
      const own = old?.type === "proxy" ? old.upstream : undefined;
      const kept = own === undefined ? undefined : upstreamOf(config, own);
      if (own !== undefined && kept?.targets.join(" ") === targets.join(" "))
        return put(config, old ?? { type: "proxy", upstream: own });
      // Others that use the same upstream keep its targets.
      const isShared = own !== undefined && usersOf(config, own) > 1;
      const upstream =
        own !== undefined && !isShared ? own : freeName(config, name === "" || id === "default" ? "app" : name);
      const upstreams = { ...config.upstreams, [upstream]: { ...kept, targets } };
      return put({ ...config, upstreams }, { ...(old?.type === "proxy" ? old : {}), type: "proxy", upstream });
    }
  }
}

/** What is missing, before the agent is asked. */
export function missingIn(form: HostForm): HostProblems {
  return {
    ...(form.id.trim() === "" ? { id: t("Give it a name, e.g. shop.") } : {}),
    ...(entriesOf(form.hosts).length === 0 ? { hosts: t("Enter at least one name, e.g. shop.example.com.") } : {}),
    ...missingAnswer(form),
  };
}

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

/** Problems of the whole configuration at the fields that they are about; others as they are. */
export function problemsAtFields(
  config: Config,
  form: HostForm,
  problems: readonly Problem[],
): { fields: HostProblems; others: string[] } {
  const index = config.virtualHosts.findIndex(({ id }) => id === form.id.trim());
  const fields: HostProblems = {};
  const others: string[] = [];
  for (const { path, message } of problems) {
    const [, part, key, ...rest] = path.split("/");
    const field =
      part === "virtualHosts" && Number(key) === index
        ? FIELD_OF[rest[0] === "rules" ? (rest.at(-1) ?? "") : (rest[0] ?? "")]
        : part === "upstreams"
          ? "targets"
          : / is taken by virtual host \d+;/.test(message)
            ? "id"
            : undefined;
    if (field === undefined) others.push(`${path}: ${message}`);
    else fields[field] ??= message;
  }
  return { fields, others };
}

const FIELD_OF: Readonly<Record<string, keyof HostForm | undefined>> = {
  id: "id",
  hosts: "hosts",
  upstream: "targets",
  root: "root",
  to: "to",
  status: "status",
};

/** Entries of a field that takes several. */
export function entriesOf(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((entry) => entry !== ""))];
}

function upstreamOf({ upstreams = {} }: Config, name: string) {
  return Object.hasOwn(upstreams, name) ? upstreams[name] : undefined;
}

function usersOf({ virtualHosts }: Config, upstream: string): number {
  return virtualHosts.filter(({ rules }) =>
    rules.some(({ handler }) => handler?.type === "proxy" && handler.upstream === upstream),
  ).length;
}

function freeName({ upstreams = {} }: Config, wanted: string): string {
  let name = wanted;
  for (let number = 2; Object.hasOwn(upstreams, name); number += 1) name = `${wanted}-${number}`;
  return name;
}

function isStatus(status: string): status is HostForm["status"] {
  return status === "301" || status === "302" || status === "307" || status === "308";
}
