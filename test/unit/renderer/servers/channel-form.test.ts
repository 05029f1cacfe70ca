import { describe, expect, it } from "vitest";
import type { Channel } from "../../../../server-agent/contract/reminders.ts";
import { type ChannelForm, draftOf, problemsOf } from "../../../../renderer/servers/channel-form.ts";

function form(change: Partial<ChannelForm> = {}): ChannelForm {
  return {
    id: "ops",
    server: "",
    kind: "webhook",
    url: "https://chat.example.com/hooks/1",
    format: "json",
    secret: "",
    forgetsSecret: false,
    program: "",
    ...change,
  };
}
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
    expect(draftOf(form({ kind: "command", program: "page-me" }), undefined)).toEqual({
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
    [form({ kind: "command", program: "../../bin/sh", url: "" }), ["program"]],
    [form({ kind: "command", program: "" }), ["program"]],
  ])("names the field that is wrong in %j", (typed, fields) => {
    expect(Object.keys(problemsOf(typed, undefined, ["taken"]))).toEqual(fields);
  });

  it("asks for a secret only where the receiver may check one, and lets an old one be removed", () => {
    expect(draftOf(form({ format: "slack", secret: "typed before" }), undefined)).not.toHaveProperty("secret");
    expect(problemsOf(form({ format: "slack", secret: "short" }), undefined, [])).toEqual({});
    expect(draftOf(form({ format: "slack", forgetsSecret: true }), known)).toHaveProperty("secret", null);
  });

  it("tells the agent what the server is called where that is new", () => {
    expect(draftOf(form({ server: " web-01 " }), known)).toHaveProperty("server", "web-01");
    expect(draftOf(form({ server: "web-01" }), { ...known, server: "web-01" })).not.toHaveProperty("server");
  });

  it("wants an address where a program becomes a webhook", () => {
    expect(problemsOf(form({ url: "" }), { id: "ops", kind: "command", program: "page-me" }, [])).toHaveProperty("url");
  });
});
