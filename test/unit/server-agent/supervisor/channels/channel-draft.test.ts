/** What stays of a channel that is changed, and where a password may go. */
import { describe, expect, it } from "vitest";
import type { ChannelDraft } from "../../../../../server-agent/contract/reminders.ts";
import type { StoredChannel } from "../../../../../server-agent/store/stored-channel.ts";
import { shownChannel, storedChannel } from "../../../../../server-agent/supervisor/channels/channel-draft.ts";

const NOW = "2030-01-01T00:00:00.000Z";
type Mail = Extract<ChannelDraft, { kind: "email" }>;

function mail(change: Partial<Mail> = {}): Mail {
  const addresses = { from: "b@example.com", to: ["a@example.com"] };
  return { kind: "email", host: "smtp.example.com", security: "starttls", ...addresses, ...change };
}
function stored(draft: ChannelDraft, before?: StoredChannel) {
  const outcome = storedChannel("ops", draft, before, NOW);
  return outcome.ok ? outcome.value : outcome.refusal.details.problems?.map(({ path }) => path);
}
const KNOWN = stored(mail({ user: "b", password: "hunter2", server: "web-01" })) as StoredChannel;

describe("an e-mail", () => {
  it("has the usual port of its security", () => {
    expect(stored(mail())).toMatchObject({ port: 587 });
    expect(stored(mail({ security: "tls" }))).toMatchObject({ port: 465 });
    expect(stored(mail({ port: 2525 }))).toMatchObject({ port: 2525 });
  });

  it("keeps its password for the same login only, and is shown without it", () => {
    expect(stored(mail({ user: "b", to: ["c@example.com"] }), KNOWN)).toMatchObject({ password: "hunter2" });
    for (const change of [{ host: "evil.example" }, { user: "c" }, { port: 25 }, { security: "tls" as const }])
      expect(stored(mail({ user: "b", ...change }), KNOWN)).toEqual(["/password"]);
    expect(stored(mail(), KNOWN)).not.toHaveProperty("password");
    expect(shownChannel(KNOWN)).toEqual({
      ...mail(),
      id: "ops",
      server: "web-01",
      port: 587,
      user: "b",
      hasPassword: true,
    });
  });

  it("sends no password that others could read", () => {
    const login = { user: "b", password: "hunter2", security: "none" as const };
    expect(stored(mail(login))).toEqual(["/security"]);
    expect(stored(mail({ ...login, host: "127.0.0.1" }))).toMatchObject({ password: "hunter2" });
    expect(stored(mail({ password: "hunter2" }))).toEqual(["/user"]);
  });
});

describe("a status page", () => {
  const lists = { components: [] as string[], sites: [] as string[] };
  const page = { kind: "status-page" as const, page: "pg1", ...lists };
  const known = stored({ ...page, service: "statuspage", token: "key" }) as StoredChannel;

  it("keeps its key for the same service, and sends it encrypted alone", () => {
    expect(stored({ ...page, service: "statuspage" })).toEqual(["/token"]);
    expect(stored({ ...page, service: "statuspage", page: "pg2" }, known)).toMatchObject({ token: "key", opened: [] });
    expect(stored({ ...page, service: "instatus" }, known)).toEqual(["/token"]);
    expect(stored({ ...page, service: "statuspage", api: "https://evil.example" }, known)).toEqual(["/token"]);
    expect(stored({ ...page, service: "instatus", token: "a b" })).toEqual(["/token"]);
    expect(stored({ ...page, service: "instatus", token: "key", api: "http://a.example" })).toEqual(["/api"]);
    expect(shownChannel(known, "it answered 500")).toEqual({
      ...page,
      id: "ops",
      service: "statuspage",
      open: [],
      trouble: "it answered 500",
    });
  });

  it("on which maintenance is open stays where that can be closed", () => {
    const open = { ...known, opened: [{ receipt: "r-1", id: "inc1" }] } as StoredChannel;
    const same = { ...page, service: "statuspage" as const };
    expect(stored({ ...same, sites: ["shop"] }, open)).toMatchObject({ sites: ["shop"], opened: [{ id: "inc1" }] });
    expect(stored({ ...same, page: "pg2" }, open)).toEqual(["/page"]);
    expect(stored({ ...same, components: ["c1"] }, open)).toEqual(["/components"]);
    const webhook = { kind: "webhook", format: "json", url: "https://hooks.example.com/" } as const;
    for (const other of [{ kind: "command", program: "page-me" } as const, webhook, mail()]) {
      expect(stored(other, open)).toEqual(["/kind"]);
      expect(stored(other, known)).toMatchObject({ kind: other.kind });
    }
  });

  it("of Uptime Kuma has an address and a user, others have no user", () => {
    const kuma = { ...page, service: "uptime-kuma" as const, token: "hunter 2" };
    expect(stored(kuma)).toEqual(["/api"]);
    expect(stored({ ...kuma, api: "https://kuma.example.com" })).toEqual(["/user"]);
    expect(stored({ ...kuma, api: "https://kuma.example.com", user: "b" })).toMatchObject({ user: "b" });
    expect(stored({ ...page, service: "instatus", token: "key", user: "b" })).toEqual(["/user"]);
  });
});

it("what a channel of another kind kept is gone, but for its name and what it calls the server", () => {
  expect(stored({ kind: "command", program: "page-me" }, KNOWN)).toEqual({
    id: "ops",
    createdAt: NOW,
    server: "web-01",
    kind: "command",
    program: "page-me",
  });
  expect(stored({ kind: "webhook", format: "json" }, KNOWN)).toEqual(["/url"]);
});
