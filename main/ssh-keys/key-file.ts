/** Keys in files: read, opened with a passphrase where there is one, named by their public half. */
import ssh2 from "ssh2";
import { FailureError } from "../failures.ts";
import { readSmallTextFile } from "../ssh-config/small-text-file.ts";
import { algorithmOf, keyOfCertificate, publicKeyOf, signatureBlob, typeOfKey } from "./key-blob.ts";
import type { KeyOffer, LockedKey } from "./key-offer.ts";
import { fromPkcs8 } from "./pkcs8.ts";
import { t } from "../language/translate.ts";

/**
 * Asks for the passphrase of a key file; `wrong` after a first attempt. `undefined`: the person
 * gave up.
 */
export type AskPassphrase = (file: string, wrong: boolean) => Promise<string | undefined>;

/** What a path that is named as a key turned out to be. */
export interface KeyFile {
  path: string;
  required: boolean;
  /** By which an SSH agent may know it; `undefined` when nothing tells. */
  publicKey: Buffer | undefined;
  /** How the file itself can be used, or why not; `undefined`: it is not there. */
  use: KeyOffer | LockedKey | { why: string } | undefined;
  /** Beside it, as `ssh-keygen -s` leaves it. */
  certificate: Buffer | undefined;
}

type ParsedKey = ssh2.ParsedKey;
type Opened = { kind: "open"; key: ParsedKey } | { kind: "locked" } | { kind: "broken"; why: string };

const MAX_ATTEMPTS = 3;
const MAX_KEY_FILE_BYTES = 1_048_576;

/**
 * The key that a path names: a private key, or the public half of one that an SSH agent holds
 * (ssh_config(5), IdentityFile). Nothing is asked here: an encrypted key is only unlocked when the
 * server wants its signature, or, where the file does not say its public half, before it is
 * offered. Never rejects.
 */
export async function readKeyFile(
  { path, required }: { path: string; required: boolean },
  ask: AskPassphrase,
): Promise<KeyFile> {
  const file = await readSmallTextFile(path, MAX_KEY_FILE_BYTES);
  const found = {
    path,
    required,
    publicKey: await publicKeyIn(`${path}.pub`),
    certificate: await readCertificate(`${path}-cert.pub`),
  };
  if (file.kind === "missing") return { ...found, use: undefined };
  if (file.kind !== "text") return { ...found, use: { why: file.kind === "folder" ? t("it is a folder") : file.why } };
  const asPublic = publicKeyOf(file.text);
  if (asPublic !== undefined)
    return { ...found, publicKey: asPublic, use: { why: t("it is a public key; choose the private one beside it") } };
  const opened = openKey(file.text, undefined);
  const publicKey =
    headOf(file.text)?.publicKey ?? (opened.kind === "open" ? opened.key.getPublicSSH() : found.publicKey);
  if (opened.kind === "broken") return { ...found, publicKey, use: { why: whyNot(opened.why, publicKey) } };
  let opening = opened.kind === "open" ? Promise.resolve(opened.key) : undefined;
  // Asked once, for the key and its certificates.
  const open = () => (opening ??= unlock(path, file.text, ask));
  const key = { path, required, open };
  if (publicKey !== undefined) return { ...found, publicKey, use: offerOf(key, publicKey) };
  const use = { name: path, required, unlock: async () => offerOf(key, (await open()).getPublicSSH()) };
  return { ...found, publicKey, use };
}

/** The certificate in a file; `undefined` when there is none. */
export async function readCertificate(path: string): Promise<Buffer | undefined> {
  const blob = await publicKeyIn(path);
  return blob === undefined || keyOfCertificate(blob) === undefined ? undefined : blob;
}

/** The failure of a key file that was chosen in the app. */
export function unreadable(file: string, why: string): FailureError {
  return new FailureError({
    code: "ssh.key-unreadable",
    message: t("The key {file} cannot be used: {why}.", { file, why }),
  });
}

async function publicKeyIn(path: string): Promise<Buffer | undefined> {
  const file = await readSmallTextFile(path, MAX_KEY_FILE_BYTES);
  return file.kind === "text" ? publicKeyOf(file.text) : undefined;
}

function whyNot(why: string, publicKey: Buffer | undefined): string {
  return publicKey !== undefined && typeOfKey(publicKey).startsWith("sk-")
    ? t("it is kept in hardware (FIDO); load it into an SSH agent")
    : why;
}

interface OpenableKey {
  path: string;
  required: boolean;
  /** Rejects with `FailureError`. */
  open: () => Promise<ParsedKey>;
}

function offerOf(file: OpenableKey, key: Buffer, certificate?: Buffer): KeyOffer {
  const { path, required, open } = file;
  const publicKey = certificate ?? key;
  const algorithm = algorithmOf(publicKey);
  return {
    name: certificate === undefined ? path : t("{name} with its certificate", { name: path }),
    required,
    publicKey,
    algorithm,
    withCertificate: (other) => offerOf(file, key, other),
    sign: async (data, hash) => {
      const opened = await open();
      if (algorithm === undefined) return signWith(opened, data, hash);
      const type = typeOfKey(key);
      return signatureBlob(type, signWith(opened, data, type === "ssh-rsa" ? "sha512" : undefined));
    },
  };
}

async function unlock(file: string, text: string, ask: AskPassphrase): Promise<ParsedKey> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const passphrase = await ask(file, attempt > 0);
    if (passphrase === undefined)
      throw new FailureError({ code: "ssh.cancelled", message: t("No passphrase was given for {file}.", { file }) });
    const opened = openKey(text, passphrase);
    if (opened.kind === "open") return opened.key;
    if (opened.kind === "broken") throw unreadable(file, opened.why);
  }
  throw new FailureError({
    code: "ssh.passphrase-wrong",
    message: t("None of the {count} passphrases opens {file}.", { count: MAX_ATTEMPTS, file }),
  });
}

function signWith(key: ParsedKey, data: Buffer, hash: string | undefined): Buffer {
  const signature: Buffer | Error = key.sign(data, hash);
  if (signature instanceof Error) throw signature;
  return signature;
}

function openKey(text: string, passphrase: string | undefined): Opened {
  const translated = fromPkcs8(text, passphrase);
  if (translated.kind !== "text") return translated;
  if (headOf(text)?.cipher === "chacha20-poly1305@openssh.com")
    return {
      kind: "broken",
      why: t(
        "it is encrypted with chacha20-poly1305, which this app cannot open; change that with “ssh-keygen -p -Z aes256-ctr”, or load the key into an SSH agent",
      ),
    };
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
  if (key === undefined) return { kind: "broken", why: t("it holds no key") };
  return key.isPrivateKey() ? { kind: "open", key } : { kind: "broken", why: t("it holds no private key") };
}

const MAGIC = Buffer.from("openssh-key-v1\0", "latin1");

/**
 * OpenSSH's own format says in clear text how it is encrypted, and the public half (PROTOCOL.key):
 * cipher, kdf, options, number of keys, then the first public key.
 */
function headOf(text: string): { cipher: string; publicKey: Buffer } | undefined {
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
  const [cipher, kdf, options] = [next(), next(), next()];
  at += 4;
  const publicKey = next();
  if (cipher === undefined || kdf === undefined || options === undefined || publicKey === undefined) return undefined;
  return { cipher: cipher.toString("latin1"), publicKey };
}
