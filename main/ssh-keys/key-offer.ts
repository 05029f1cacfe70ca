/** What a login can offer: a key whose public half is known, or one that has to be opened first. */

/**
 * A key that can be offered to a server. Offering needs only the public half; signing may need the
 * person's passphrase, or somebody who touches a token.
 */
export interface KeyOffer {
  /** For messages: the file, or the comment of the SSH agent's key. */
  name: string;
  /** Chosen in the app: when it cannot be used, nothing else is tried. */
  required: boolean;
  /** Public key blob (RFC 4253, section 6.6), or a certificate. */
  publicKey: Buffer;
  /**
   * For certificates and keys in hardware, which ssh2 does not know: the algorithm as the login
   * names it. `sign` then resolves to a whole signature blob, else to what stands in it.
   */
  algorithm: string | undefined;
  /**
   * Rejects with `FailureError`.
   * @param hash `sha256` or `sha512` for RSA keys (RFC 8332)
   */
  sign(data: Buffer, hash: string | undefined, signal: AbortSignal): Promise<Buffer>;
  /** The same key, offered by a certificate that is about it. */
  withCertificate(certificate: Buffer): KeyOffer;
}

/** An encrypted key that does not say its public half. */
export interface LockedKey {
  name: string;
  required: boolean;
  /** Asks for the passphrase. Rejects with `FailureError`. */
  unlock(): Promise<KeyOffer>;
}
