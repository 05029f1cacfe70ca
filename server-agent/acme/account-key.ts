/**
 * The key of an account with an authority, and what is signed by it: JSON Web Signatures (RFC
 * 7515) in the form that ACME asks for (RFC 8555, 6.2).
 */
import { createHash, createHmac, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";

/** What a signature is about, besides its content. */
interface SignedHead {
  readonly url: string;
  readonly nonce?: string;
  /** Of the account; absent before there is one. */
  readonly kid?: string | undefined;
}

export class AccountKey {
  /** By which an authority knows the key (RFC 7638); no secret. */
  readonly thumbprint: string;
  readonly #key: KeyObject;
  readonly #jwk: Readonly<Record<string, string>>;

  /** @throws if it is no private key that ACME knows: ECDSA P-256, or RSA */
  constructor(pem: string) {
    this.#key = createPrivateKey(pem);
    const { kty, crv, x, y, n, e } = createPublicKey(this.#key).export({ format: "jwk" });
    if (kty === "EC" && crv === "P-256") this.#jwk = { crv, kty, x: x ?? "", y: y ?? "" };
    else if (kty === "RSA") this.#jwk = { e: e ?? "", kty, n: n ?? "" };
    else throw new Error("it is neither an ECDSA key on P-256 nor an RSA key");
    // Its members in this order, without blanks.
    this.thumbprint = createHash("sha256").update(JSON.stringify(this.#jwk)).digest("base64url");
  }

  /** @param payload Absent: a request that only reads (POST-as-GET, RFC 8555, 6.3). */
  sign({ url, nonce, kid }: SignedHead, payload: unknown): string {
    const isEcdsa = this.#jwk.kty === "EC";
    const head = {
      alg: isEcdsa ? "ES256" : "RS256",
      url,
      nonce,
      ...(kid === undefined ? { jwk: this.#jwk } : { kid }),
    };
    return joined(head, payload, (content) => sign("sha256", content, { key: this.#key, dsaEncoding: "ieee-p1363" }));
  }

  /** That this account is of that one, which somebody has with the authority (RFC 8555, 7.3.4). */
  bindTo({ id, macKey, url }: { id: string; macKey: string; url: string }): unknown {
    const secret = Buffer.from(macKey, "base64url");
    const bound = joined({ alg: "HS256", kid: id, url }, this.#jwk, (content) =>
      createHmac("sha256", secret).update(content).digest(),
    );
    return JSON.parse(bound) as unknown;
  }
}

function joined(head: object, payload: unknown, signatureOf: (content: Buffer) => Buffer): string {
  const [first, second] = [encoded(head), payload === undefined ? "" : encoded(payload)];
  const signature = signatureOf(Buffer.from(`${first}.${second}`)).toString("base64url");
  return JSON.stringify({ protected: first, payload: second, signature });
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
