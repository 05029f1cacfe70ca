/** Channels to an agent over one shared login: forwarded to its socket, or through `dial-stdio`. */
import type { Duplex } from "node:stream";
import type { Connector } from "../agent/socket-transport.ts";
import type { AgentPlace, SshSession } from "./ssh-session.ts";

/**
 * Channels to one server's agent over one SSH connection, which is made when the first is needed
 * and again when it was lost. Whoever needs it while it is being made waits for the same login.
 *
 * @param logIn rejects with `FailureError`
 */
export function openSshLink(
  logIn: (signal: AbortSignal) => Promise<SshSession>,
  place: AgentPlace,
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
    connect: async (): Promise<Duplex> => (await session()).dial(place),
    fault: () => latest?.fault,
    drop,
    close: drop,
  };
}
