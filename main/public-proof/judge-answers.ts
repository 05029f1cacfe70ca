/**
 * What an answer says about what visitors get. Pure. Whoever answers may say anything, so its words
 * are shown in part only, and believed in one thing: the mark that the agent, and every web server
 * that asks it, puts on the page of a closed site (`Backsoon-Site`).
 */
import { listOf } from "../language/formats.ts";
import { t } from "../language/translate.ts";
import { isBuiltInPage } from "../../server-agent/core/maintenance/page.ts";
import { SITE_HEADER } from "../../server-agent/core/proof/headers.ts";
import { visibleText } from "../../server-agent/core/visible-text.ts";
import type { PublicAnswer } from "../contract/maintenance.ts";
import type { Door, Question } from "./question.ts";

/** What came back at one door. */
export interface Knocked {
  address: string;
  door: Door;
  seen: Seen;
}

export type Seen =
  | {
      status: number;
      /** By lower-case name. */
      headers: Readonly<Record<string, string | undefined>>;
      body: string;
      /** What is wrong with the certificate, as Node or OpenSSL names it. */
      certificateFault: string | undefined;
    }
  | { code: string; message: string };

const MAX_NAME_LENGTH = 40;
const MAX_PLACE_LENGTH = 100;
/** Nobody listens there, or there is no way: a visitor's browser goes on to the next address. */
const NOBODY = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"]);
/** No TLS is spoken there. */
const NO_TLS = new Set(["EPROTO", "ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG"]);

/** The answers for one name, at all its addresses and doors. */
export function judgeAnswers(question: Question, host: string, all: readonly Knocked[]): PublicAnswer[] {
  const knocked = all.filter((one) => !isTlsSpoken(one, all));
  const answered = knocked.filter(({ seen }) => "status" in seen);
  const overTls = answered.some(({ door }) => door.tls);
  const told = answered.flatMap((one) => judgeOne(question, host, one, overTls));
  const failed = knocked.flatMap(({ door, address, seen }) => {
    if ("status" in seen || NOBODY.has(seen.code) || (NO_TLS.has(seen.code) && answered.length > 0)) return [];
    return [
      unseen(urlOf(question, host, door), t("{address} could not be asked: {why}", { address, why: seen.message })),
    ];
  });
  if (told.length + failed.length > 0) return [...told, ...failed];
  const doors = [...new Set(knocked.map(({ address, door }) => `${address}:${String(door.port)}`))];
  return [
    unseen(
      urlOf(question, host, knocked[0]?.door),
      doors.length === 0
        ? t("it leads to this computer, which is not the server")
        : t("nobody answers at {addresses}", { addresses: listOf(doors, "disjunction") }),
    ),
  ];
}

/** A name that could not be asked at all. */
export function notAsked(question: Question, host: string, why: string): PublicAnswer {
  return unseen(urlOf(question, host, undefined), why);
}

/** The same port speaks TLS: what it says to others is no answer for visitors. */
function isTlsSpoken({ address, door }: Knocked, all: readonly Knocked[]): boolean {
  return (
    !door.tls &&
    all.some(
      (other) => other.address === address && other.door.port === door.port && other.door.tls && "status" in other.seen,
    )
  );
}

function judgeOne(
  question: Question,
  host: string,
  { address, door, seen }: Knocked,
  overTls: boolean,
): PublicAnswer[] {
  if (!("status" in seen)) return [];
  const { status, headers, body, certificateFault } = seen;
  const url = urlOf(question, host, door);
  const certificate = certificateFault === undefined ? {} : { certificate: certificateWords(certificateFault) };
  const name = clipped(headers.server ?? "", MAX_NAME_LENGTH);
  const says =
    name === ""
      ? t("{address} answered {status}", { address, status: String(status) })
      : t("{server} at {address} answered {status}", { server: name, address, status: String(status) });
  const mark = headers[SITE_HEADER]?.split(/[;,]/)[0]?.trim();
  if (mark === question.site) return [{ url, kind: "page", words: says, ...certificate }];
  if (mark !== undefined)
    return [
      {
        url,
        kind: "other",
        words: t("{answer}, as for {site}", { answer: says, site: clipped(mark, MAX_NAME_LENGTH) }),
        ...certificate,
      },
    ];
  const target = redirectOf(status, headers.location, url);
  if (!door.tls && target?.protocol === "https:" && target.hostname === new URL(url).hostname)
    return overTls
      ? []
      : [unseen(url, t("{answer} and leads to https, which cannot be seen from here", { answer: says }))];
  const words =
    target === undefined
      ? says
      : t("{answer}, to {place}", { answer: says, place: clipped(target.origin, MAX_PLACE_LENGTH) });
  const unmarked = unmarkedPage(question, status, headers, body);
  if (unmarked === "page") return [{ url, kind: "page", words, ...certificate }];
  if (unmarked === "perhaps")
    return [
      {
        ...unseen(url, t("{answer}, as the maintenance page does, but without its mark", { answer: words })),
        ...certificate,
      },
    ];
  if (question.mayBeLetIn)
    return [
      {
        ...unseen(url, t("{answer}, perhaps as an exception lets this computer in", { answer: words })),
        ...certificate,
      },
    ];
  return [{ url, kind: "other", words, ...certificate }];
}

/**
 * The page of an agent from before the mark, or one whose mark was lost on the way: the built-in
 * one is known by its text, another one not for certain.
 */
function unmarkedPage(
  { handler }: Question,
  status: number,
  headers: Readonly<Record<string, string | undefined>>,
  body: string,
): "page" | "perhaps" | "no" {
  if (handler === undefined || status !== (handler.status ?? 503)) return "no";
  if (handler.root === undefined && isBuiltInPage(handler, body)) return "page";
  const isAlike = headers["retry-after"] !== undefined && (headers["cache-control"] ?? "").includes("no-store");
  return isAlike ? "perhaps" : "no";
}

function redirectOf(status: number, location: string | undefined, base: string): URL | undefined {
  if (status < 300 || status > 399 || location === undefined) return undefined;
  return URL.canParse(location, base) ? new URL(location, base) : undefined;
}

function clipped(text: string, longest: number): string {
  const plain = visibleText(text).trim();
  return plain.length > longest ? `${plain.slice(0, longest - 1)}…` : plain;
}

function unseen(url: string, words: string): PublicAnswer {
  return { url, kind: "unseen", words };
}

function urlOf({ path }: Question, host: string, door: Door | undefined): string {
  const name = host.includes(":") ? `[${host}]` : host;
  const isUsual = door === undefined || door.port === (door.tls ? 443 : 80);
  const port = isUsual ? "" : `:${String(door.port)}`;
  return `${door?.tls === false ? "http" : "https"}://${name}${port}${path}`;
}

/** @param fault the code of OpenSSL or of Node */
function certificateWords(fault: string): string {
  switch (fault) {
    case "CERT_HAS_EXPIRED":
      return t("its certificate has expired");
    case "CERT_NOT_YET_VALID":
      return t("its certificate is not valid yet");
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return t("its certificate is for another name");
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return t("its certificate is signed by itself");
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return t("its certificate comes from an authority that this app does not know");
    default:
      return t("its certificate is not good ({fault})", { fault: clipped(fault, MAX_NAME_LENGTH) });
  }
}
