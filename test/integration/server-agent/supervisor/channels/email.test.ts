/** E-mail through a real mail server: encrypted, refused, and without what it was told. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runAgentVerb, startAgent } from "../../../../../tools/driving/agent.ts";
import { ownCertificate } from "../../../../../tools/driving/web-servers/server-folder.ts";
import { reminderMessage } from "../../../../../server-agent/supervisor/channels/channel-message.ts";
import { type EmailChannel, sendEmail } from "../../../../../server-agent/supervisor/channels/send-email.ts";
import { PASSWORD, startMailServer } from "../../../../support/mail/mail-server.ts";

function channel(port: number, change: Partial<EmailChannel> = {}): EmailChannel {
  const createdAt = "2030-01-01T00:00:00.000Z";
  const addresses = { from: "backsoon@example.com", to: ["ops@example.com"] };
  return { id: "mail", createdAt, kind: "email", host: "localhost", port, security: "none", ...addresses, ...change };
}
function send(to: EmailChannel, title = "shop is closed") {
  const message = reminderMessage(
    { id: "r-1", kind: "end", due: "2030-01-01T00:00:00.000Z", title, text: "Ü\n.\nUntil 02:30.", ...NOBODY },
    "web-1",
  );
  return sendEmail(to, message, new AbortController().signal);
}
const NOBODY = { sites: [], receipts: [], deliveries: [] };

describe("an e-mail", () => {
  it("goes by STARTTLS with a login; its password is kept on the server alone", async () => {
    const { cert, key } = await ownCertificate();
    const tls = { cert: await readFile(cert), key: await readFile(key) };
    await using server = await startMailServer(tls);
    await using agent = await startAgent({ env: { NODE_EXTRA_CA_CERTS: cert } });
    const { id: _id, createdAt: _at, ...draft } = channel(server.port, { security: "starttls", user: "backsoon" });
    const put = (change: object) =>
      agent.tryCall("putChannel", { params: { id: "mail" }, body: { ...draft, ...change } as never });
    expect(await put({})).toMatchObject({ ok: false, error: { details: { problems: [{ path: "/password" }] } } });
    const shown = { ...draft, id: "mail", hasPassword: true };
    expect(await put({ password: PASSWORD })).toEqual({ ok: true, value: shown });
    expect(await agent.call("testChannel", { params: { id: "mail" } })).toEqual({ ok: true });
    expect(server.mails).toMatchObject([{ user: "backsoon", secure: true, to: ["ops@example.com"] }]);

    // It stays for the same login, and goes nowhere else.
    expect(await put({ to: ["anna@example.com"] })).toMatchObject({ ok: true, value: { hasPassword: true } });
    expect(await put({ host: "127.0.0.1" })).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("again") as string },
    });
    expect(await put({ security: "none", host: "mail.example.com", password: PASSWORD })).toMatchObject({
      ok: false,
      error: { details: { problems: [{ path: "/security" }] } },
    });
    const listed = await runAgentVerb(["channels", "--json", "--socket", agent.socketPath]);
    for (const text of [listed.stdout, agent.log(), JSON.stringify(await agent.call("listChannels"))])
      expect(text).not.toContain(PASSWORD);
    const file = join(agent.stateDirectory, "channels/mail.json");
    expect((await stat(file)).mode & 0o777).toBe(0o600);

    // A login that is refused, and the code with which the command ends.
    expect(await put({ password: "wrong" })).toMatchObject({ ok: true });
    const test = await runAgentVerb(["channels", "test", "mail", "--socket", agent.socketPath]);
    expect([test.code, test.stdout]).toEqual([
      1,
      expect.stringMatching(
        /^the test message did not arrive: the mail server refused the user name or the password: 535/,
      ),
    ]);
  });

  it("says what it says, in one line of subject, to whoever takes it", async () => {
    await using server = await startMailServer({ authOptional: true, disabledCommands: ["STARTTLS"] });
    const title = "shop\r\nBcc: evil@example.com\u202e is closed";
    expect(await send(channel(server.port, { to: ["ops@example.com", "anna@example.com"] }), title)).toBe(undefined);
    expect(server.mails).toMatchObject([{ user: undefined, to: ["ops@example.com", "anna@example.com"] }]);
    const [head = "", body = ""] = server.mails[0]?.data.split("\r\n\r\n") ?? [];
    expect(head).toMatch(/^From: "web-1" <backsoon@example\.com>\r$/m);
    expect(head).toMatch(/^Message-ID: <r-1@example\.com>\r$/m);
    expect(head).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(head).toMatch(/^Subject: shop {2}Bcc: evil@example\.com {2}is closed \(web-1\)\r$/m);
    expect(head).not.toMatch(/^Bcc/m);
    expect(body).toContain("shop");
    expect(await send(channel(server.port, { to: ["gone@example.com", "anna@example.com"] }))).toEqual({
      why: "the mail server refused gone@example.com",
      isFinal: true,
    });
    expect((await send(channel(server.port, { to: ["gone@example.com"] })))?.why).toMatch(
      /^the mail server refused the sender or the receivers: 550/,
    );
  });

  it("is not sent where the connection cannot be trusted, is not encrypted, or is none", async () => {
    await using encrypted = await startMailServer({ authOptional: true });
    await using open = await startMailServer({ authOptional: true, disabledCommands: ["STARTTLS"] });
    expect((await send(channel(encrypted.port, { security: "starttls" })))?.why).toMatch(/certificate/);
    expect((await send(channel(open.port, { security: "starttls" })))?.why).toMatch(/STARTTLS/);
    expect((await send(channel(open.port, { security: "tls" })))?.why).toBe(
      "the connection failed: wrong version number; the server begins unencrypted: use `starttls`",
    );
    expect((await send(channel(1)))?.why).toMatch(/^the connection failed: .*ECONNREFUSED/);
    expect((await send(channel(25, { host: "mail.invalid" })))?.why).toBe("there is no mail server of this name");
    expect([...encrypted.mails, ...open.mails]).toEqual([]);
  });
});
