/** Handlers of Caddy that change something and let the request go on: settings of a rule here. */
import type { Rule } from "../../../contract/rules/rule.ts";
import type { JsonNode } from "./json-tree.ts";
import { operationsOf } from "./values.ts";

/** What a rule changes besides answering. */
export type Settings = Omit<Rule, "when" | "handler">;

/** Header fields of responses and of requests; each may be a rule of its own. */
export function headerSettings(node: JsonNode): Settings[] {
  node.at("handler")?.carried("`responseHeaders` or `requestHeaders`");
  const responseHeaders = operationsOf(node.at("response"), "responseHeaders", []);
  const requestHeaders = operationsOf(node.at("request"), "requestHeaders", []);
  return [
    ...(responseHeaders === undefined ? [] : [{ responseHeaders }]),
    ...(requestHeaders === undefined ? [] : [{ requestHeaders }]),
  ];
}

/** `request_body`; none where it limits nothing. */
export function bodyLimit(node: JsonNode): Settings[] {
  const maxBodyBytes = Number(node.text("max_size"));
  const isLimit = Number.isSafeInteger(maxBodyBytes) && maxBodyBytes > 0;
  if (isLimit) node.carried("`maxBodyBytes`");
  node.left("only the size of a body is limited");
  return isLimit ? [{ maxBodyBytes }] : [];
}

/** `basic_auth`; undefined for every other way to ask who somebody is. */
export function basicAuth(node: JsonNode): Settings | undefined {
  const basic = node.at("providers/http_basic");
  const accounts = basic?.items("accounts") ?? [];
  if (basic === undefined || accounts.length === 0 || node.items("providers").length > 1) return undefined;
  const users = Object.fromEntries(accounts.map((account) => [account.text("username"), account.text("password")]));
  const realm = (basic.text("realm") || "restricted").replace(/[^\x20-\x7e]|["\\]/g, "'");
  node.carried("`auth`");
  return { auth: { type: "basic", realm, users } };
}

/** Without it nothing is open that was not. */
export function isHarmless(handler: JsonNode): boolean {
  return ["headers", "encode", "tracing", "log_append"].includes(handler.text("handler"));
}
