/** Channels to an agent over one shared login: forwarded to its socket, or through `dial-stdio`. */
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import type { SeenAddress } from "../contract/servers.ts";
import { FailureError } from "../failures.ts";
import type { Connector } from "../agent/socket-transport.ts";
import type { AgentPlace, SshSession } from "./ssh-session.ts";
import { t } from "../language/translate.ts";

/**
 * Channels to one server's agent over one SSH connection, which is made when the first is needed
 * and again when it was lost. Whoever needs it while it is being made waits for the same login.
 *
 * @param logIn rejects with `FailureError`
 * @param seenMs how long the server may take to say from which address it sees this computer
 */
export function openSshLink(
  logIn: (signal: AbortSignal) => Promise<SshSession>,
  place: AgentPlace,
  seenMs = 10_000,
): Connector & { session(): Promise<SshSession> } {
  let current: { session: Promise<SshSession>; given: AbortController } | undefined;
  let latest: SshSession | undefined;

  const session = (): Promise<SshSession> => {
    if (current !== undefined) return current.session;
    latest = undefined;
    const given = new AbortController();
    const mine = { session: logIn(given.signal), given };
    current = mine;
    const forget = () => {
      if (current === mine) current = undefined;
    };
    mine.session.then((opened) => {
      latest = opened;
      opened.ended.addEventListener("abort", forget, { once: true });
    }, forget);
    return mine.session;
  };
  const drop = (): void => {
    const dropped = current;
    current = undefined;
    dropped?.given.abort();
    dropped?.session.then(
      (opened) => opened.end(),
      () => undefined,
    );
  };
  return {
    session,
    reach: async () => {
      await session();
    },
    seenAddress: async () => seenAddress(await session(), seenMs),
    connect: async (): Promise<Duplex> => (await session()).dial(place),
    fault: () => latest?.fault,
    drop,
    close: drop,
  };
}

const MAX_OUTPUT_BYTES = 16 * 1024;
/** A greeting may come before it. */
const SEEN = /^(\S+) \d+ \S+ \d+\s*\n/m;

/** As the server's sshd says it in `SSH_CONNECTION` (sshd(8)). Any login shell can print it. */
async function seenAddress(session: SshSession, limitMs: number): Promise<SeenAddress> {
  const channel = await session.exec('echo "$SSH_CONNECTION"');
  let said = "";
  channel.stderr.resume();
  // Its end may not come: a shell that hangs, and what holds its output, count until they have
  // ended.
  await new Promise<void>((resolve) => {
    const late = setTimeout(resolve, limitMs);
    const over = () => {
      clearTimeout(late);
      resolve();
    };
    channel.on("data", (chunk: Buffer) => {
      if (said.length < MAX_OUTPUT_BYTES) said += chunk.toString("latin1");
      if (SEEN.test(said)) over();
    });
    channel.once("close", over);
    session.ended.addEventListener("abort", over, { once: true });
  });
  channel.destroy();
  // A link-local address has the name of an interface.
  const [, zoned = ""] = SEEN.exec(said) ?? [];
  const address = zoned.replace(/%.*$/, "").replace(/^::ffff:(?=[\d.]+$)/i, "");
  if (isIP(address) === 0)
    throw new FailureError({
      code: "ssh.dial-failed",
      message: t("{address} does not say from which address it sees this computer (SSH_CONNECTION).", {
        address: session.address,
      }),
    });
  return { address, by: session.isDirect ? "ssh" : "hop" };
}
