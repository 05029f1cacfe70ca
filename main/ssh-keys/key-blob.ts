/** Public keys, certificates, signatures as SSH writes them (RFC 4253, 6.6; PROTOCOL.certkeys). */

/** The strings at the beginning of a blob, as many as there are whole ones. */
function stringsOf(blob: Buffer): Buffer[] {
  const strings: Buffer[] = [];
  for (let at = 0; at + 4 <= blob.length;) {
    const from = at + 4;
    at = from + blob.readUInt32BE(at);
    if (at > blob.length) break;
    strings.push(blob.subarray(from, at));
  }
  return strings;
}

/** A string as SSH writes it (RFC 4251, section 5). */
export function sshString(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** `ssh-ed25519`, …; empty when it is none. */
export function typeOfKey(blob: Buffer): string {
  return stringsOf(blob)[0]?.toString("latin1") ?? "";
}

const CERTIFICATE = /^(.+)-cert-v01@openssh\.com$/;
/** Fields of the public key within a certificate, by the type of the key. */
const KEY_FIELDS: Readonly<Record<string, number>> = {
  "ssh-ed25519": 1,
  "ssh-rsa": 2,
  "ecdsa-sha2-nistp256": 2,
  "ecdsa-sha2-nistp384": 2,
  "ecdsa-sha2-nistp521": 2,
  "sk-ssh-ed25519": 2,
  "sk-ecdsa-sha2-nistp256": 3,
};

/**
 * The public key that a certificate is about; `undefined` when the blob is no certificate of a kind
 * that is known here.
 */
export function keyOfCertificate(blob: Buffer): Buffer | undefined {
  const [type, , ...fields] = stringsOf(blob);
  const [, plain] = CERTIFICATE.exec(type?.toString("latin1") ?? "") ?? [];
  const count = plain !== undefined && Object.hasOwn(KEY_FIELDS, plain) ? KEY_FIELDS[plain] : undefined;
  if (plain === undefined || count === undefined || fields.length < count) return undefined;
  // Keys in hardware have a name of OpenSSH's own.
  const name = plain.startsWith("sk-") ? `${plain}@openssh.com` : plain;
  return Buffer.concat([name, ...fields.slice(0, count)].map(sshString));
}

/** What stands in a public key file: `type base64 comment`, as `ssh-keygen` writes it. */
export function publicKeyOf(text: string): Buffer | undefined {
  for (const line of text.split("\n")) {
    const [, type, base64 = ""] = /^\s*([\w@.-]+)[ \t]+([\w+/]+=*)(?:\s|$)/.exec(line) ?? [];
    const blob = Buffer.from(base64, "base64");
    if (type !== undefined && typeOfKey(blob) === type) return blob;
  }
  return undefined;
}

/**
 * The name of the signature algorithm for a key blob that ssh2 cannot offer by itself, as the login
 * names it (RFC 8332 for RSA); `undefined` for keys that ssh2 knows, and for kinds nobody knows.
 */
export function algorithmOf(blob: Buffer): string | undefined {
  const type = typeOfKey(blob);
  if (type === "ssh-rsa-cert-v01@openssh.com") return "rsa-sha2-512-cert-v01@openssh.com";
  if (keyOfCertificate(blob) !== undefined) return type;
  return type === "sk-ssh-ed25519@openssh.com" || type === "sk-ecdsa-sha2-nistp256@openssh.com" ? type : undefined;
}

/** What is in a signature blob besides the name of its algorithm, as ssh2 wants it. */
export function innerSignature(signature: Buffer): Buffer | undefined {
  return stringsOf(signature)[1];
}

/**
 * A signature blob out of what OpenSSL made.
 * @param type of the key, without certificate
 */
export function signatureBlob(type: string, made: Buffer): Buffer {
  if (type === "ssh-rsa") return Buffer.concat([sshString("rsa-sha2-512"), sshString(made)]);
  return Buffer.concat([sshString(type), sshString(type.startsWith("ecdsa-") ? ofEcdsa(made) : made)]);
}

/** Two numbers in DER as two strings (RFC 5656, 3.1.2). */
function ofEcdsa(der: Buffer): Buffer {
  // P-521 needs a second byte for the length of the whole.
  let at = der.readUInt8(1) > 0x80 ? 3 : 2;
  const numbers: Buffer[] = [];
  while (numbers.length < 2) {
    const length = der.readUInt8(at + 1);
    numbers.push(sshString(der.subarray(at + 2, at + 2 + length)));
    at += 2 + length;
  }
  return Buffer.concat(numbers);
}
