/**
 * Host names as people write them: `bücher.example` for `xn--bcher-kva.example`. A name that could
 * be taken for another one stays as it is. Pure; for the page and the main process.
 */
import { decodeLabel, toAsciiHost } from "../../../server-agent/core/punycode.ts";

/** Labels of DNS have 63 characters at most (RFC 1035, 2.3.4). */
const MAX_LABEL = 63;

/** Scripts written together (UTS #39, 5.1: highly restrictive); each may stand beside Latin. */
const TOGETHER: readonly RegExp[] = [
  /^[\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  /^[\p{Script=Latin}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Common}]+$/u,
  /^[\p{Script=Latin}\p{Script=Han}\p{Script=Hangul}\p{Script=Common}]+$/u,
  /^[\p{Script=Latin}\p{Script=Han}\p{Script=Bopomofo}\p{Script=Common}]+$/u,
];
/** Each alone: with Latin beside them, one letter passes for another. */
const ALONE = [
  "Cyrillic",
  "Greek",
  "Armenian",
  "Georgian",
  "Hebrew",
  "Arabic",
  "Devanagari",
  "Bengali",
  "Gurmukhi",
  "Gujarati",
  "Tamil",
  "Telugu",
  "Kannada",
  "Malayalam",
  "Sinhala",
  "Thai",
  "Lao",
  "Khmer",
  "Myanmar",
  "Ethiopic",
].map((script) => new RegExp(`^[\\p{Script=${script}}\\p{Script=Inherited}\\d-]+$`, "u"));

/** Cyrillic, Greek and Armenian look-alikes: a word of them alone passes for a Latin one. */
const LIKE_LATIN = /^[асԁеһіјӏорԛѕԝхуъьҽпгѵѡαινορτυχγκωհոսցօզյ\d-]+$/u;

/** Letters, marks and digits: no signs, no spaces, nothing that cannot be seen. */
const WRITTEN = /^(?!\p{M})(?!.*\p{Default_Ignorable_Code_Point})[\p{L}\p{M}\p{N}-]+$/u;
/** Latin letters that pass for a sign or another letter: dotless i, clicks, phonetics. */
const PHONETIC = /[\u0131\u0237\u01c0-\u01c3\u0250-\u02ff\u1d00-\u1dbf\ua720-\ua7ff\uff00-\uffef]/u;

/** The host as people write it; what encodes no name, or could pass for another, stays. */
export function readableHost(host: string): string {
  if (!/(^|\.)xn--/i.test(host)) return host;
  const labels = host.split(".");
  const read = labels.map((label) => readLabel(label) ?? label);
  // Under a domain in Latin letters, a word of look-alikes is read as Latin.
  return read
    .map((label, at) => (LIKE_LATIN.test(label) && !/^xn--/i.test(labels.at(-1) ?? "") ? (labels[at] ?? "") : label))
    .join(".");
}

/** What somebody may type who looks for a host: it as it is, and as it is read. */
export function hostSearchText(host: string): string {
  if (!/(^|\.)xn--/i.test(host)) return host;
  const read = host.split(".").map((label) => decoded(label) ?? label);
  return `${host}\n${read.join(".")}`;
}

function readLabel(label: string): string | undefined {
  const text = decoded(label);
  if (text === undefined || !WRITTEN.test(text) || PHONETIC.test(text)) return undefined;
  return [...TOGETHER, ...ALONE].some((scripts) => scripts.test(text)) ? text : undefined;
}

/** `undefined` where the label encodes nothing, or not as it must (RFC 5891, 5.4). */
function decoded(label: string): string | undefined {
  if (!/^xn--/i.test(label) || label.length > MAX_LABEL) return undefined;
  const text = decodeLabel(label.slice("xn--".length));
  return text !== undefined && toAsciiHost(text) === label.toLowerCase() ? text : undefined;
}
