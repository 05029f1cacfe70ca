import type { MaintenanceHandler, PageContent } from "../../contract/handler.ts";
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

const DEFAULT_TITLE = "Back soon";
const DEFAULT_TEXT = "We are working on this site and will be back shortly. Thank you for your patience.";
const BARE_TEXT = "This site cannot be used at the moment. Please try again later.";

/**
 * The answer of a maintenance handler at an instant (`nowMs`, epoch milliseconds): the built-in
 * page or its JSON, with status, `Retry-After` (RFC 9110, 10.2.3) and `no-store`. A bare status
 * says its phrase (RFC 9110, 15). Where the handler has a `root`, this is what stands in for a page
 * that cannot be read.
 *
 * There is always a `Retry-After`: what is configured, else the seconds left until the end (at
 * least 1; once the end is over, 60), else 600.
 *
 * The page needs nothing that may be down: no script, no other file. It does not reload itself:
 * pages that everybody's browser reloads in the same second are a load of their own, just when the
 * site comes back.
 */
export function renderMaintenance(
  handler: MaintenanceHandler,
  wants: "html" | "json",
  nowMs: number,
): MaintenanceAnswer {
  const status = handler.status ?? 503;
  const retryAfter = retrySeconds(handler, nowMs);
  const says = contentOf(handler, status);
  const body =
    wants === "json" ? renderJson(says, status, retryAfter, handler.until) : renderPage(says, handler.until, nowMs);
  return {
    status,
    headers: {
      "Content-Type": wants === "json" ? "application/json" : "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Retry-After": String(retryAfter),
      Vary: "Accept, Origin",
      "X-Content-Type-Options": "nosniff",
    },
    body,
  };
}

/** Whether this is the handler's built-in page, at whatever time it was made. */
export function isBuiltInPage(handler: MaintenanceHandler, body: string): boolean {
  return withoutEnd(body) === withoutEnd(renderMaintenance(handler, "html", 0).body);
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

type Content = PageContent & { title: string; text: string };

function contentOf({ page, root }: MaintenanceHandler, status: number): Content {
  if (page === undefined && root === undefined) return { title: statusPhrase(status), text: BARE_TEXT };
  const { title = DEFAULT_TITLE, text = DEFAULT_TEXT, ...rest } = typeof page === "object" ? page : {};
  return { title, text, ...rest };
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

function renderPage({ title, text, contact, logo }: Content, until: string | undefined, nowMs: number): string {
  const paragraphs = [
    `<p>${escapeLines(text)}</p>`,
    ...(until === undefined ? [] : [`<p class="back">${expectation(until, nowMs)}</p>`]),
    ...(contact === undefined ? [] : [`<p>${escapeLines(contact)}</p>`]),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
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

/** Times are in UTC, as the visitor's time zone is not known without a script. */
function expectation(until: string, nowMs: number): string {
  const endMs = Date.parse(until);
  if (endMs <= nowMs) return "This takes a little longer than expected.";
  const iso = new Date(endMs).toISOString();
  const time = `${iso.slice(-13, -8)} UTC`;
  const isNear = endMs - nowMs < SAME_NIGHT_HOURS * 3_600_000;
  return isNear
    ? `Expected back at <time datetime="${iso}">${time}</time>`
    : `Expected back on <time datetime="${iso}">${dateOf(new Date(endMs))} at ${time}</time>`;
}

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

function dateOf(date: Date): string {
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ""} ${date.getUTCFullYear()}`;
}

/** Safe in text and in double-quoted attributes. */
function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function escapeLines(text: string): string {
  return escapeHtml(text).replaceAll(/\r\n|\r|\n/g, "<br>");
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
