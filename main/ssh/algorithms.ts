/** What is offered to servers to agree on, and how to say that nothing is in common. */
import type ssh2 from "ssh2";
import type { Failure } from "../contract/failures.ts";
import { plainText } from "../text/plain-text.ts";
import type { ServerOffer } from "./server-offer.ts";

/** RSA with SHA-1 is left out (RFC 8332); so is DSA. */
export const HOST_KEY_ALGORITHMS: readonly ssh2.ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/**
 * Without group exchange: whether a prime that the server chose is one takes OpenSSL up to a
 * minute, in which the whole app stands still.
 */
export const KEY_EXCHANGES: readonly ssh2.KexAlgorithm[] = [
  "curve25519-sha256",
  "curve25519-sha256@libssh.org",
  "ecdh-sha2-nistp256",
  "ecdh-sha2-nistp384",
  "ecdh-sha2-nistp521",
  // BoringSSL, which Electron has instead of OpenSSL, takes 0.5, 7 and 53 s for these, in which the
  // whole app stands still before the host key was looked at.
  ...("electron" in process.versions
    ? []
    : (["diffie-hellman-group14-sha256", "diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512"] as const)),
];

const MAX_OFFER_LENGTH = 400;

/** How ssh2 calls what has to be agreed on, and where a server is told to offer something else. */
const KINDS = [
  {
    said: /key exchange/,
    list: "keyExchanges",
    name: "way to exchange keys",
    option: "KexAlgorithms",
    example: "curve25519-sha256",
  },
  { said: /host key/, list: "hostKeys", name: "kind of host key", option: "HostKeyAlgorithms", example: "ssh-ed25519" },
  { said: /cipher/, list: "ciphers", name: "cipher", option: "Ciphers", example: "aes256-gcm@openssh.com" },
  { said: /MAC/, list: "macs", name: "message authentication code", option: "MACs", example: "hmac-sha2-256" },
  {
    said: /compression/,
    list: "compressions",
    name: "way to send without compression",
    option: "Compression",
    example: "no",
  },
] as const;

/** @param message how ssh2 says that client and server agree on nothing */
export function nothingInCommon(message: string, address: string, offer: ServerOffer): Failure {
  const kind = KINDS.find(({ said }) => said.test(message));
  const offered = kind === undefined ? undefined : offer.lists?.[kind.list];
  if (kind === undefined || offered === undefined)
    return { code: "ssh.algorithms", message: `${address} and this app have no algorithm in common (${message}).` };
  return {
    code: "ssh.algorithms",
    message: `${address} and this app have no ${kind.name} in common. The server offers ${plainText(offered.join(", "), MAX_OFFER_LENGTH)}. Let it offer another one, too: ${kind.option} ${kind.example}, for example, in its sshd_config.`,
  };
}
