/** What is offered to servers to agree on, what they offer, and that nothing is in common. */
import type ssh2 from "ssh2";
import type { Failure } from "../contract/failures.ts";
import { plainText } from "../text/plain-text.ts";
import { t } from "../language/translate.ts";

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
    return {
      code: "ssh.algorithms",
      message: t("{address} and this app have no algorithm in common ({message}).", { address, message }),
    };
  return {
    code: "ssh.algorithms",
    message: t(
      "{address} and this app have no {what} in common. The server offers {offered}. Let it offer another one, too: {line}, for example, in its sshd_config.",
      {
        address,
        what: t(kind.name),
        offered: plainText(offered.join(", "), MAX_OFFER_LENGTH),
        line: `${kind.option} ${kind.example}`,
      },
    ),
  };
}

const KEXINIT = 20;
const COOKIE_BYTES = 16;
/** An offer takes one or two kilobytes; what is longer is not read. */
const MAX_OFFER_BYTES = 64 * 1024;

interface OfferedLists {
  keyExchanges: string[];
  hostKeys: string[];
  /** From the server to here; in practice both ways are the same. */
  ciphers: string[];
  macs: string[];
  compressions: string[];
}

/** Gathers the first bytes of a connection, which are in clear text, until the offer is there. */
export class ServerOffer {
  #bytes = Buffer.alloc(0);
  #isOver = false;
  /** `undefined` before it has come, and when it cannot be read. */
  lists: OfferedLists | undefined;

  /** Whether it has said that it is an SSH server. */
  get hasBegun(): boolean {
    return this.#isOver || identificationEnd(this.#bytes) !== undefined;
  }

  add(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const packet = firstPacket(this.#bytes);
    if (packet === undefined && this.#bytes.length < MAX_OFFER_BYTES) return;
    this.#isOver = true;
    this.#bytes = Buffer.alloc(0);
    if (packet?.[0] === KEXINIT) this.lists = listsOf(packet.subarray(1 + COOKIE_BYTES));
  }
}

/** Where the line ends that begins with `SSH-`; there may be others before it. */
function identificationEnd(bytes: Buffer): number | undefined {
  for (let at = 0; ;) {
    const end = bytes.indexOf("\n", at);
    if (end === -1) return undefined;
    if (bytes.toString("latin1", at, at + 4) === "SSH-") return end + 1;
    at = end + 1;
  }
}

/** The payload of the first packet after that line. */
function firstPacket(bytes: Buffer): Buffer | undefined {
  const at = identificationEnd(bytes);
  if (at === undefined || bytes.length < at + 5) return undefined;
  const length = bytes.readUInt32BE(at);
  const padding = bytes.readUInt8(at + 4);
  return bytes.length < at + 4 + length ? undefined : bytes.subarray(at + 5, at + 4 + length - padding);
}

function listsOf(bytes: Buffer): OfferedLists | undefined {
  const lists: string[][] = [];
  for (let at = 0; lists.length < 8;) {
    if (at + 4 > bytes.length) return undefined;
    const from = at + 4;
    at = from + bytes.readUInt32BE(at);
    lists.push(bytes.toString("latin1", from, at).split(","));
  }
  const [keyExchanges = [], hostKeys = [], , ciphers = [], , macs = [], , compressions = []] = lists;
  return {
    keyExchanges: keyExchanges.filter((name) => !IS_EXTENSION.test(name)),
    hostKeys,
    ciphers,
    macs,
    compressions,
  };
}

/** Stands among the key exchanges and is none (RFC 8308; strict key exchange of OpenSSH). */
const IS_EXTENSION = /^(?:ext-info-|kex-strict-)/;
