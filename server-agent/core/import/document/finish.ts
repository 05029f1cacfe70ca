/**
 * Makes a draft a configuration that can serve. What the check refuses is taken out and reported at
 * the lines that it comes from: a setting is left out, and a rule whose handler, condition or
 * password cannot stay answers 403, so that nothing behind it is open.
 */
import type { Config, Listener, VirtualHost } from "../../../contract/config.ts";
import type { Problem } from "../../../contract/errors.ts";
import type { Rule } from "../../../contract/rules/rule.ts";
import { validateConfig } from "../../config/validate-config.ts";
import { quote } from "../../wording.ts";
import type { Draft } from "./draft.ts";

/** Each round takes something out; what is left then is a fault of the import. */
const MAX_ROUNDS = 50;

export const CLOSED = { type: "error", status: 403 } as const;

/** What may go without opening anything. */
const SETTINGS = [
  "responseHeaders",
  "requestHeaders",
  "rateLimit",
  "maxBodyBytes",
  "bodyTimeout",
  "bytesPerSecond",
  "compress",
  "cacheControl",
] as const;

/** @throws where taking out does not end: a fault of the import. */
export function finish(draft: Draft): Config {
  endWithCatchAll(draft);
  for (let round = 0; ; round += 1) {
    if (draft.listeners.length === 0) draft.listeners.push(localListener(draft));
    const config = draft.config();
    const checked = validateConfig(config);
    if (checked.ok) return config;
    const [first] = checked.problems;
    if (round >= MAX_ROUNDS) throw new Error(`${first?.path ?? ""} cannot be mended: ${first?.message ?? ""}`);
    // From behind, so that what is taken out moves nothing that is still to be looked at.
    for (const problem of checked.problems.reverse()) mend(draft, problem);
    endWithCatchAll(draft);
  }
}

/** For what has no listener that can be had here. */
function localListener(draft: Draft): Listener {
  return { name: draft.id("local"), address: "127.0.0.1", port: 8080 };
}

/** Everything that no site answers ends at the last virtual host. */
function endWithCatchAll(draft: Draft): void {
  const { virtualHosts } = draft;
  const last = virtualHosts.at(-1);
  if (last?.hosts.includes("*") === true && last.disabled !== true && last.when === undefined) return;
  virtualHosts.push({ id: draft.id("default"), hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] });
}

function mend(draft: Draft, { path, message }: Problem): void {
  const [part = "", ...steps] = path.slice(1).split("/").map(unescape);
  if (part === "listeners") mendListener(draft, Number(steps[0]), message);
  else if (part === "upstreams") removeUpstream(draft, steps[0] ?? "", message);
  else if (part === "virtualHosts") mendVirtualHost(draft, Number(steps[0]), steps.slice(1), message);
}

function unescape(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}

function mendListener(draft: Draft, index: number, message: string): void {
  const listener = draft.listeners[index];
  if (listener === undefined) return;
  for (const entry of draft.originsOf(listener)) entry.left(`there is no such listener here: ${message}`);
  draft.listeners.splice(index, 1);
}

function removeUpstream(draft: Draft, name: string, message: string): void {
  const upstream = draft.upstreams.get(name);
  if (upstream === undefined) return;
  for (const entry of draft.originsOf(upstream)) entry.closed(`answered with 403: ${message}`);
  draft.upstreams.delete(name);
}

function mendVirtualHost(draft: Draft, index: number, steps: readonly string[], message: string): void {
  const virtualHost = draft.virtualHosts[index];
  if (virtualHost === undefined) return;
  const [field = "", step = "", ...rest] = steps;
  if (field === "rules") mendRule(draft, virtualHost, Number(step), rest, message);
  else if (field === "hosts") {
    const [removed] = virtualHost.hosts.splice(Number(step), 1);
    for (const entry of draft.originsOf(virtualHost)) entry.left(`the host ${quote(removed ?? "")}: ${message}`);
    if (virtualHost.hosts.length === 0) draft.virtualHosts.splice(index, 1);
  } else if (field === "errorPages" && step !== "") {
    for (const entry of draft.originsOf(virtualHost)) entry.left(`the error page for ${step}: ${message}`);
    Reflect.deleteProperty(virtualHost.errorPages ?? {}, step);
  } else if (["accessLog", "errorPages", "hsts", "redirectToHttps", "tls"].includes(field)) {
    // Whom it would have led away must not be answered.
    if (field === "redirectToHttps") virtualHost.rules.unshift({ when: { not: { tls: true } }, handler: CLOSED });
    for (const entry of draft.originsOf(virtualHost)) entry.left(`\`${field}\`: ${message}`);
    Reflect.deleteProperty(virtualHost, field);
  } else {
    for (const entry of draft.originsOf(virtualHost)) entry.left(`the site is left out: ${message}`);
    draft.virtualHosts.splice(index, 1);
  }
}

function mendRule(
  draft: Draft,
  { rules }: VirtualHost,
  index: number,
  [field = "", ...rest]: readonly string[],
  message: string,
): void {
  const rule = rules[index];
  if (rule === undefined) return;
  const without = withoutName(rule, [field, ...rest]);
  if (without !== undefined) {
    const origins = draft.originsOf(rule);
    const own = origins.filter(({ text }) => text.includes(rest.at(-1) ?? ""));
    for (const entry of own.length > 0 ? own : origins) entry.left(`${quote(rest.at(-1) ?? "")}: ${message}`);
    rules[index] = draft.from(draft.originsOf(rule), without);
    return;
  }
  const setting = SETTINGS.find((name) => name === field);
  if (setting !== undefined && rule[setting] !== undefined) {
    for (const entry of draft.originsOf(rule)) entry.left(`\`${setting}\`: ${message}`);
    const kept = { ...rule };
    Reflect.deleteProperty(kept, setting);
    const isEmpty = Object.keys(kept).every((key) => key === "when");
    rules.splice(index, 1, ...(isEmpty ? [] : [draft.from(draft.originsOf(rule), kept)]));
    if (rules.length === 0) rules.push({ handler: CLOSED });
    return;
  }
  for (const entry of draft.originsOf(rule)) entry.closed(`answered with 403: ${message}`);
  const when = field === "when" ? undefined : rule.when;
  rules[index] = draft.rule(draft.originsOf(rule), when, { handler: CLOSED });
}

/** A header field, or a variable of an application, goes alone: the others may guard something. */
function withoutName(rule: Rule, [field = "", kind = "", name]: readonly string[]): Rule | undefined {
  const isHeader = field === "requestHeaders" || field === "responseHeaders";
  const part = isHeader ? rule[field] : field === "handler" && kind === "params" ? rule.handler : undefined;
  const names: unknown = part === undefined || name === undefined ? undefined : Reflect.get(part, kind);
  if (typeof names !== "object" || names === null) return undefined;
  const rest = Object.entries(names).filter(([key]) => key !== name);
  // What is empty goes as a whole.
  if (rest.length === 0) return undefined;
  const kept: unknown = Array.isArray(names) ? rest.map(([, value]) => value as unknown) : Object.fromEntries(rest);
  return { ...rule, [field]: { ...part, [kind]: kept } };
}
