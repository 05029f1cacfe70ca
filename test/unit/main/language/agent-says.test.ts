import { afterEach, expect, it } from "vitest";
import { agentSays } from "../../../../main/language/agent-says.ts";
import { chooseLanguage } from "../../../../main/language/language.ts";
import { type News, reminderWords } from "../../../../server-agent/core/reminders/reminder-text.ts";
import { certificateProblems } from "../../../../server-agent/supervisor/acme/certificate-status.ts";
import type { OrderedSite } from "../../../../server-agent/supervisor/acme/ordered-sites.ts";
import { problemOf } from "../../../../server-agent/supervisor/certificates/certificate-facts.ts";

afterEach(() => {
  chooseLanguage("en");
});

const about = { title: "New disks", from: "2030-01-06T02:00:00Z", to: undefined, zone: "UTC" };
const news: News[] = [
  { what: "ahead", inMs: 3_600_000 },
  { what: "waits" },
  { what: "started", lateBySeconds: undefined, why: undefined },
  { what: "end-ahead", inMs: 600_000, stays: true },
  { what: "end-ahead", inMs: 600_000, stays: false },
  { what: "ended", why: undefined },
  { what: "overrun", afterMs: 0, why: undefined },
  { what: "overrun", afterMs: 600_000, why: undefined },
  { what: "missed", why: undefined, others: 0 },
  { what: "failed", why: undefined },
  { what: "reverted", why: "" },
  { what: "not-reverted", why: "" },
  { what: "hook-gone", why: "" },
  { what: "open-ended", forMs: 14_400_000 },
];

it.each(news)("says the title of a reminder in German: $what", (each) => {
  for (const sites of [["shop.example.com"], ["shop.example.com", "blog.example.com"], ["a", "b", "c", "d"]]) {
    const { title } = reminderWords(sites, about, each);
    expect(agentSays(title)).toBe(title);
    chooseLanguage("de");
    expect(agentSays(title)).not.toBe(title);
    expect(agentSays(title)).not.toMatch(/\b(maintenance|and|sites|the)\b/);
    chooseLanguage("en");
  }
});

it("quotes what it does not know", () => {
  chooseLanguage("de");
  expect(agentSays("nginx: [emerg] bind() failed (98)")).toBe("nginx: [emerg] bind() failed (98)");
});

it("says points in time by this computer's clock, whether or not it knows the sentence", () => {
  const iso = new Date(2030, 2, 1, 14, 5, 9).toISOString();
  expect(agentSays(`shop is in maintenance since ${iso} (by anna)`)).toBe(
    "shop is in maintenance since 1 Mar 2030, 14:05 (by anna)",
  );
  chooseLanguage("de");
  expect(agentSays(`held until ${iso}.`)).toBe("held until 1. März 2030, 14:05.");
  expect(agentSays("2030-13-41T99:00:00Z")).toBe("2030-13-41T99:00:00Z");
});

it("has days in the dative only where a word wants that", () => {
  chooseLanguage("de");
  expect(agentSays("shop goes into maintenance in 2 days")).toBe("shop geht in 2 Tagen in Wartung");
  expect(agentSays("shop is still in maintenance, 2 days after the end")).toBe(
    "shop ist 2 Tage nach dem Ende noch in Wartung",
  );
});

it("says what is wrong with certificates and targets in German, with the reason", () => {
  const at = new Date(2030, 2, 1, 12).getTime();
  const failed = {
    wanted: { directory: "", names: [] },
    since: at,
    at,
    attempts: 2,
    retryAt: at,
    message: "shop.test: no answer (port 80 of the name must lead to this agent; check firewall and DNS)",
  };
  const ordered = { site: "shop", name: "le", authority: { termsAgreed: true as const }, directory: "", names: [] };
  const held = { directory: "", names: [], ends: at, renewAt: at };
  const site = (known: Pick<OrderedSite, "held" | "failed">): OrderedSite => ({ ...ordered, ...known });
  const problems = [
    ...certificateProblems(
      [
        site({ held: undefined, failed }),
        site({ held: undefined, failed: { ...failed, attempts: 1 } }),
        site({ held, failed }),
        site({ held, failed: { ...failed, attempts: 1 } }),
        site({ held: undefined, failed: undefined }),
      ],
      undefined,
    ),
    ...certificateProblems([site({ held: undefined, failed: undefined })], "shop"),
    ...certificateProblems(
      Array.from({ length: 12 }, () => site({ held: undefined, failed })),
      undefined,
    ).slice(-1),
    ...[1, 50, 2000].map((days) => {
      const facts = { stamp: "", fault: undefined, begins: 0, ends: days * 86_400_000, names: [], issuer: "" };
      return problemOf("shop", { certificate: "/a.pem", key: "/a.key" }, facts, 46 * 86_400_000) ?? "";
    }),
    "Target http://127.0.0.1:3000 of upstream app is down: connect ECONNREFUSED 127.0.0.1:3000.",
  ];
  chooseLanguage("de");
  const german = problems.filter((problem) => problem !== "").map(agentSays);
  expect(german).toHaveLength(10);
  for (const sentence of german) expect(sentence).not.toMatch(/\b(the|could|is|of|attempts?|will|must)\b/i);
  expect(german[0]).toBe(
    "Das Zertifikat von shop war von le nicht zu bekommen (2 Versuche): shop.test: no answer (Port 80 des Namens muss zu diesem Agenten führen; prüfen Sie Firewall und DNS). Besucher bekommen ein selbst signiertes, und Browser warnen. Nächster Versuch: 1. März 2030, 12:00; sofort: `certificates renew shop`.",
  );
  expect(german.at(-1)).toBe(
    "Ziel http://127.0.0.1:3000 des Upstreams app ist ausgefallen: 127.0.0.1:3000 nimmt keine Verbindung an (ECONNREFUSED).",
  );
});
