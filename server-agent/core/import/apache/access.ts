/** Guards of a space: who gets 403, and who is asked for a password. */
import type { Condition } from "../../../contract/condition.ts";
import type { Auth } from "../../../contract/rules/auth.ts";
import type { Rule } from "../../../contract/rules/rule.ts";
import type { Draft } from "../document/draft.ts";
import { CLOSED } from "../document/finish.ts";
import type { Statement } from "../document/statements.ts";
import { allOf, anyOf, type Grant, grantOf, noneOf, OLD_ACCESS, REQUIREMENTS } from "./grants.ts";
import type { Section } from "./spaces.ts";

/** In a section, they restrict something in ways that are not known here. */
const UNKNOWN_GUARDS =
  /^(?:if|elseif|else|limit|limitexcept|sslrequire|authldap\w+|authn\w+provider|authform\w+|oidc\w+)$/;

/** Beside the sections they close all of it. @param statements Of the site and its server. */
export function unknownGuards(statements: readonly Statement[], draft: Draft): Rule[] {
  return statements
    .filter(({ name }) => UNKNOWN_GUARDS.test(name))
    .map(({ entry }) => {
      entry.closed("answered with 403: this check is not supported");
      return draft.rule([entry], undefined, { handler: CLOSED });
    });
}

/** @param sections In the order in which they are merged. @param scope Addresses of the space. */
export function guardsOf(sections: readonly Section[], scope: Condition | undefined, draft: Draft): Rule[] {
  const rules: Rule[] = [];
  const push = (section: Section, grant: Grant, rest: Omit<Rule, "when">): void => {
    const when = allOf([scope ?? true, grant]);
    if (when === false) return;
    const entries = section.level.statements.map(({ entry }) => entry);
    rules.push(draft.rule(entries, when === true ? undefined : when, rest));
  };
  for (const [index, section] of sections.entries()) {
    const where = section.when === "unknown" ? true : section.when;
    const body = section.level.statements;
    for (const unknown of body.filter(({ name }) => UNKNOWN_GUARDS.test(name))) {
      unknown.entry.closed("answered with 403: this check is not supported");
      push(section, where, { handler: CLOSED });
    }
    for (const secure of body.filter(({ name }) => name === "sslrequiressl")) {
      secure.entry.carried("a rule that answers 403 without TLS");
      push(section, allOf([where, { not: { tls: true } }]), { handler: CLOSED });
    }
    const free = grantOf(body, { hasPassword: false, isKnown: draft.knowsVisitors });
    const withPassword = grantOf(body, { hasPassword: true, isKnown: draft.knowsVisitors });
    if (free === undefined || withPassword === undefined) continue;
    if (section.when === "unknown") {
      if (free === true) continue;
      section.statement.entry.closed("its scope cannot be expressed here, so everything is answered with 403");
      push(section, true, { handler: CLOSED });
      continue;
    }
    const later = sections.slice(index + 1).filter((other) => asks(other) && other.when !== "unknown");
    const own = allOf([where, noneOf(anyOf(later.map((other) => (other.when === "unknown" ? false : other.when))))]);
    push(section, allOf([own, noneOf(withPassword)]), { handler: CLOSED });
    if (JSON.stringify(free) === JSON.stringify(withPassword)) continue;
    const auth = authOf(sections.slice(0, index + 1));
    push(section, allOf([own, noneOf(free)]), auth === undefined ? { handler: CLOSED } : { auth });
  }
  return rules;
}

function asks({ level }: Section): boolean {
  return level.own(...REQUIREMENTS, ...OLD_ACCESS).length > 0;
}

/** Of the last section that says it. */
function authOf(sections: readonly Section[]): Auth | undefined {
  const last = (name: string): Statement | undefined => sections.flatMap(({ level }) => level.own(name)).at(-1);
  const type = last("authtype");
  const realm = last("authname");
  const file = last("authuserfile");
  const providers = [last("authbasicprovider"), last("authdigestprovider")].flatMap((each) => each?.args ?? []);
  const kind = type?.args[0]?.toLowerCase();
  const [path = ""] = file?.args ?? [];
  const isKnown =
    (kind === "basic" || kind === "digest") && path.startsWith("/") && providers.every((each) => each === "file");
  for (const statement of [type, realm, file])
    if (isKnown) statement?.entry.carried("`auth`");
    else statement?.entry.closed("answered with 403: `auth` needs the absolute path of a password file");
  if (!isKnown) return undefined;
  const name = (realm?.args[0] ?? "restricted").replace(/[^\x20-\x7e]|["\\]/g, "'");
  return kind === "digest"
    ? { type: kind, realm: name, file: path, algorithm: "MD5" }
    : { type: kind, realm: name, file: path };
}
