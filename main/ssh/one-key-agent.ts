/**
 * One key at a time for ssh2, which offers the keys of an "agent" one after the other and asks it
 * to sign only when the server wants that key. What ssh2 cannot read (certificates, keys in
 * hardware) is offered by a packet of our own.
 */
import ssh2 from "ssh2";
import { sshString } from "../ssh-keys/key-blob.ts";
import type { KeyOffer } from "../ssh-keys/key-offer.ts";

/** An "agent" that holds one key. */
export class OneKeyAgent extends ssh2.BaseAgent<ssh2.ParsedKey | Buffer> {
  readonly #offer: KeyOffer;
  readonly #sign: (data: Buffer, hash: string | undefined) => Promise<Buffer>;

  /** @param sign rejects when the key is to be passed over */
  constructor(offer: KeyOffer, sign: (data: Buffer, hash: string | undefined) => Promise<Buffer>) {
    super();
    this.#offer = offer;
    this.#sign = sign;
  }

  override getIdentities(found: ssh2.IdentityCallback<ssh2.ParsedKey | Buffer>): void {
    const { publicKey, algorithm } = this.#offer;
    found(undefined, [algorithm === undefined ? publicKey : blobKey(publicKey, algorithm)]);
  }

  override sign(
    _publicKey: ssh2.ParsedKey | Buffer,
    data: Buffer,
    options: ssh2.SigningRequestOptions | ssh2.SignCallback,
    signed?: ssh2.SignCallback,
  ): void {
    const done = typeof options === "function" ? options : signed;
    const hash = typeof options === "function" ? undefined : options.hash;
    this.#sign(data, hash).then(
      (signature) => done?.(null, signature),
      (error: unknown) => done?.(error instanceof Error ? error : new Error(String(error))),
    );
  }
}

/** Any key that ssh2 takes for one of its own. */
const SAMPLE = ssh2.utils.parseKey(
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
) as ssh2.ParsedKey;
const ALGORITHM = Symbol("algorithm");

interface BlobKey extends ssh2.ParsedKey {
  [ALGORITHM]: string;
}

function blobKey(blob: Buffer, algorithm: string): BlobKey {
  return Object.create(SAMPLE, {
    type: { value: algorithm },
    getPublicSSH: { value: () => blob },
    [ALGORITHM]: { value: algorithm },
  }) as BlobKey;
}

type SignedBy = (data: Buffer, signed: (signature: Buffer) => void) => void;

/** What ssh2 1.17 keeps to itself, of the client's side of a connection. */
interface Protocol {
  authPK(user: string, key: ssh2.ParsedKey, algorithm: string | SignedBy | undefined, sign?: SignedBy): void;
  _kex: { sessionID: Buffer };
  _kexinit: Buffer | undefined;
  _queue: Buffer[] | undefined;
  _authsQueue: string[];
  _packetRW: { write: { allocStart: number; alloc(length: number): Buffer; finalize(packet: Buffer): Buffer } };
  _cipher: { encrypt(packet: Buffer): void };
}

const USERAUTH_REQUEST = 50;

/**
 * Lets a client offer keys that ssh2 cannot read: it names one algorithm for the key and its
 * signature, which differ for certificates, and drops what follows the signature of a key in
 * hardware (RFC 4252, section 7; PROTOCOL.certkeys, PROTOCOL.u2f). To be called once it connects.
 */
export function letBlobKeysIn(client: ssh2.Client): void {
  const protocol = (client as unknown as { _protocol: Protocol })._protocol;
  const authPK = protocol.authPK.bind(protocol);
  protocol.authPK = (user, key, algorithm, sign) => {
    if (!(ALGORITHM in key)) {
      authPK(user, key, algorithm, sign);
      return;
    }
    const signedBy = typeof algorithm === "function" ? algorithm : sign;
    const payload = Buffer.concat([
      Buffer.from([USERAUTH_REQUEST]),
      ...[user, "ssh-connection", "publickey"].map(sshString),
      Buffer.from([signedBy === undefined ? 0 : 1]),
      sshString((key as BlobKey)[ALGORITHM]),
      sshString(key.getPublicSSH()),
    ]);
    if (signedBy === undefined) send(protocol, payload);
    else
      signedBy(Buffer.concat([sshString(protocol._kex.sessionID), payload]), (signature) =>
        send(protocol, Buffer.concat([payload, sshString(signature)])),
      );
  };
}

function send(protocol: Protocol, payload: Buffer): void {
  const { write } = protocol._packetRW;
  const start = write.allocStart;
  const packet = write.alloc(payload.length);
  packet.set(payload, start);
  // By which ssh2 knows what an answer is about.
  protocol._authsQueue.push("publickey");
  // As ssh2's own: what comes during an exchange of keys waits for its end.
  if (protocol._kexinit === undefined) protocol._cipher.encrypt(write.finalize(packet));
  else (protocol._queue ??= []).push(write.finalize(packet));
}
