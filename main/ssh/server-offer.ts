/** What a server offers to agree on: its SSH_MSG_KEXINIT (RFC 4253, section 7.1), read along. */

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

/** The payload of the first packet after the line that begins with `SSH-`. */
function firstPacket(bytes: Buffer): Buffer | undefined {
  let at = 0;
  for (;;) {
    const end = bytes.indexOf("\n", at);
    if (end === -1) return undefined;
    const isIdentification = bytes.toString("latin1", at, at + 4) === "SSH-";
    at = end + 1;
    if (isIdentification) break;
  }
  if (bytes.length < at + 5) return undefined;
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
