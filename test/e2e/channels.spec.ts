/**
 * Channels of a server: a webhook that is added, tried, changed and removed in the app; its secret
 * is seen nowhere.
 */
import { expect, test } from "@playwright/test";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { startAgent } from "../../tools/driving/agent.ts";
import { call, stateOf, value } from "../../tools/driving/call.ts";
import { PASSWORD, startMailServer } from "../support/mail/mail-server.ts";
import { choose } from "../../tools/driving/choose.ts";
import { type Desktop, startDesktop } from "../../tools/driving/desktop.ts";

const SECRET = "whsec_c2VjcmV0IG9mIHRoZSB0ZXN0";
let desktop: Desktop | undefined;
test.afterEach(async () => {
  await desktop?.close();
  desktop = undefined;
});

test("adds a webhook, tries it, changes it and removes it; its address and its secret are not shown again", async () => {
  const posted: { url: string; signature: string | undefined; body: string }[] = [];
  let status = 204;
  let answer = "";
  const receiver = http.createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      const signature = request.headers["webhook-signature"];
      posted.push({ url: request.url ?? "", signature: typeof signature === "string" ? signature : undefined, body });
      response.writeHead(status).end(answer);
    });
  });
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  await using agent = await startAgent();
  await using mailServer = await startMailServer({ disabledCommands: ["STARTTLS"], allowInsecureAuth: true });
  try {
    desktop = await startDesktop();
    const { page } = desktop;
    const { serverId } = await value(page, "server.add", {
      kind: "local",
      name: "web-01",
      socketPath: agent.socketPath,
    });
    await page.getByRole("button", { name: "web-01", exact: true }).first().click();
    await page.getByRole("tab", { name: "Reminders" }).click();
    const channels = page.getByRole("region", { name: "Channels" });
    await channels.getByText(/^Nowhere yet\./).waitFor();

    await channels.getByRole("button", { name: "Add a channel…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Add" }).click();
    await expect(dialog.getByText("Use letters, digits and hyphens.")).toBeVisible();
    const origin = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    await dialog.getByLabel("Name", { exact: true }).fill("ops");
    await dialog.getByRole("textbox", { name: "Address" }).fill(`${origin}/hidden-part`);
    // A service that cannot check a signature is asked for no secret.
    await expect(dialog.getByLabel("Service", { exact: true })).toHaveText("Slack");
    await expect(dialog.getByLabel("Secret", { exact: true })).toBeHidden();
    await choose(dialog.getByLabel("Service", { exact: true }), "Your own service (JSON)");
    await dialog.getByLabel("Secret", { exact: true }).fill(SECRET);
    await dialog.getByRole("button", { name: "Add" }).click();
    await expect(channels.getByText(`Your own service (JSON), at ${origin}, signed`)).toBeVisible();

    await channels.getByRole("button", { name: "Send a test to ops" }).click();
    await expect(channels.getByText("The test has arrived.")).toBeVisible();
    expect(posted).toMatchObject([{ url: "/hidden-part", signature: expect.stringMatching(/^v1,/) as unknown }]);
    expect(JSON.parse(posted[0]?.body ?? "")).toMatchObject({ data: { server: "web-01" } });

    // Changed without its secret and its address: both stay. What the service says is passed on.
    status = 404;
    answer = "no_service";
    await channels.getByRole("button", { name: "Change ops" }).click();
    await expect(dialog.getByLabel("Secret", { exact: true })).toHaveValue("");
    await choose(dialog.getByLabel("Service", { exact: true }), "Slack");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(channels.getByText(`Slack, at ${origin}, signed`)).toBeVisible();
    await channels.getByRole("button", { name: "Send a test to ops" }).click();
    await expect(channels.getByText(/The test did not arrive: it answered 404 \(no_service\): .+/)).toBeVisible();
    expect(posted[1]).toMatchObject({ url: "/hidden-part", signature: expect.stringMatching(/^v1,/) });

    const seen = [
      await page.content(),
      JSON.stringify(await stateOf(page)),
      JSON.stringify(await value(page, "channels.list", { serverId })),
    ].join();
    expect(seen).not.toContain(SECRET);
    expect(seen).not.toContain("hidden-part");
    expect(
      await call(page, "channel.put", { serverId, id: "pager", channel: { kind: "command", program: "page-me" } }),
    ).toMatchObject({ ok: true });

    // An e-mail: what is missing is said at its field, by the app and by the agent.
    await channels.getByRole("button", { name: "Add a channel…" }).click();
    await dialog.getByLabel("Name", { exact: true }).fill("mail");
    await choose(dialog.getByLabel("Service", { exact: true }), "E-mail");
    await dialog.getByLabel("To", { exact: true }).fill("ops@example.com, nobody");
    await dialog.getByLabel("From", { exact: true }).fill("backsoon@example.com");
    await dialog.getByLabel("Mail server").fill("127.0.0.1");
    await dialog.getByLabel("Port").fill(String(mailServer.port));
    await choose(dialog.getByLabel("Encryption"), "None");
    await dialog.getByLabel("User").fill("backsoon");
    await dialog.getByRole("button", { name: "Add" }).click();
    await expect(dialog.getByText("“nobody” is no address. Use commas between several.")).toBeVisible();
    await expect(dialog.getByText("Enter the password of this user.")).toBeVisible();
    await dialog.getByLabel("To", { exact: true }).fill("ops@example.com");
    await dialog.getByLabel("Password").fill(PASSWORD);
    await dialog.getByLabel("Mail server").fill("mail.invalid");
    await dialog.getByRole("button", { name: "Add" }).click();
    await expect(dialog.getByText(/^A password is not sent unencrypted/)).toBeVisible();
    await dialog.getByLabel("Mail server").fill("127.0.0.1");
    await dialog.getByRole("button", { name: "Add" }).click();
    await expect(channels.getByText("E-mail to ops@example.com, through 127.0.0.1")).toBeVisible();
    await channels.getByRole("button", { name: "Send a test to mail" }).click();
    await expect(channels.getByText("The test has arrived.")).toBeVisible();
    expect(mailServer.mails).toMatchObject([{ user: "backsoon", to: ["ops@example.com"] }]);
    expect(await page.content()).not.toContain(PASSWORD);

    // A status page, whose key is asked for.
    await channels.getByRole("button", { name: "Add a channel…" }).click();
    await dialog.getByLabel("Name", { exact: true }).fill("status");
    await choose(dialog.getByLabel("Service", { exact: true }), "Instatus");
    await dialog.getByLabel("Page ID").fill("pg1");
    await dialog.getByRole("button", { name: "Add" }).click();
    await expect(dialog.getByText("Enter an API key of the page.")).toBeVisible();
    await dialog.getByLabel("API key").fill("hidden-part");
    await dialog.getByRole("button", { name: "Add" }).click();
    await expect(channels.getByText("Instatus, page pg1")).toBeVisible();
    expect(await page.content()).not.toContain("hidden-part");

    await channels.getByRole("button", { name: "Remove ops" }).click();
    await dialog.getByRole("button", { name: "Remove" }).click();
    await expect(channels.getByText(/^Slack, at/)).toBeHidden();
    await expect(channels.getByText("runs page-me")).toBeVisible();
  } finally {
    receiver.closeAllConnections();
    receiver.close();
  }
});
