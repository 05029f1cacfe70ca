/** What visitors get, in words: what is wrong about it, why it cannot be told, what helps. Pure. */
import { t } from "../../language/translate.ts";
import { listOf } from "../../language/formats.ts";
import type { Snapshot } from "../../../server-agent/contract/events.ts";
import type { Receipt } from "../../../server-agent/contract/maintenance.ts";
import { ownValue } from "../../../server-agent/core/own-value.ts";
import type { ServerState } from "../servers.ts";
import type { PublicAnswer, PublicLooks, PublicProof } from "../maintenance.ts";
import { webServerTitle } from "./foreign.ts";
import { isOpen } from "./states.ts";

/** Addresses that were answered alike. */
export interface PublicCause {
  words: string;
  kind: PublicAnswer["kind"];
  urls: string[];
  certificates: string[];
}

/** What visitors get of a maintenance; its id may be a name that every object has. */
export function seenOf(
  server: Pick<ServerState, "publicProofs"> | undefined,
  { id }: Pick<Receipt, "id">,
): PublicProof | undefined {
  return server === undefined ? undefined : ownValue(server.publicProofs, id);
}

/** What visitors should not get; nothing where it was seen in another state of the receipt. */
export function wrongInPublic(receipt: Pick<Receipt, "state">, seen: PublicProof | undefined): PublicAnswer[] {
  return seen?.state === receipt.state ? wrongIn(seen) : [];
}

/** What visitors should not have got then. */
export function wrongIn(seen: PublicProof): PublicAnswer[] {
  return seen.answers.filter(({ kind }) => kind === (isOpen(seen) ? "other" : "page"));
}

/** Nothing was seen yet. */
export const NO_LOOKS: PublicLooks = { first: null, changed: null, back: null };

/** What is kept for the receipt once this was seen, too; the same object where nothing is new. */
export function withLook(looks: PublicLooks, seen: PublicProof): PublicLooks {
  if (!isOpen(seen)) return { ...looks, back: seen };
  if (looks.first === null) return { ...looks, first: seen };
  const before = looks.changed ?? looks.first;
  return isAlike(before, seen) ? looks : { ...looks, changed: seen };
}

/** Each address got the same kind of answer; who of several behind one name gave it may differ. */
function isAlike(one: PublicProof, other: PublicProof): boolean {
  const kinds = ({ answers }: PublicProof) => answers.map(({ url, kind }) => `${kind} ${url}`).sort();
  return JSON.stringify(kinds(one)) === JSON.stringify(kinds(other));
}

/** Grouped by what answered, the most frequent first. */
export function publicCauses(answers: readonly PublicAnswer[]): PublicCause[] {
  return [...Map.groupBy(answers, ({ kind, words }) => `${kind} ${words}`).values()]
    .flatMap((members): PublicCause[] => {
      const [first] = members;
      if (first === undefined) return [];
      const certificates = [...new Set(members.flatMap(({ certificate }) => certificate ?? []))];
      return [{ words: first.words, kind: first.kind, urls: members.map(({ url }) => url), certificates }];
    })
    .sort((one, other) => other.urls.length - one.urls.length);
}

/** `nginx/1.24 at 203.0.113.7 answered 200, and 1 more` */
export function publicWords(wrong: readonly PublicAnswer[]): string {
  const [first, ...others] = publicCauses(wrong);
  if (first === undefined) return "";
  return others.length === 0
    ? first.words
    : t("{words}, and {count} more", { words: first.words, count: others.length });
}

/** Nothing of what visitors get could be seen. */
export function isUnseen({ answers }: PublicProof): boolean {
  return answers.every(({ kind }) => kind === "unseen");
}

/** What leads visitors to where the site is closed, after `publicWords`. */
export function remedyWords(receipt: Pick<Receipt, "state" | "site">, snapshot: Snapshot | null): string {
  if (!isOpen(receipt)) return t("A cache between them and the server may still have it; empty it there.");
  const [webServer] = snapshot?.webServers ?? [];
  const title = webServer === undefined ? undefined : webServerTitle(webServer.id);
  const own = (snapshot?.agent.listeners ?? [])
    .filter(({ foreign }) => foreign === undefined)
    .map(({ address, port }) => `${address.includes(":") ? `[${address}]` : address}:${String(port)}`);
  if (own.length === 0)
    return title === undefined
      ? t("Look whether the name leads to this server, and whether its web server serves the site there.")
      : t("Look whether the name leads to this server, and whether {title} serves the site there.", { title });
  const { site } = receipt;
  const addresses = listOf(own, "disjunction");
  return title === undefined
    ? t("Have it pass the requests of {site} on to the agent at {addresses}, or lead the name to the agent.", {
        site,
        addresses,
      })
    : t(
        "Have it pass the requests of {site} on to the agent at {addresses}; or prepare {title} on the server's page, so that it asks the agent.",
        { site, addresses, title },
      );
}
