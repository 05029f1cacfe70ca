/** Logs in along a route, host by host. */
import type { LookupFunction } from "node:net";
import type { Duplex } from "node:stream";
import type ssh2 from "ssh2";
import type { Failure } from "../contract/failures.ts";
import { FailureError, messageOf } from "../failures.ts";
import { Authentication } from "./authentication.ts";
import type { HostKeys } from "../host-keys/host-keys.ts";
import { keysFor } from "./login-keys.ts";
import type { Prompter } from "./prompter.ts";
import type { Secrets } from "./secrets.ts";
import { connectClient } from "./ssh-client.ts";
import { type SshHost, addressOf } from "../ssh-config/ssh-host.ts";
import { SshSession } from "./ssh-session.ts";
import type { SshWire } from "./ssh-wire.ts";
import { t } from "../language/translate.ts";

export interface LoginParts {
  hostKeys: HostKeys;
  secrets: Secrets;
  prompter: Prompter;
  patienceMs?: number;
  loginMs?: number;
  keepaliveMs?: number;
  /** How long the server may take to open a channel, and to start what is behind it (ms). */
  openMs?: number;
  lookup?: LookupFunction;
}

/**
 * Logs in to the last host of a route, through those before it. Each has its own host key and its
 * own login. Rejects with `FailureError`.
 * @param route at least one host; jump hosts first
 */
export async function login(route: readonly SshHost[], parts: LoginParts, signal: AbortSignal): Promise<SshSession> {
  const target = route.at(-1);
  if (target === undefined) throw new Error("a route has at least one host");
  const wires: SshWire[] = [];
  const isOver = new AbortController();
  const endAll = () => isOver.abort();
  let host = target;
  try {
    let through: Duplex | undefined;
    for (const [at, stop] of route.entries()) {
      host = stop;
      const authentication = await authenticationFor(host, parts, signal);
      const wire = await connectClient({
        ...parts,
        host,
        through,
        authentication,
        signal: AbortSignal.any([signal, isOver.signal]),
      });
      wire.client.once("close", endAll);
      wires.push(wire);
      const next = route[at + 1];
      through = next === undefined ? undefined : await channelTo(wire, host, next, signal, parts.openMs);
    }
  } catch (error) {
    for (const wire of wires.toReversed()) wire.hangUp();
    throw withWarnings(error, host);
  }
  return new SshSession(wires, target, parts.openMs);
}

/** What the configuration asks for and the app does not do may be why it failed. */
function withWarnings(error: unknown, { warnings }: SshHost): unknown {
  if (!(error instanceof FailureError) || warnings.length === 0 || error.failure.code === "ssh.cancelled") return error;
  const { failure } = error;
  return new FailureError({
    ...failure,
    message: t("{message} Your ssh configuration also asks for what this app does not do: {warnings}", {
      message: failure.message,
      warnings: warnings.join(" "),
    }),
  });
}

async function authenticationFor(
  host: SshHost,
  { prompter, secrets }: LoginParts,
  signal: AbortSignal,
): Promise<Authentication> {
  const authentication = new Authentication(host, prompter, secrets);
  const { keys, notTried } = await keysFor(host, authentication.askPassphrase, signal);
  authentication.offer(keys, notTried);
  return authentication;
}

async function channelTo(
  wire: SshWire,
  from: SshHost,
  to: SshHost,
  signal: AbortSignal,
  openMs?: number,
): Promise<Duplex> {
  const unreachable = (message: string): Failure => ({
    code: "ssh.unreachable",
    message: t("{address} cannot reach port {port} of {host} ({message}).", {
      address: addressOf(from),
      port: to.port,
      host: to.hostName,
      message,
    }),
  });
  const begun = await wire
    .asked<ssh2.ClientChannel | Error>(
      (opened) =>
        wire.client.forwardOut("127.0.0.1", 0, to.hostName, to.port, (error, channel) =>
          opened(error ?? wire.opened(channel)),
        ),
      signal,
      openMs,
    )
    .catch((error: unknown) => {
      throw new FailureError(
        signal.aborted
          ? {
              code: "ssh.cancelled",
              message: t("The connection to {address} was given up.", { address: addressOf(to) }),
            }
          : unreachable(messageOf(error)),
      );
    });
  if (!(begun instanceof Error)) return begun;
  throw new FailureError(
    "reason" in begun && begun.reason === 1
      ? {
          code: "ssh.forwarding-forbidden",
          message: t(
            "{address} forbids forwarding, so it cannot be used as a jump host (AllowTcpForwarding in its sshd_config).",
            { address: addressOf(from) },
          ),
        }
      : unreachable(begun.message),
  );
}
