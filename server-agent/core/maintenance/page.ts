import type { MaintenanceHandler, PageContent } from "../../contract/handler.ts";
import { PAGE_LANGUAGES, type PageLanguage } from "../../contract/page-language.ts";
import { escapeHtml, linked } from "./contact-links.ts";
import { defaultLanguage } from "./page-language.ts";
import { PAGE_WORDS } from "./page-words.ts";
import { statusPhrase } from "./status-phrase.ts";

export interface MaintenanceAnswer {
  status: number;
  /**
   * Without those that depend on the request (CORS) and those of the transport (`Content-Length`,
   * that of the body in UTF-8).
   */
  headers: Record<string, string>;
  body: string;
}

/**
 * A year, as for `retryAfter` itself: programs that count in 32 bits must not take a far end for
 * one in the past.
 */
const MAX_RETRY_SECONDS = 31_536_000;
/** Seconds of `Retry-After` once the announced end is over and the site is still in maintenance. */
const OVERDUE_RETRY_SECONDS = 60;

/**
 * Where nothing says when to come back: long enough not to hammer a site that is down, short enough
 * to notice that it is up.
 */
const DEFAULT_RETRY_SECONDS = 600;
/** An end this near (hours) is told by its time alone: nobody takes it for that of another day. */
const SAME_NIGHT_HOURS = 12;

/**
 * The answer of a maintenance handler at an instant (`nowMs`, epoch milliseconds): the built-in
 * page or its JSON, with status, `Retry-After` (RFC 9110, 10.2.3) and `no-store`. A bare status
 * says its phrase (RFC 9110, 15). Where the handler has a `root`, this is what stands in for a page
 * that cannot be read.
 *
 * There is always a `Retry-After`: what is configured, else the seconds left until the end (at
 * least 1; once the end is over, 60), else 600.
 *
 * It is in the given language; without one, in that of the handler.
 *
 * The page needs nothing that may be down: no other file, and its only script shows the expected
 * end in the visitor's time zone, which nothing in a request tells. It does not reload itself:
 * pages that everybody's browser reloads in the same second are a load of their own, just when the
 * site comes back.
 */
export function renderMaintenance(
  handler: MaintenanceHandler,
  wants: "html" | "json",
  nowMs: number,
  language: PageLanguage = defaultLanguage(handler),
): MaintenanceAnswer {
  const status = handler.status ?? 503;
  const retryAfter = retrySeconds(handler, nowMs);
  const says = contentOf(handler, status, language);
  const body =
    wants === "json"
      ? renderJson(says, status, retryAfter, handler.until)
      : renderPage(says, handler.until, nowMs, language);
  return {
    status,
    headers: {
      "Content-Type": wants === "json" ? "application/json" : "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Retry-After": String(retryAfter),
      Vary: "Accept, Accept-Language, Origin",
      "Content-Language": language,
      "X-Content-Type-Options": "nosniff",
    },
    body,
  };
}

/** Whether this is the handler's built-in page, at whatever time and in whatever language. */
export function isBuiltInPage(handler: MaintenanceHandler, body: string): boolean {
  const page = withoutEnd(body);
  return PAGE_LANGUAGES.some((language) => page === withoutEnd(renderMaintenance(handler, "html", 0, language).body));
}

function withoutEnd(page: string): string {
  return page.replace(/<p class="back">.*<\/p>\n/, "");
}

function retrySeconds({ retryAfter, until }: MaintenanceHandler, nowMs: number): number {
  if (retryAfter !== undefined && retryAfter !== "end") return retryAfter;
  if (until === undefined) return DEFAULT_RETRY_SECONDS;
  const left = Math.ceil((Date.parse(until) - nowMs) / 1000);
  return left > 0 ? Math.min(left, MAX_RETRY_SECONDS) : OVERDUE_RETRY_SECONDS;
}

type Content = Omit<PageContent, "language" | "languages"> & { title: string; text: string };

function contentOf({ page, root }: MaintenanceHandler, status: number, language: PageLanguage): Content {
  const { bare, ...words } = PAGE_WORDS[language];
  // Its phrase is the same in every language.
  if (page === undefined && root === undefined) return { title: statusPhrase(status), text: bare };
  const { logo, colour, languages, language: own = "en", ...written } = typeof page === "object" ? page : {};
  const contact = languages?.[language]?.contact ?? written.contact;
  const said = languages?.[language] ?? (language === own ? written : {});
  return {
    title: said.title ?? words.title,
    text: said.text ?? words.text,
    ...(contact === undefined ? {} : { contact }),
    ...(logo === undefined ? {} : { logo }),
    ...(colour === undefined ? {} : { colour }),
  };
}

function renderJson(
  { title, text, contact }: Content,
  status: number,
  retryAfter: number,
  until: string | undefined,
): string {
  const json = {
    status,
    title,
    detail: text,
    ...(contact === undefined ? {} : { contact }),
    retryAfter,
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
  };
  return `${JSON.stringify(json)}\n`;
}

const STYLE = `:root{color-scheme:light dark}*{box-sizing:border-box}body{margin:0;min-height:100vh;min-height:100svh;display:grid;place-items:center;padding:32px 20px;font:17px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:#1b1f27;background:#fbfaf7;text-align:center}main{max-width:34em;min-width:0}svg,img{display:block;margin:0 auto 20px;max-width:min(240px,100%);max-height:96px}h1{font-size:2em;line-height:1.2;margin:0 0 12px;letter-spacing:-.02em;text-wrap:balance}p{margin:0 0 12px;color:#4a5260}h1,p{overflow-wrap:anywhere}.back{color:inherit;font-weight:600}.cord{stroke:#5d6675}.sign{fill:#8a5200}.hand{stroke:#fff}@media (prefers-color-scheme:dark){body{color:#f1eee7;background:#191712}p{color:#b9b2a4}.cord{stroke:#9aa3b2}.sign{fill:#ffb547}.hand{stroke:#241700}}`;
const SIGN = `<svg width="72" height="72" viewBox="0 0 32 32" fill="none" aria-hidden="true"><path class="cord" d="M16 3v5M9 12l7-4 7 4" stroke-width="2" stroke-linecap="round"/><rect class="sign" x="3" y="12" width="26" height="16" rx="4"/><path class="hand" d="M16 16v4.2l3 1.8" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

function renderPage(
  { title, text, contact, logo, colour }: Content,
  until: string | undefined,
  nowMs: number,
  language: PageLanguage,
): string {
  const paragraphs = [
    `<p>${escapeLines(text)}</p>`,
    ...(until === undefined ? [] : [`<p class="back">${expectation(until, nowMs, language)}</p>`]),
    ...(contact === undefined ? [] : [`<p>${brokenLines(linked(contact))}</p>`]),
  ];
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}${colour === undefined ? "" : `.sign{fill:${colour}}body{border-top:6px solid ${colour}}`}</style>
</head>
<body>
<main>
${logo === undefined ? SIGN : `<img src="${escapeHtml(logo)}" alt="">`}
<h1>${escapeHtml(title)}</h1>
${paragraphs.join("\n")}
</main>
</body>
</html>
`;
}

/**
 * Without a script the time is in UTC; with one, in the visitor's time zone. What an old browser
 * cannot do leaves it as it is.
 */
function expectation(until: string, nowMs: number, language: PageLanguage): string {
  const { backAt, backOn, dated, late, locale } = PAGE_WORDS[language];
  const endMs = Date.parse(until);
  if (endMs <= nowMs) return late;
  const iso = new Date(endMs).toISOString();
  const time = `${iso.slice(-13, -8)} UTC`;
  const isNear = endMs - nowMs < SAME_NIGHT_HOURS * 3_600_000;
  if (isNear) return `${backAt(`<time datetime="${iso}">${time}</time>`)}${inOwnZone("")}`;
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(endMs);
  return `${backOn(`<time datetime="${iso}">${date}${dated}${time}</time>`)}${inOwnZone(DATE_FIELDS)}`;
}

const DATE_FIELDS = `year:"numeric",month:"long",day:"numeric",`;

/** In the words of every browser since 2015. */
function inOwnZone(dateFields: string): string {
  return `<script>try{var t=document.querySelector("time");t.textContent=new Date(t.dateTime).toLocaleString(document.documentElement.lang,{${dateFields}hour:"2-digit",minute:"2-digit",timeZoneName:"short"})}catch(e){}</script>`;
}

function escapeLines(text: string): string {
  return brokenLines(escapeHtml(text));
}

function brokenLines(html: string): string {
  return html.replaceAll(/\r\n|\r|\n/g, "<br>");
}

interface Range {
  /** Lower case, without parameters. */
  type: string;
  weight: number;
}

/** How well a range fits: its weight counts only where no range that is more specific fits, too. */
interface Fit {
  /** 0: any type, 1: any of its kind, 2: the type itself; -1: nothing fits. */
  specificity: number;
  weight: number;
  position: number;
}

const NO_FIT: Fit = { specificity: -1, weight: 0, position: Infinity };

/**
 * Whether the client prefers JSON to a page by its `Accept` header (RFC 9110, 12.5.1): JSON
 * (`application/json`, `application/*+json`) has the higher weight or, where the weights are equal,
 * is named more specifically or first. Browsers name `text/html`. Who takes anything, or says
 * nothing, gets the page.
 */
export function wantsJson(accept: string | undefined): boolean {
  // Runs for each request, and hardly any browser gets beyond this line.
  if (accept === undefined || !/json|application\/\*/i.test(accept)) return false;
  const ranges = accept.split(",").map(parseRange);
  const html = bestFit(ranges, (type) =>
    type === "text/html" || type === "application/xhtml+xml" ? 2 : type === "text/*" ? 1 : -1,
  );
  const json = bestFit(ranges, (type) =>
    /^application\/(?:[^/]+\+)?json$/.test(type) ? 2 : type === "application/*" ? 1 : -1,
  );
  if (json.weight !== html.weight) return json.weight > html.weight;
  if (json.weight === 0) return false;
  return json.specificity === html.specificity ? json.position < html.position : json.specificity > html.specificity;
}

function bestFit(ranges: readonly Range[], specificityOf: (type: string) => number): Fit {
  let best = NO_FIT;
  for (const [position, { type, weight }] of ranges.entries()) {
    const specificity = type === "*/*" ? 0 : specificityOf(type);
    if (specificity > best.specificity || (specificity === best.specificity && weight > best.weight))
      best = { specificity, weight, position };
  }
  return best.specificity < 0 ? NO_FIT : best;
}

function parseRange(text: string): Range {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => /^q\s*=/.test(parameter));
  const weight = quality === undefined ? 1 : Number(quality.slice(quality.indexOf("=") + 1));
  return { type, weight: weight >= 0 && weight <= 1 ? weight : 0 };
}
