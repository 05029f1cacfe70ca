/** What a rule changes besides answering: whether it can, and may. */
import { isPassedOn } from "../upstream-of.ts";
import type { Problem } from "../../contract/errors.ts";
import type { Auth } from "../../contract/rules/auth.ts";
import type { HeaderOperations, Rule } from "../../contract/rules/rule.ts";
import { childPointer } from "../json-pointer.ts";
import { refuseCacheControl } from "../rules/cache-control.ts";
import { FIELD_PARTS, unknownPart } from "../rules/field-template.ts";
import { listOf, quote } from "../wording.ts";
import { isFraming } from "./framing.ts";

/** They describe the bytes that follow, which only those who wrote them know (RFC 9110, 8). */
const OF_THE_BYTES: ReadonlySet<string> = new Set(["content-encoding", "content-range"]);
/** Written by the proxy handler itself, from what it knows. */
const OF_THE_PROXY: ReadonlySet<string> = new Set([
  "expect",
  "forwarded",
  "http2-settings",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
]);

/** They keep a page from being shown when the site is back, or tell clients when that may be. */
const OF_THE_MAINTENANCE: ReadonlySet<string> = new Set([
  "cache-control",
  "cdn-cache-control",
  "expires",
  "pragma",
  "retry-after",
  "surrogate-control",
]);

export function checkRule(rule: Rule, path: string, problems: Problem[]): void {
  const { handler, when: _when, ...settings } = rule;
  if (handler?.type === "foreign" && Object.keys(settings).length > 0)
    problems.push({
      path,
      code: "rule.foreign",
      message: `the web server answers by its own configuration; remove ${listOf(Object.keys(settings).map(quote), "and")}, or change it there`,
    });
  if (handler?.type === "serverInfo" && rule.when === undefined && rule.auth === undefined)
    problems.push({
      path,
      code: "rule.open-info",
      message:
        'everybody could read it; say by `when` or `auth` who may, for example with "when": { "from": "127.0.0.1" }',
    });
  const refuse = handler?.type === "maintenance" ? refuseInMaintenance : refuseInResponses;
  checkOperations(rule.responseHeaders, `${path}/responseHeaders`, refuse, problems);
  checkOperations(rule.requestHeaders, `${path}/requestHeaders`, refuseInRequests, problems);
  if (rule.requestHeaders !== undefined && handler !== undefined && !isPassedOn(handler))
    problems.push({
      path: `${path}/requestHeaders`,
      code: "rule.no-upstream",
      message: `the ${handler.type} handler has no upstream, so these have no effect; remove \`requestHeaders\``,
    });
  for (const field of ["maxBodyBytes", "bodyTimeout"] as const)
    if (rule[field] !== undefined && handler !== undefined && !isPassedOn(handler))
      problems.push({
        path: `${path}/${field}`,
        code: "rule.no-upstream",
        message: `the ${handler.type} handler reads no body; remove \`${field}\``,
      });
  checkCacheControl(rule, `${path}/cacheControl`, problems);
  checkAuth(rule, `${path}/auth`, problems);
}

const BASIC_HASH =
  /^(?:\$2[aby]\$(?:0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}|\$(?:apr1|1)\$.{1,31}|\{SHA\}.{28}|\$argon2\S+)$/;

function checkAuth({ auth, handler }: Rule, path: string, problems: Problem[]): void {
  if (auth === undefined) return;
  if (handler?.type === "maintenance")
    problems.push({
      path,
      code: "rule.auth",
      message: "nobody should need a password to see that the site is in maintenance; remove this",
    });
  if (auth.file?.includes("\0") === true)
    problems.push({
      path: `${path}/file`,
      code: "file.name",
      message: "a file name cannot contain a NUL character; remove it",
    });
  for (const [name, stored] of Object.entries(auth.users ?? {})) {
    const wanted =
      auth.type === "basic"
        ? BASIC_HASH.test(stored)
          ? undefined
          : "a hash of bcrypt, argon2, apr1 or {SHA}, as `htpasswd -nB` prints it behind the colon"
        : (auth.algorithm === "MD5" ? /^[0-9a-f]{32}$/i : /^[0-9a-f]{64}$/i).test(stored)
          ? undefined
          : `the ${auth.algorithm ?? "SHA-256"} of \`name:realm:password\`, in hexadecimal digits`;
    if (wanted !== undefined)
      problems.push({ path: childPointer(`${path}/users`, name), code: "rule.auth", message: `write ${wanted}` });
  }
}

/** What no rule alone gets wrong. */
export function checkRulesTogether(rules: readonly Rule[], path: string, problems: Problem[]): void {
  checkDemands(rules, path, problems);
  const lastForeign = rules.findLastIndex(({ handler }) => handler?.type === "foreign");
  if (lastForeign < 0) return;
  for (const [index, { handler }] of rules.entries()) {
    if (handler === undefined && index < lastForeign)
      problems.push({
        path: `${path}/${String(index)}`,
        code: "rule.foreign",
        message:
          "the web server below answers by its own configuration, without what this rule says; name a `handler` for this rule, or remove it, and change the web server",
      });
    if (handler?.type === "rewrite")
      problems.push({
        path: `${path}/${String(index)}/handler`,
        code: "rule.foreign",
        message: "the web server gets the address that the visitor has sent; rewrite it there, and remove this",
      });
  }
}

/** Of two rules whose requests meet both, where one goes on with the rules below. */
function checkDemands(rules: readonly Rule[], path: string, problems: Problem[]): void {
  for (const [index, { auth, when }] of rules.entries()) {
    if (auth === undefined) continue;
    const above = rules.findIndex(
      (rule, position) =>
        position < index &&
        rule.handler === undefined &&
        rule.auth !== undefined &&
        (rule.when === undefined || when === undefined) &&
        !mayMeetBoth(rule.auth, auth),
    );
    if (above >= 0)
      problems.push({
        path: `${path}/${String(index)}/auth`,
        code: "rule.auth",
        message: `nobody can meet this and the \`auth\` of rule ${String(above + 1)}, as browsers answer one of them; give both the same type and realm, or exempt requests from one by \`when\``,
      });
  }
}

/** A digest contains realm and algorithm; a password is sent as it is. */
function mayMeetBoth(a: Auth, b: Auth): boolean {
  return a.type === b.type && (a.type === "basic" || (a.realm === b.realm && a.algorithm === b.algorithm));
}

function checkCacheControl({ cacheControl, handler }: Rule, path: string, problems: Problem[]): void {
  if (cacheControl === undefined) return;
  const refusal = refuseCacheControl(cacheControl);
  if (refusal !== undefined) problems.push({ path, code: "rule.cache-control", message: refusal });
  if (handler?.type === "maintenance")
    problems.push({
      path,
      code: "rule.cache-control",
      message: "a maintenance page is never kept, as visitors would see it when the site is back; remove this",
    });
}

type Refuse = (lowerCase: string) => string | undefined;

function checkOperations(
  operations: HeaderOperations | undefined,
  path: string,
  refuse: Refuse,
  problems: Problem[],
): void {
  const checkName = (name: string, at: string): void => {
    const refusal = refuse(name.toLowerCase());
    if (refusal !== undefined)
      problems.push({ path: at, code: "rule.header", message: `${quote(name)} cannot be changed: ${refusal}` });
  };
  for (const [index, name] of (operations?.remove ?? []).entries())
    checkName(name, childPointer(`${path}/remove`, index));
  for (const kind of ["set", "add"] as const) {
    for (const [name, values] of Object.entries(operations?.[kind] ?? {})) {
      const at = childPointer(`${path}/${kind}`, name);
      checkName(name, at);
      for (const value of [values].flat()) {
        const unknown = unknownPart(value);
        if (unknown !== undefined)
          problems.push({
            path: at,
            code: "rule.placeholder",
            message: `${quote(`\${${unknown}}`)} is not known; use ${listOf(FIELD_PARTS.map((part) => `\`\${${part}}\``))}`,
          });
      }
    }
  }
}

function refuseInResponses(name: string): string | undefined {
  if (isFraming(name)) return "the server sets it";
  if (OF_THE_BYTES.has(name)) return "it describes the bytes of the body, which stay as they are";
  return refuseAgents(name);
}

function refuseInMaintenance(name: string): string | undefined {
  return OF_THE_MAINTENANCE.has(name)
    ? "a maintenance page is never kept and says when to come back; use `retryAfter` of the handler"
    : refuseInResponses(name);
}

function refuseInRequests(name: string): string | undefined {
  if (isFraming(name)) return "the server sets it";
  if (name === "host") return "use `preserveHost` of the handler";
  if (OF_THE_PROXY.has(name.replaceAll("_", "-"))) return "the proxy handler says it, by what it knows of the visitor";
  return refuseAgents(name);
}

function refuseAgents(name: string): string | undefined {
  return name.startsWith("backsoon-") ? "the agent needs it for itself" : undefined;
}
