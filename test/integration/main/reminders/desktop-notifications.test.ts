/**
 * Notifications on a session bus that has nobody to show them, or is not there: the reason is
 * returned, and nothing waits for it.
 */
import { spawnSync } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import type { Note } from "../../../../main/reminders/alert.ts";
import { desktopNotifications } from "../../../../main/reminders/desktop-notifications.ts";
import { firstOf, type Notifications } from "../../../../main/reminders/notifications.ts";
import { type SessionBus, startSessionBus } from "../../../support/desktop/session-bus.ts";

const note: Note = {
  about: "shop",
  alerts: ["1"],
  title: "shop is still in maintenance",
  body: "<b>",
  urgent: true,
  actions: [{ action: "bring-back", label: "Bring back" }],
};
const before = process.env.DBUS_SESSION_BUS_ADDRESS;
const noBus = spawnSync("which", ["dbus-daemon"]).status !== 0;
let bus: SessionBus | undefined;

afterEach(async () => {
  if (before === undefined) delete process.env.DBUS_SESSION_BUS_ADDRESS;
  else process.env.DBUS_SESSION_BUS_ADDRESS = before;
  await bus?.close();
  bus = undefined;
});

async function startBus(): Promise<void> {
  bus = await startSessionBus();
  process.env.DBUS_SESSION_BUS_ADDRESS = bus.address;
}

async function shownBy(notifications: Notifications): Promise<string | undefined> {
  try {
    return await notifications.show(note, () => undefined);
  } finally {
    notifications.close();
  }
}

describe("notifications of the desktop", () => {
  it("say that there is no session bus", async () => {
    delete process.env.DBUS_SESSION_BUS_ADDRESS;
    expect(await shownBy(desktopNotifications(() => undefined))).toBe("there is no session bus");
  });

  it("say that the bus does not answer", async () => {
    process.env.DBUS_SESSION_BUS_ADDRESS = "unix:path=/nonexistent/bus";
    const log: string[] = [];
    expect(await shownBy(desktopNotifications((line) => log.push(line)))).toMatch(/ENOENT/);
    expect(log.join()).toMatch(/session bus: .*ENOENT/);
  });

  it.skipIf(noBus)("say that nobody shows any, and leave it to the next way; the bus may come back", async () => {
    await startBus();
    const shown: string[] = [];
    const electron: Notifications = {
      show: ({ title }) => Promise.resolve(void shown.push(title)),
      withdraw: () => undefined,
      close: () => undefined,
    };
    const log: string[] = [];
    const desktop = desktopNotifications((line) => log.push(line));
    const all = firstOf([desktop, electron]);
    expect(await all.show(note, () => undefined)).toBeUndefined();
    expect(shown).toEqual(["shop is still in maintenance"]);
    const alone = await desktop.show(note, () => undefined);
    expect(alone).toMatch(/org\.freedesktop\.Notifications|ServiceUnknown/);

    await bus?.close();
    expect(await desktop.show(note, () => undefined)).toMatch(/./);
    await startBus();
    expect(await desktop.show(note, () => undefined)).toMatch(/org\.freedesktop\.Notifications|ServiceUnknown/);
    all.close();
  });
});
