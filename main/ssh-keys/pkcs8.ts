/** PKCS #8 (RFC 5958), which other programs write and ssh2 does not read, in forms that it does. */
import { type KeyObject, createPrivateKey } from "node:crypto";
import { messageOf, systemCodeOf } from "../failures.ts";
import { sshString } from "./key-blob.ts";
import { t } from "../language/translate.ts";

export type Translated = { kind: "text"; text: string } | { kind: "locked" } | { kind: "broken"; why: string };

/** The same key as PKCS #1, SEC 1 or OpenSSH's own format; any other text as it is. */
export function fromPkcs8(text: string, passphrase: string | undefined): Translated {
  if (!/-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text)) return { kind: "text", text };
  if (text.includes("BEGIN ENCRYPTED") && passphrase === undefined) return { kind: "locked" };
  try {
    const key = createPrivateKey({ key: text, format: "pem", ...(passphrase === undefined ? {} : { passphrase }) });
    if (key.asymmetricKeyType === "rsa") return { kind: "text", text: key.export({ type: "pkcs1", format: "pem" }) };
    if (key.asymmetricKeyType === "ec") return { kind: "text", text: key.export({ type: "sec1", format: "pem" }) };
    if (key.asymmetricKeyType === "ed25519") return { kind: "text", text: opensshText(key) };
    return { kind: "broken", why: t("SSH has no keys of type {type}", { type: key.asymmetricKeyType ?? "?" }) };
  } catch (error) {
    // BoringSSL in Electron knows no scrypt here, and says so before it looks at the passphrase.
    if (systemCodeOf(error)?.startsWith("ERR_OSSL_UNSUPPORTED") === true)
      return {
        kind: "broken",
        why: t(
          "it is encrypted in a way that this app does not know; change that with “openssl pkcs8 -topk8 -v2 aes-256-cbc”, or load the key into an SSH agent",
        ),
      };
    return passphrase === undefined ? { kind: "broken", why: messageOf(error) } : { kind: "locked" };
  }
}

/** PROTOCOL.key of OpenSSH, without encryption: the text never leaves the memory. */
function opensshText(key: KeyObject): string {
  const { x = "", d = "" } = key.export({ format: "jwk" });
  const publicKey = Buffer.from(x, "base64url");
  const seed = Buffer.from(d, "base64url");
  const type = sshString("ssh-ed25519");
  const count = Buffer.from([0, 0, 0, 1]);
  const checks = Buffer.alloc(8);
  const both = sshString(Buffer.concat([seed, publicKey]));
  const secret = Buffer.concat([checks, type, sshString(publicKey), both, sshString("")]);
  // To a multiple of eight bytes with 1, 2, 3, …
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, at) => at + 1));
  const body = Buffer.concat([
    Buffer.from("openssh-key-v1\0", "latin1"),
    ...["none", "none", ""].map(sshString),
    count,
    sshString(Buffer.concat([type, sshString(publicKey)])),
    sshString(Buffer.concat([secret, padding])),
  ]);
  const lines = body.toString("base64").replaceAll(/.{1,70}/g, "$&\n");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}-----END OPENSSH PRIVATE KEY-----\n`;
}
