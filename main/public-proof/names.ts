/** Where a name leads for this computer: by DNS and its own files, or by rules of a test. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { t } from "../language/translate.ts";
import { messageOf, systemCodeOf } from "../failures.ts";
import { withTimeout } from "../timing/with-timeout.ts";

type Led = { addresses: string[]; port: number | undefined } | { failed: string };
export type Names = (host: string) => Promise<Led>;

const LOOKUP_TIMEOUT_MS = 5000;
/** Of a name that leads to many, so many tell enough. */
const MAX_ADDRESSES = 4;

/**
 * @param rules as Chromium takes them in `--host-resolver-rules`, without EXCLUDE:
 *   `MAP shop.example.com 127.0.0.1:8443, MAP * ~NOTFOUND`; the first that fits decides
 */
export function namesBy(rules: string): Names {
  const parsed = rules.split(",").flatMap(ruleOf);
  return async (host) => {
    if (isIP(host) !== 0) return { addresses: [host], port: undefined };
    // RFC 6761, 6.3; the resolver of the system may not know it.
    if (host === "localhost" || host.endsWith(".localhost")) return { addresses: ["127.0.0.1"], port: undefined };
    const rule = parsed.find(({ matches }) => matches(host));
    return rule === undefined ? bySystem(host) : rule.leads;
  };
}

async function bySystem(host: string): Promise<Led> {
  try {
    const found = await withTimeout(lookup(host, { all: true }), LOOKUP_TIMEOUT_MS);
    if (found === undefined) return { failed: t("DNS does not answer") };
    return { addresses: found.slice(0, MAX_ADDRESSES).map(({ address }) => address), port: undefined };
  } catch (failure) {
    const code = systemCodeOf(failure);
    if (code === "ENOTFOUND" || code === "ENODATA") return { failed: unknownName() };
    return { failed: code === "EAI_AGAIN" ? t("DNS does not answer") : messageOf(failure) };
  }
}

function unknownName(): string {
  return t("this computer's DNS does not know the name");
}

interface Rule {
  matches: (host: string) => boolean;
  leads: Led;
}

function ruleOf(text: string): Rule[] {
  const [, pattern = "", target = ""] = /^\s*MAP\s+(\S+)\s+(\S+)\s*$/i.exec(text) ?? [];
  if (pattern === "") return [];
  const parts = pattern.toLowerCase().split("*");
  const matches = (host: string): boolean =>
    parts.length === 1
      ? host === parts[0]
      : host.startsWith(parts[0] ?? "") && host.endsWith(parts.at(-1) ?? "") && host.length >= pattern.length - 1;
  if (target.toUpperCase() === "~NOTFOUND") return [{ matches, leads: { failed: unknownName() } }];
  const [, address = target, port] = /^(.*?)(?::(\d+))?$/.exec(target) ?? [];
  return [{ matches, leads: { addresses: [address], port: port === undefined ? undefined : Number(port) } }];
}
