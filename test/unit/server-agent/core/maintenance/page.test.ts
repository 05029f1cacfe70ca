import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MaintenanceHandler } from "../../../../../server-agent/contract/handler.ts";
import { renderMaintenance, wantsJson } from "../../../../../server-agent/core/maintenance/page.ts";

const NOW = Date.parse("2026-11-23T00:30:00Z");
function handler(changes: Omit<MaintenanceHandler, "type"> = { page: "default" }): MaintenanceHandler {
  return { type: "maintenance", ...changes };
}
function html(changes?: Omit<MaintenanceHandler, "type">): string {
  return renderMaintenance(handler(changes), "html", NOW).body;
}
function json(changes?: Omit<MaintenanceHandler, "type">): unknown {
  return JSON.parse(renderMaintenance(handler(changes), "json", NOW).body);
}
function retryAfter(changes: Omit<MaintenanceHandler, "type">): string | undefined {
  return renderMaintenance(handler(changes), "html", NOW).headers["Retry-After"];
}

describe("the answer", () => {
  it.each([
    [handler(), 503],
    [handler({ page: {}, status: 429 }), 429],
    [handler({ status: 410 }), 410],
    [handler({ root: "/srv/page" }), 503],
  ])("of %j has status %i, and nobody may keep it", (given, status) => {
    for (const wants of ["html", "json"] as const) {
      expect(renderMaintenance(given, wants, NOW)).toMatchObject({
        status,
        headers: {
          "Content-Type": wants === "html" ? "text/html; charset=utf-8" : "application/json",
          "Cache-Control": "no-store",
          Vary: "Accept, Accept-Language, Origin",
          "Content-Language": "en",
          "X-Content-Type-Options": "nosniff",
        },
      });
    }
  });

  it.each<[string, Omit<MaintenanceHandler, "type">, string]>([
    ["ten minutes when nothing is said", { page: "default" }, "600"],
    ["the time left when only the end is said", { status: 503, until: "2026-11-23T03:30:00+01:00" }, "7200"],
    ["seconds", { page: "default", retryAfter: 1800 }, "1800"],
    ["zero seconds", { page: "default", retryAfter: 0 }, "0"],
    ["the time left", { page: "default", retryAfter: "end", until: "2026-11-23T03:30:00+01:00" }, "7200"],
    ["a started second as a whole one", { page: "default", retryAfter: "end", until: "2026-11-23T00:30:00.001Z" }, "1"],
    ["a year at most", { page: "default", retryAfter: "end", until: "9999-12-31T23:59:59Z" }, "31536000"],
    ["a minute once the end is over", { page: "default", retryAfter: "end", until: "2026-11-23T00:30:00Z" }, "60"],
    ["seconds even if there is an end", { status: 503, retryAfter: 90, until: "2026-11-23T02:30:00Z" }, "90"],
  ])("has %s in Retry-After", (_name, given, expected) => {
    expect(retryAfter(given)).toBe(expected);
  });

  it("counts down with the clock", () => {
    const given = handler({ page: "default", retryAfter: "end", until: "2026-11-23T00:31:00Z" });
    const seconds = [0, 1, 400, 1000, 59_000, 59_999, 60_000].map(
      (later) => renderMaintenance(given, "json", NOW + later).headers["Retry-After"],
    );
    expect(seconds).toEqual(["60", "60", "60", "59", "1", "1", "60"]);
  });
});

describe("the page", () => {
  it("is friendly without a word from the operator", () => {
    expect(html()).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html()).toContain("<title>Back soon</title>");
    expect(html()).toContain("<h1>Back soon</h1>");
    expect(html()).toContain("<svg");
    expect(html()).not.toContain("Expected back");
  });

  it("says the operator's words, line by line", () => {
    const page = html({
      page: { title: "Neue Regale", text: "Wir räumen um.\r\nDein Korb\nbleibt.", contact: "hilfe@example.com" },
    });
    expect(page).toContain("<h1>Neue Regale</h1>");
    expect(page).toContain("<p>Wir räumen um.<br>Dein Korb<br>bleibt.</p>");
    expect(page).toContain('<p><a href="mailto:hilfe@example.com" rel="noreferrer">hilfe@example.com</a></p>');
  });

  it("shows the operator's logo in place of the sign", () => {
    const page = html({ page: { logo: "data:image/png;base64,AAAA" } });
    expect(page).toContain('<img src="data:image/png;base64,AAAA" alt="">');
    expect(page).not.toContain("<svg");
  });

  it.each([
    ["2026-11-23T02:30:00Z", 'Expected back at <time datetime="2026-11-23T02:30:00.000Z">02:30 UTC</time>'],
    ["2026-11-23T03:30+01:00", 'Expected back at <time datetime="2026-11-23T02:30:00.000Z">02:30 UTC</time>'],
    ["2026-11-23T12:29:59Z", "Expected back at"],
    [
      "2026-11-23T12:30:00Z",
      'Expected back on <time datetime="2026-11-23T12:30:00.000Z">23 November 2026 at 12:30 UTC</time>',
    ],
    ["2027-01-02T05:00:00Z", "2 January 2027 at 05:00 UTC</time>"],
    ["2026-11-23T00:30:00Z", "This is taking a little longer than expected."],
  ])("with the end %s says when: %s", (until, expected) => {
    expect(html({ page: "default", until })).toContain(expected);
  });

  it.each([
    ["2026-11-23T02:30:00Z", "en", { hour: "2-digit", minute: "2-digit", timeZoneName: "short" }],
    [
      "2027-01-02T05:00:00Z",
      "de",
      { year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" },
    ],
  ] as const)("shows the end %s in the visitor's own time zone, in %s", (until, lang, format) => {
    const page = html({ page: { language: lang }, until });
    const script = /<script>(.*)<\/script>/.exec(page)?.[1] ?? "";
    const time = { dateTime: until, textContent: "" };
    runInNewContext(script, { document: { documentElement: { lang }, querySelector: () => time } });
    expect(time.textContent).toBe(new Date(until).toLocaleString(lang, format));
    expect(html({ page: "default" })).not.toContain("<script");
  });

  it("needs nothing from elsewhere, and does not reload itself", () => {
    const page = html({
      page: { title: "T", text: "x", contact: "ask us", logo: "data:image/png;base64,AAAA" },
      until: "2026-11-23T02:30:00Z",
    });
    expect(page).not.toMatch(/<link|@import|url\(|http-equiv|src="(?!data:)|href=|\son\w+=/i);
    expect(page).toContain("prefers-color-scheme:dark");
    expect(page).toContain('name="viewport"');
  });

  it("of a bare status has its phrase", () => {
    expect(html({ status: 503 })).toContain("<h1>Service Unavailable</h1>");
    expect(html({ status: 451 })).toContain("<h1>Unavailable For Legal Reasons</h1>");
    expect(html({ status: 599 })).toContain("<h1>Internal Server Error</h1>");
    expect(html({ status: 499 })).toContain("<h1>Bad Request</h1>");
  });

  it("stands in for a page of the operator's own", () => {
    expect(html({ root: "/srv/page" })).toBe(html());
  });

  const anyText = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({
      unit: fc.constantFrom("<", ">", "&", '"', "'", "/", "a", " ", "=", "`", "\n", "<script>", "&lt", "-->"),
    }),
  );

  it("never makes a tag, an attribute or an entity of any text", () => {
    const tags = (page: string) => page.match(/<[^>]*>/g)?.filter((tag) => tag !== "<br>");
    const plain = tags(html({ page: { title: "x", text: "x", contact: "x", logo: "x" } }));
    fc.assert(
      fc.property(anyText, anyText, anyText, anyText, (title, text, contact, logo) => {
        const page = html({ page: { title, text, contact, logo } });
        expect(tags(page)?.map((tag) => (tag.startsWith("<img") ? '<img src="x" alt="">' : tag))).toEqual(plain);
        expect(/<img src="([^"<>]*)" alt="">/.exec(page)?.[1]).toBeDefined();
        expect(unescaped(/<h1>([^<]*)<\/h1>/.exec(page)?.[1] ?? "")).toBe(title);
        expect(unescaped(/<title>([^<]*)<\/title>/.exec(page)?.[1] ?? "")).toBe(title);
      }),
    );
  });

  /** What a browser makes of the text; fails on an entity that was not written by us. */
  function unescaped(text: string): string {
    return text.replaceAll(/&(amp|lt|gt|quot|#39|)(;?)/g, (_all, name: string, end: string) => {
      const character = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" }[name];
      if (character === undefined || end === "") throw new Error(`a bare & in ${text}`);
      return character;
    });
  }
});

describe("the JSON", () => {
  it("says what the page says, in fields", () => {
    expect(
      json({
        page: { text: "A new shelf", contact: "help@example.com" },
        retryAfter: "end",
        until: "2026-11-23T03:30:00+01:00",
      }),
    ).toEqual({
      status: 503,
      title: "Back soon",
      detail: "A new shelf",
      contact: "help@example.com",
      retryAfter: 7200,
      until: "2026-11-23T02:30:00.000Z",
    });
  });

  it("is there for a bare status, too", () => {
    expect(json({ status: 410, retryAfter: 60 })).toEqual({
      status: 410,
      title: "Gone",
      detail: expect.any(String) as string,
      retryAfter: 60,
    });
  });

  it("keeps any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (title) => {
        expect(json({ page: { title } })).toMatchObject({ title });
      }),
    );
  });
});

describe("JSON is wanted", () => {
  it.each<[boolean, string | undefined, string]>([
    [false, undefined, "who says nothing"],
    [false, "", "an empty field"],
    [false, "*/*", "curl"],
    [false, "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", "Firefox"],
    [
      false,
      "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
      "Chrome",
    ],
    [false, "image/avif,image/webp,*/*", "an image"],
    [false, "text/css,*/*;q=0.1", "a style sheet"],
    [true, "application/json", "a plain API client"],
    [true, "application/json, text/plain, */*", "axios"],
    [true, "application/json, text/javascript, */*; q=0.01", "jQuery"],
    [true, "Application/JSON", "another letter case"],
    [true, "application/vnd.api+json", "JSON:API"],
    [true, "application/problem+json, application/json", "RFC 9457"],
    [true, "application/*", "anything but a page"],
    [true, "application/json;q=0.5, text/html;q=0.4", "the higher weight"],
    [false, "application/json;q=0.4, text/html;q=0.5", "the lower weight"],
    [false, "application/json;q=0.5, */*", "anything else rather"],
    [false, "application/json; q=0", "no JSON at all"],
    [false, "application/json;q=0, */*", "anything but JSON"],
    [false, "text/html, application/json", "the page first"],
    [true, "application/json, text/html", "JSON first"],
    [true, "application/json, text/*", "JSON by name"],
    [false, "text/html, application/*", "the page by name"],
    [false, "application/json;q=high", "no number for a weight"],
    [false, "application/jsonish", "another type"],
    [true, "text/html;q=0, application/json;q=0.1", "no page"],
  ])("%s: %s (%s)", (expected, accept) => {
    expect(wantsJson(accept)).toBe(expected);
  });

  it("or not, whatever the field", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("application/json", "text/html", ",", ";", "q=", "0.5", "*/*", " ", "=") }),
        (accept) => typeof wantsJson(accept) === "boolean",
      ),
    );
  });
});
