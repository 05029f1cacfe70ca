/** The way to the first host of a route: TCP, or a `ProxyCommand`. */
import net from "node:net";
import type { Duplex } from "node:stream";
import type { Failure } from "../contract/failures.ts";
import type { SshHost } from "../ssh-config/ssh-host.ts";
import { ProxyCommand } from "./proxy-command.ts";

/**
 * How long one of several addresses of a host may take before the next is tried instead. Node's
 * own quarter of a second gives every address up that is on another continent.
 */
const ADDRESS_TIMEOUT_MS = 4000;

/** @param lookup finds the addresses of a name; the system's when left out */
export function firstHop({ hostName, port, way }: SshHost, lookup: net.LookupFunction | undefined): Duplex {
  if (way.proxyCommand !== undefined) return new ProxyCommand(way.proxyCommand);
  return net.connect({
    host: hostName,
    port,
    autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS,
    ...(lookup === undefined ? {} : { lookup }),
    ...(way.family === undefined ? {} : { family: way.family }),
    ...(way.localAddress === undefined ? {} : { localAddress: way.localAddress }),
  });
}

/**
 * Before the server has shown its key, what a `ProxyCommand` says tells more than that it is gone.
 */
export function ofProxy(failure: Failure, socket: Duplex): Failure {
  const account = socket instanceof ProxyCommand ? socket.account : undefined;
  if (account === undefined) return failure;
  if (failure.code === "ssh.timeout") return { ...failure, message: `${failure.message} ${account}` };
  return failure.code === "ssh.not-ssh" || failure.code === "ssh.lost"
    ? { code: "ssh.unreachable", message: account }
    : failure;
}
