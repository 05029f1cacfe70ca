/** A real notification daemon (dunst) on a session bus of its own, on the display there is. */
import { expect } from "@playwright/test";
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { ownDisplay } from "../../../tools/driving/display.ts";
import { startSessionBus } from "../../support/desktop/session-bus.ts";

interface ShownNotification {
  title: string;
  body: string;
  urgency: string;
  /** As the buttons say them, but for a click on the notification itself. */
  actions: string[];
}

export interface NotificationDaemon {
  /** For the app that is to use it. */
  env: Record<string, string | undefined>;
  /** Everything that came so far, oldest first. */
  shown(): ShownNotification[];
  /** Waits until something with this title has come. */
  untilShown(title: string | RegExp): Promise<ShownNotification>;
  /** How many are on the display now. */
  displayed(): Promise<number>;
  /** Chooses an action in dunst's own menu, as a person does. */
  press(label: string): Promise<void>;
  close(): Promise<void>;
}

/** Why this machine cannot run one; `undefined` where it can. */
export function daemonMissing(): string | undefined {
  const missing = ["dunst", "dunstctl", "dbus-daemon"].filter((program) => spawnSync("which", [program]).status !== 0);
  return missing.length === 0 ? undefined : `not installed: ${missing.join(", ")}`;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

/** What `dunst -print` says of one notification. */
function parsed(block: string): ShownNotification {
  const field = (name: string) => new RegExp(`^\\t${name}: '?([\\s\\S]*?)'?\\n\\t\\w+:? `, "m").exec(block)?.[1] ?? "";
  const actions = /^\tactions: \{\n([\s\S]*?)\n\t\}/m.exec(block)?.[1] ?? "";
  return {
    title: field("summary"),
    body: field("body"),
    urgency: field("urgency"),
    actions: [...actions.matchAll(/^\t\t"(.*?)": "(.*)"$/gm)].flatMap(([, key, label]) =>
      key === "default" || label === undefined ? [] : [label],
    ),
  };
}

export async function startNotificationDaemon(): Promise<NotificationDaemon> {
  await ownDisplay();
  const folder = await mkdtemp(path.join(tmpdir(), "backsoon-dunst-"));
  const wanted = path.join(folder, "wanted");
  const menu = path.join(folder, "menu");
  const config = path.join(folder, "dunstrc");
  // dunst offers "#label (title) [id,key]", one a line, and takes the chosen line.
  await writeFile(menu, `#!/bin/sh\ngrep -F "#$(cat '${wanted}') (" | head -n 1\n`, { mode: 0o755 });
  await writeFile(config, `[global]\n  dmenu = ${menu}\n  idle_threshold = 0\n  notification_limit = 0\n`);
  // Asked for before it is there, an ordinary bus would start another dunst, which takes the name.
  const bus = await startSessionBus();
  const env = {
    ...process.env,
    DBUS_SESSION_BUS_ADDRESS: bus.address,
    XDG_RUNTIME_DIR: folder,
    WAYLAND_DISPLAY: undefined,
  };
  const dunst = spawn("dunst", ["-conf", config, "-print"], { env, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  dunst.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  dunst.stderr.resume();
  const control = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)("dunstctl", args, { env })).stdout;
  // It owns its name from the first answer on.
  await expect.poll(() => control("count", "displayed").catch(() => "not yet"), { timeout: 20_000 }).toMatch(/\d/);
  const shown = () => (printed.match(/^\{\n[\s\S]*?\n\}$/gm) ?? []).map(parsed);
  return {
    env: { DBUS_SESSION_BUS_ADDRESS: bus.address },
    shown,
    async untilShown(title) {
      const matching = () =>
        shown().findLast((each) => (typeof title === "string" ? each.title === title : title.test(each.title)));
      await expect.poll(matching, { timeout: 60_000, message: `a notification “${String(title)}”` }).toBeDefined();
      const found = matching();
      if (found === undefined) throw new Error("it came and went");
      return found;
    },
    displayed: async () => Number(await control("count", "displayed")),
    async press(label) {
      await writeFile(wanted, label);
      await control("context");
    },
    async close() {
      await end(dunst);
      await bus.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
