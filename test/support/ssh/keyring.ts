/** A real gnome-keyring on a session bus of its own, in a folder of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSessionBus } from "../desktop/session-bus.ts";

export interface Keyring extends AsyncDisposable {
  /** For programs that are to use it. */
  readonly env: NodeJS.ProcessEnv;
  /** Starts the daemon anew: the keyring is locked, and nobody is there to type its password. */
  lock(): Promise<void>;
  close(): Promise<void>;
}

const PASSWORD = "the keyring's own";

export async function startKeyring(): Promise<Keyring> {
  const folder = await mkdtemp(join(tmpdir(), "backsoon-keyring-"));
  // An ordinary bus would start another keyring for whoever asks before this one is there.
  const bus = await startSessionBus();
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    DBUS_SESSION_BUS_ADDRESS: bus.address,
    HOME: folder,
    XDG_DATA_HOME: join(folder, "data"),
    XDG_RUNTIME_DIR: folder,
    DISPLAY: undefined,
    WAYLAND_DISPLAY: undefined,
  };
  let daemon = await startDaemon(env, ["--unlock"], PASSWORD);
  const close = async (): Promise<void> => {
    await end(daemon);
    await bus.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    env,
    lock: async () => {
      await end(daemon);
      daemon = await startDaemon(env, ["--start"]);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function startDaemon(env: NodeJS.ProcessEnv, args: readonly string[], password?: string): Promise<ChildProcess> {
  const mode = args.includes("--start") ? [] : args;
  const daemon = spawn("gnome-keyring-daemon", [...mode, "--foreground", "--components=secrets"], {
    env,
    stdio: ["pipe", "pipe", "ignore"],
  });
  daemon.stdin.end(password ?? "");
  // It owns its name on the bus from then on.
  await once(
    spawn("gdbus", ["wait", "--session", "--timeout", "60", "org.freedesktop.secrets"], { env, stdio: "ignore" }),
    "exit",
  );
  return daemon;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
