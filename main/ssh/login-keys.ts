/** Which keys a login offers, in which order, and which could not be used. */
import { FailureError, messageOf } from "../failures.ts";
import type { SshHost } from "../ssh-config/ssh-host.ts";
import { offersOfAgent } from "../ssh-keys/agent-keys.ts";
import { keyOfCertificate } from "../ssh-keys/key-blob.ts";
import { type AskPassphrase, type KeyFile, readCertificate, readKeyFile, unreadable } from "../ssh-keys/key-file.ts";
import type { KeyOffer, LockedKey } from "../ssh-keys/key-offer.ts";
import { t } from "../language/translate.ts";

export interface LoginKeys {
  /** The likeliest first: a server with a low MaxAuthTries sees few. */
  keys: (KeyOffer | LockedKey)[];
  /** Whole sentences on what would have been tried. */
  notTried: string[];
}

/**
 * Keys in the order of ssh(1): those named for the host that the SSH agent holds, the other named
 * ones, the rest of the SSH agent, and last those that have to be unlocked before they can be
 * offered. A certificate comes before its key.
 *
 * Rejects with `ssh.key-unreadable` when a key that was chosen in the app cannot be used; any other
 * is passed over.
 */
export async function keysFor(host: SshHost, ask: AskPassphrase, signal: AbortSignal): Promise<LoginKeys> {
  const notTried: string[] = [];
  const agent = await heldKeys(host, notTried, signal);
  const files = await Promise.all(host.identityFiles.map((file) => readKeyFile(file, ask)));
  const extra = (await Promise.all(host.certificateFiles.map(readCertificate))).filter((blob) => blob !== undefined);
  const certificates = [...extra, ...files.flatMap(({ certificate }) => certificate ?? [])];

  const ofAgent: KeyOffer[] = [];
  const ofFiles: KeyOffer[] = [];
  const locked: LockedKey[] = [];
  for (const file of files) {
    const { publicKey, use } = file;
    const held = publicKey === undefined ? undefined : agent.find((offer) => offer.publicKey.equals(publicKey));
    if (held !== undefined) ofAgent.push({ ...held, required: file.required });
    else if (use === undefined || "why" in use) notTried.push(...whyNotTried(file));
    else if ("unlock" in use) locked.push(use);
    else ofFiles.push(use);
  }
  const isNamed = ({ publicKey }: KeyOffer) =>
    [...ofAgent, ...ofFiles].some((offer) => offer.publicKey.equals(publicKey)) ||
    // A certificate of a named key is named as well.
    files.some((file) => file.publicKey !== undefined && keyOfCertificate(publicKey)?.equals(file.publicKey) === true);
  const others = agent.filter((offer) => !ofAgent.some(({ publicKey }) => offer.publicKey.equals(publicKey)));
  const named = [...others.filter(isNamed), ...ofAgent, ...ofFiles];
  const rest = host.identitiesOnly ? [] : others.filter((offer) => !isNamed(offer));
  const keys: (KeyOffer | LockedKey)[] = [...named, ...rest].flatMap((offer) => [
    ...certificates
      .filter((certificate) => keyOfCertificate(certificate)?.equals(offer.publicKey) === true)
      .map((certificate) => offer.withCertificate(certificate)),
    offer,
  ]);
  return {
    keys: [...locked.filter(({ required }) => required), ...keys, ...locked.filter(({ required }) => !required)],
    notTried,
  };
}

/** An SSH agent that does not answer is no reason to stop: the refusal says so. */
async function heldKeys(host: SshHost, notTried: string[], signal: AbortSignal): Promise<KeyOffer[]> {
  if (host.agentSocket === undefined) return [];
  try {
    const { offers, unknown } = await offersOfAgent(host.agentSocket, signal);
    if (unknown.length > 0)
      notTried.push(t("Not tried, as their type is not supported: {names}.", { names: unknown.join(", ") }));
    return offers;
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    notTried.push(messageOf(error));
    return [];
  }
}

function whyNotTried({ path, required, publicKey, use }: KeyFile): string[] {
  if (use === undefined) {
    if (required) throw unreadable(path, t("there is no such file"));
    return publicKey === undefined
      ? []
      : [t("Of the key {path} there is only the public half, and the SSH agent does not hold it.", { path })];
  }
  if (!("why" in use)) return [];
  if (required) throw unreadable(path, use.why);
  return [t("The key {path} was not tried: {why}.", { path, why: use.why })];
}
