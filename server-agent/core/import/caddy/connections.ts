/** `tls_connection_policies`: certificates of visitors, and which of its own a site has. */
import type { Rule } from "../../../contract/rules/rule.ts";
import { clientCertificateRules } from "../document/client-certificates.ts";
import type { Draft } from "../document/draft.ts";
import { CLOSED } from "../document/finish.ts";
import type { JsonNode } from "./json-tree.ts";

/** The first that is about all of these names, as Caddy takes it. */
export function policyFor(names: readonly string[], policies: readonly JsonNode[]): JsonNode | undefined {
  return policies.find((policy) => {
    const matchers = policy.items("match");
    return matchers.length === 0 || (names.length > 0 && names.every((name) => asksFor(policy, name)));
  });
}

function asksFor(policy: JsonNode, name: string): boolean {
  return policy.list("match/sni").some((sni) => sni === name || sni === name.replace(/^[^.]+/, "*"));
}

/**
 * What keeps visitors without a certificate out of a site.
 *
 * @param listeners Names of those on which visitors come to it.
 */
export function clientRules(
  names: readonly string[],
  policies: readonly JsonNode[],
  listeners: readonly string[],
  draft: Draft,
): Rule[] {
  const asking = policies.filter((policy) => policy.at("client_authentication") !== undefined);
  const own = policyFor(names, policies);
  const isOwn = own !== undefined && asking.includes(own);
  // Another one may be about it, too: by a name that is not compared, or for some of its names.
  const others = asking.filter((policy) => policy !== own && isAbout(policy, names));
  if (!isOwn && others.length === 0) return [];
  const authentication = own?.at("client_authentication");
  const mode = authentication?.text("mode") ?? "";
  const [ca = "", ...more] = authentication?.list("ca/pem_files") ?? [];
  const isKnown =
    isOwn &&
    others.length === 0 &&
    own.items("match").every(({ key }) => key === "sni") &&
    authentication?.text("ca/provider") === "file" &&
    more.length === 0 &&
    /^(?:require_and_verify|verify_if_given)?$/.test(mode);
  if (!isKnown) {
    for (const policy of isOwn ? [own, ...others] : others)
      policy.at("client_authentication")?.closed("name the CA in `clientCertificates` of a listener, and write a rule");
    return [{ handler: CLOSED }];
  }
  const [entry, ...rest] = authentication.entries();
  return clientCertificateRules(draft, {
    listeners: draft.listeners.filter(({ name }) => listeners.includes(name)),
    ca,
    isRequired: mode !== "verify_if_given",
    entry,
    others: rest,
  });
}

/** Whether it may be about some visitors of a site. */
function isAbout(policy: JsonNode, names: readonly string[]): boolean {
  const matchers = policy.items("match");
  return (
    names.length === 0 ||
    matchers.some(({ key }) => key !== "sni") ||
    names.some((name) => asksFor(policy, name) || name.includes("*"))
  );
}
