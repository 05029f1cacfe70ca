import { describe, expect, it } from "vitest";
import type { Channel } from "../../../../server-agent/contract/reminders.ts";
import { type ChannelForm, draftOf, formOf } from "../../../../renderer/channels/channel-form.ts";
import { problemsOf, refusedFields } from "../../../../renderer/channels/channel-problems.ts";

function form(change: Partial<ChannelForm> = {}): ChannelForm {
  const url = "https://chat.example.com/hooks/1";
  return { ...formOf(undefined, ""), id: "ops", url, service: "json", ...change };
}
function mail(change: Partial<ChannelForm> = {}): ChannelForm {
  const login = { user: "backsoon", password: "hunter2" };
  return form({
    service: "email",
    host: "smtp.example.com",
    from: "b@example.com",
    to: "a@example.com",
    ...login,
    ...change,
  });
}
const knownMail: Channel = {
  id: "ops",
  kind: "email",
  host: "smtp.example.com",
  port: 587,
  security: "starttls",
  user: "backsoon",
  hasPassword: true,
  from: "b@example.com",
  to: ["a@example.com", "c@example.com"],
};
const known: Channel = {
  id: "ops",
  kind: "webhook",
  origin: "https://chat.example.com",
  format: "json",
  hasSecret: true,
};

describe("the form of a channel", () => {
  it("sends what was typed, and leaves out what stays as it is", () => {
    expect(problemsOf(form(), undefined, [])).toEqual({});
    expect(draftOf(form({ secret: "longer than eight" }), undefined)).toEqual({
      kind: "webhook",
      format: "json",
      url: "https://chat.example.com/hooks/1",
      secret: "longer than eight",
    });
    expect(problemsOf(form({ url: "" }), known, ["ops"])).toEqual({});
    expect(draftOf(form({ url: " " }), undefined)).toEqual({ kind: "webhook", format: "json" });
    expect(draftOf(form({ url: "", secret: "typed before", forgetsSecret: true }), undefined)).toEqual({
      kind: "webhook",
      format: "json",
      secret: null,
    });
    expect(draftOf(form({ service: "command", program: "page-me" }), undefined)).toEqual({
      kind: "command",
      program: "page-me",
    });
  });

  it.each([
    [form({ id: "a b" }), ["id"]],
    [form({ id: "taken" }), ["id"]],
    [form({ url: "" }), ["url"]],
    [form({ url: "chat.example.com" }), ["url"]],
    [form({ url: "ftp://chat.example.com" }), ["url"]],
    [form({ secret: "short" }), ["secret"]],
    [form({ service: "command", program: "../../bin/sh", url: "" }), ["program"]],
    [form({ service: "command", program: "" }), ["program"]],
  ])("names the field that is wrong in %j", (typed, fields) => {
    expect(Object.keys(problemsOf(typed, undefined, ["taken"]))).toEqual(fields);
  });

  it("asks for a secret only where the receiver may check one, and lets an old one be removed", () => {
    expect(draftOf(form({ service: "slack", secret: "typed before" }), undefined)).not.toHaveProperty("secret");
    expect(problemsOf(form({ service: "slack", secret: "short" }), undefined, [])).toEqual({});
    expect(draftOf(form({ service: "slack", forgetsSecret: true }), known)).toHaveProperty("secret", null);
  });

  it("of an e-mail sends addresses one by one, and the port only where it is not the usual one", () => {
    expect(problemsOf(mail(), undefined, [])).toEqual({});
    expect(draftOf(mail({ to: "a@example.com; c@example.com," }), undefined)).toEqual({
      kind: "email",
      host: "smtp.example.com",
      security: "starttls",
      user: "backsoon",
      password: "hunter2",
      from: "b@example.com",
      to: ["a@example.com", "c@example.com"],
    });
    expect(draftOf(mail({ port: "2525", user: "", password: "" }), undefined)).toMatchObject({ port: 2525 });
    expect(formOf(knownMail, "")).toMatchObject({ port: "", to: "a@example.com, c@example.com", password: "" });
  });

  it.each([
    [mail({ host: "https://smtp.example.com" }), ["host"]],
    [mail({ port: "0" }), ["port"]],
    [mail({ user: "" }), ["user"]],
    [mail({ password: "" }), ["password"]],
    [mail({ from: "ops" }), ["from"]],
    [mail({ to: " " }), ["to"]],
    [mail({ to: "a@example.com, ops" }), ["to"]],
  ])("names the field of an e-mail that is wrong in %j", (typed, fields) => {
    expect(Object.keys(problemsOf(typed, undefined, []))).toEqual(fields);
  });

  it("keeps a password only for the same login", () => {
    const kept = formOf(knownMail, "");
    expect(problemsOf(kept, knownMail, [])).toEqual({});
    expect(draftOf(kept, knownMail)).not.toHaveProperty("password");
    for (const change of [{ host: "evil.example" }, { user: "b" }, { port: "25" }, { security: "none" as const }])
      expect(Object.keys(problemsOf({ ...kept, ...change }, knownMail, []))).toEqual(["password"]);
  });

  it("of a status page sends ids one by one, and keeps its key", () => {
    const page = { page: "pg1", components: "c1, c2", sites: "" };
    expect(draftOf(form({ service: "instatus", ...page, token: " key " }), undefined)).toEqual({
      kind: "status-page",
      service: "instatus",
      page: "pg1",
      components: ["c1", "c2"],
      sites: [],
      token: "key",
    });
    const open = { open: [], api: "https://proxy.example.com" };
    const before: Channel = {
      id: "ops",
      kind: "status-page",
      service: "instatus",
      page: "pg1",
      components: [],
      sites: ["shop"],
      ...open,
    };
    const kept = formOf(before, "");
    expect(problemsOf(kept, before, [])).toEqual({});
    expect(draftOf(kept, before)).toMatchObject({ sites: ["shop"], api: "https://proxy.example.com" });
    expect(Object.keys(problemsOf({ ...kept, service: "statuspage", page: "a b" }, before, []))).toEqual([
      "page",
      "token",
    ]);
  });

  it("of Uptime Kuma asks for its address and a user", () => {
    const kuma = { service: "uptime-kuma" as const, api: " https://kuma.example.com ", user: "b", page: "main" };
    expect(Object.keys(problemsOf(form({ service: "uptime-kuma" }), undefined, []))).toEqual([
      "api",
      "user",
      "page",
      "token",
    ]);
    expect(draftOf(form({ ...kuma, token: "hunter 2" }), undefined)).toMatchObject({
      service: "uptime-kuma",
      api: "https://kuma.example.com",
      user: "b",
      token: "hunter 2",
    });
  });

  it("puts what the agent refuses at its field", () => {
    expect(refusedFields([{ path: "/security", message: "a password is not sent unencrypted" }], mail())).toEqual({
      security: "A password is not sent unencrypted.",
    });
    expect(
      refusedFields(
        [
          { path: "/id/x", message: "no" },
          { path: "/else", message: "no" },
        ],
        mail(),
      ),
    ).toEqual({ id: "No." });
  });

  it("tells the agent what the server is called where that is new", () => {
    expect(draftOf(form({ server: " web-01 " }), known)).toHaveProperty("server", "web-01");
    expect(draftOf(form({ server: "web-01" }), { ...known, server: "web-01" })).not.toHaveProperty("server");
  });

  it("wants an address where a program becomes a webhook", () => {
    expect(problemsOf(form({ url: "" }), { id: "ops", kind: "command", program: "page-me" }, [])).toHaveProperty("url");
  });
});
