/** A private key that a login can offer. */
import { createPrivateKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import ssh2 from "ssh2";
import { FailureError, messageOf, systemCodeOf } from "../failures.ts";

/**
 * A key that can be offered to a server. Offering needs only the public half; signing may need the
 * person's passphrase.
 */
export interface KeyOffer {
  /** For messages: the file, or the comment of the SSH agent's key. */
  name: string;
  /** Public key blob (RFC 4253, section 6.6). */
  publicKey: Buffer;
  /** @param hash `sha256` or `sha512` for RSA keys (RFC 8332) */
  sign(data: Buffer, hash: string | undefined): Promise<Buffer>;
}

/**
 * Asks for the passphrase of a key file; `wrong` after a first attempt. `undefined`: the person
 * gave up.
 */
export type AskPassphrase = (file: string, wrong: boolean) => Promise<string | undefined>;

type ParsedKey = ssh2.ParsedKey;
type Opened = { kind: "open"; key: ParsedKey } | { kind: "locked" } | { kind: "broken"; why: string };

const MAX_ATTEMPTS = 3;

/**
 * The key in a file. An encrypted one is only unlocked when the server wants its signature, unless
 * the file does not say its public half.
 *
 * Rejects with `ssh.key-unreadable` or `ssh.passphrase-wrong`; resolves to `undefined` when there
 * is no such file and it was not asked for by name.
 */
export async function offerOfFile(
  file: string,
  { required, ask }: { required: boolean; ask: AskPassphrase },
): Promise<KeyOffer | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (!required && systemCodeOf(error) === "ENOENT") return undefined;
    throw unreadable(file, systemCodeOf(error) === "ENOENT" ? "there is no such file" : messageOf(error));
  }
  const opened = openKey(text, undefined);
  if (opened.kind === "broken") throw unreadable(file, opened.why);
  const unlocked = opened.kind === "open" ? opened.key : undefined;
  const publicKey = unlocked?.getPublicSSH() ?? publicHalf(text) ?? (await publicFile(file));
  if (publicKey !== undefined) {
    let key: Promise<ParsedKey> | undefined = unlocked === undefined ? undefined : Promise.resolve(unlocked);
    return {
      name: file,
      publicKey,
      sign: async (data, hash) => signWith(await (key ??= unlock(file, text, ask)), data, hash),
    };
  }
  const key = await unlock(file, text, ask);
  return {
    name: file,
    publicKey: key.getPublicSSH(),
    sign: (data, hash) => Promise.resolve(signWith(key, data, hash)),
  };
}

async function unlock(file: string, text: string, ask: AskPassphrase): Promise<ParsedKey> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const passphrase = await ask(file, attempt > 0);
    if (passphrase === undefined)
      throw new FailureError({ code: "ssh.cancelled", message: `No passphrase was given for ${file}.` });
    const opened = openKey(text, passphrase);
    if (opened.kind === "open") return opened.key;
    if (opened.kind === "broken") throw unreadable(file, opened.why);
  }
  throw new FailureError({
    code: "ssh.passphrase-wrong",
    message: `None of the ${MAX_ATTEMPTS} passphrases opens ${file}.`,
  });
}

function signWith(key: ParsedKey, data: Buffer, hash: string | undefined): Buffer {
  const signature: Buffer | Error = key.sign(data, hash);
  if (signature instanceof Error) throw signature;
  return signature;
}

function openKey(text: string, passphrase: string | undefined): Opened {
  const translated = fromPkcs8(text, passphrase);
  if (translated.kind !== "open-text") return translated;
  const parsed = ssh2.utils.parseKey(translated.text, passphrase) as ParsedKey | ParsedKey[] | Error;
  if (parsed instanceof Error) {
    // ssh2 says no code for it; a wrong passphrase shows as bytes that do not add up.
    if (parsed.message.includes("no passphrase given")) return { kind: "locked" };
    if (
      passphrase !== undefined &&
      /bad passphrase|integrity check|malformed|bad decrypt|wrong final block/i.test(parsed.message)
    )
      return { kind: "locked" };
    return { kind: "broken", why: parsed.message };
  }
  const key: ParsedKey | undefined = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined) return { kind: "broken", why: "it holds no key" };
  return key.isPrivateKey()
    ? { kind: "open", key }
    : { kind: "broken", why: "it is a public key; choose the private one beside it" };
}

/**
 * PKCS #8 (`BEGIN PRIVATE KEY`) is what other programs write and ssh2 does not read: rewritten as
 * PKCS #1 or SEC 1.
 */
function fromPkcs8(
  text: string,
  passphrase: string | undefined,
): { kind: "open-text"; text: string } | Exclude<Opened, { kind: "open" }> {
  if (!/-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text)) return { kind: "open-text", text };
  if (text.includes("BEGIN ENCRYPTED") && passphrase === undefined) return { kind: "locked" };
  try {
    const key = createPrivateKey({ key: text, format: "pem", ...(passphrase === undefined ? {} : { passphrase }) });
    if (key.asymmetricKeyType === "rsa")
      return { kind: "open-text", text: key.export({ type: "pkcs1", format: "pem" }) };
    if (key.asymmetricKeyType === "ec") return { kind: "open-text", text: key.export({ type: "sec1", format: "pem" }) };
    return {
      kind: "broken",
      why: `keys of type ${key.asymmetricKeyType ?? "?"} must be in OpenSSH's own format; convert it with ssh-keygen -p`,
    };
  } catch (error) {
    return passphrase === undefined ? { kind: "broken", why: messageOf(error) } : { kind: "locked" };
  }
}

const MAGIC = Buffer.from("openssh-key-v1\0", "latin1");

/**
 * OpenSSH's own format has the public half in clear text (PROTOCOL.key): cipher, kdf, options,
 * number of keys, then the first public key.
 */
function publicHalf(text: string): Buffer | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text)?.[1];
  if (body === undefined) return undefined;
  const bytes = Buffer.from(body, "base64");
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  let at = MAGIC.length;
  const next = (): Buffer | undefined => {
    if (at + 4 > bytes.length) return undefined;
    const from = at + 4;
    at = from + bytes.readUInt32BE(at);
    return at > bytes.length ? undefined : bytes.subarray(from, at);
  };
  if (next() === undefined || next() === undefined || next() === undefined) return undefined;
  at += 4;
  return next();
}

async function publicFile(file: string): Promise<Buffer | undefined> {
  const text = await readFile(`${file}.pub`, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(text);
  return parsed instanceof Error || Array.isArray(parsed) ? undefined : parsed.getPublicSSH();
}

function unreadable(file: string, why: string): FailureError {
  return new FailureError({ code: "ssh.key-unreadable", message: `The key ${file} cannot be used: ${why}.` });
}
