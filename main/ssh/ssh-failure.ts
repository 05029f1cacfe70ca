/** From errors of ssh2 to failures in words. */
import { t } from "../language/translate.ts";
import { FailureError, messageOf, systemCodeOf } from "../failures.ts";
import type { Failure } from "../contract/failures.ts";
import { ServerOffer, nothingInCommon } from "./algorithms.ts";
import { type SshHost, addressOf } from "../ssh-config/ssh-host.ts";

/**
 * What went wrong on the way to a host, in words a person can act on.
 * @param offer what the server offered to agree on
 */
export function sshFailure(error: unknown, host: SshHost, offer = new ServerOffer()): Failure {
  if (error instanceof FailureError) return error.failure;
  const address = addressOf(host);
  const message = messageOf(error);
  switch (systemCodeOf(error)) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return {
        code: "ssh.name-unknown",
        message: t("No address is known for {host}. Check the spelling, and that this computer is online.", {
          host: host.hostName,
        }),
      };
    case "ECONNREFUSED":
      return {
        code: "ssh.refused",
        message: t("Nothing listens on port {port} of {host}. Check the port, and that the SSH server runs.", {
          port: String(host.port),
          host: host.hostName,
        }),
      };
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "ENETDOWN":
    case "EADDRNOTAVAIL":
      return {
        code: "ssh.unreachable",
        message: t("There is no way to {host} from here: {message}. Check the network or the VPN.", {
          host: host.hostName,
          message,
        }),
      };
    case "ETIMEDOUT":
      return {
        code: "ssh.timeout",
        message: t("{address} does not answer. A firewall may drop the packets, or the port is wrong.", { address }),
      };
    case "ECONNRESET":
    case "EPIPE":
      if (!offer.hasBegun) return hungUp(address);
      break;
    default:
  }
  if (levelOf(error) === "protocol" || levelOf(error) === "handshake") {
    if (/no matching/i.test(message)) return nothingInCommon(message, address, offer);
    if (/before handshake/i.test(message)) return hungUp(address);
    return {
      code: "ssh.not-ssh",
      message: t("What answers at {address} does not speak SSH as it should ({message}). Check the port.", {
        address,
        message,
      }),
    };
  }
  if (/bad packet length/i.test(message) && offer.lists !== undefined)
    return {
      code: "ssh.not-ssh",
      message: t(
        "{address} sends a packet that is longer than this app takes (35 kB), perhaps the text before the login: shorten the file that Banner in its sshd_config names.",
        { address },
      ),
    };
  if (/keepalive timeout/i.test(message))
    return { code: "ssh.lost", message: t("{address} has gone silent.", { address }) };
  return { code: "ssh.lost", message: t("The SSH connection to {address} failed: {message}", { address, message }) };
}

/** So do firewalls, and sshd when too many log in at once (MaxStartups). */
function hungUp(address: string): Failure {
  return {
    code: "ssh.not-ssh",
    message: t(
      "{address} hung up before it said anything of SSH. Its SSH server or a firewall may not accept this address, too many may be logging in at the moment (MaxStartups), or the port is wrong.",
      { address },
    ),
  };
}

/** ssh2 marks where an error comes from. */
export function levelOf(error: unknown): string | undefined {
  return error instanceof Error && "level" in error && typeof error.level === "string" ? error.level : undefined;
}
