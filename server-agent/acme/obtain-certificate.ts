/**
 * One order, from the account to the certificate (RFC 8555, 7.1.3): nothing of it is kept, so that
 * whoever is interrupted begins again. What the authority asks over HTTP is answered by the
 * workers, who need nothing of the order (`server-agent/worker/handlers/acme-challenges.ts`); what
 * it asks over TLS they are told first (`server-agent/worker/tls/tls-challenge.ts`).
 */
import { X509Certificate } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { AcmeConnection, type ConnectionOptions, urlOf } from "./acme-connection.ts";
import { AcmeFailure, type ChallengeKind, describeProblem, objectsIn, type ProblemDocument } from "./acme-failure.ts";
import {
  certificateRequest,
  challengeCertificate,
  type KeyPair,
  type KeyType,
  makeKeyPair,
  privatePem,
} from "./certificate-request.ts";

export interface OrderOptions extends ConnectionOptions {
  readonly names: readonly string[];
  readonly keyType: KeyType;
  readonly email: string | undefined;
  /** Account with the authority to which ours is bound. */
  readonly external: { readonly id: string; readonly macKey: string } | undefined;
  /** By which the names are proved. */
  readonly challenge: ChallengeKind;
  /** Resolves when every worker proves this name over TLS, and no other; undefined: none. */
  readonly proveByTls: (proof: { name: string; pem: string } | undefined) => Promise<void>;
}

export type ObtainOutcome =
  /** PEM: the key, then the certificate with those that signed it. */
  { ok: true; pem: string } | { ok: false; message: string; retryAfterMs: number | undefined };

type Body = Readonly<Record<string, unknown>>;

/** How long an authority may take for each step (ms). */
const STEP_TIMEOUT_MS = 120_000;
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 5000;

/** Orders a certificate for these names. */
export async function obtainCertificate(options: OrderOptions): Promise<ObtainOutcome> {
  try {
    return { ok: true, pem: await obtain(options) };
  } catch (failure) {
    if (!(failure instanceof AcmeFailure)) throw failure;
    return { ok: false, message: failure.message, retryAfterMs: failure.retryAfterMs };
  }
}

async function obtain(options: OrderOptions): Promise<string> {
  const { names, keyType, signal } = options;
  const connection = await AcmeConnection.open(options);
  await useAccount(connection, options);
  const identifiers = names.map((value) => ({ type: "dns", value }));
  const made = await connection.post(connection.resource("newOrder"), { identifiers });
  const order = urlOf(made.location, "the authority did not say where the order is");
  for (const url of listOf(made.body.authorizations)) await authorise(connection, url, options);
  const ready = await settled(connection, order, ["pending"], signal);
  if (ready.status === "invalid") throw refused(ready);
  // Authorities give servers of one account one order for the same names; one of them wins.
  if (ready.status !== "ready") throw new AcmeFailure("another server with the same account has used this order");
  const keys = await makeKeyPair(keyType);
  const csr = certificateRequest(names, keyType, keys).toString("base64url");
  await connection.post(urlOf(ready.finalize, "the order names no address to finalize it"), { csr });
  const done = await settled(connection, order, ["ready", "processing"], signal);
  if (done.status !== "valid") throw refused(done);
  const { text } = await connection.post(urlOf(done.certificate, "the order names no certificate"));
  if (!isFor(text, keys)) throw new AcmeFailure("the authority gave a certificate for another key");
  return `${privatePem(keys)}${text.trimEnd()}\n`;
}

function refused(order: Body): AcmeFailure {
  return new AcmeFailure(`the authority refused the order: ${describeProblem(problemOf(order))}`);
}

function isFor(chain: string, { privateKey }: KeyPair): boolean {
  try {
    return new X509Certificate(chain).checkPrivateKey(privateKey);
  } catch {
    return false;
  }
}

/** Finds the account of the key, or makes it (RFC 8555, 7.3). */
async function useAccount(connection: AcmeConnection, { email, external, key }: OrderOptions): Promise<void> {
  const url = connection.resource("newAccount");
  const contact = email === undefined ? [] : [`mailto:${email}`];
  const reply = await connection.post(url, {
    termsOfServiceAgreed: true,
    contact,
    ...(external === undefined ? {} : { externalAccountBinding: key.bindTo({ ...external, url }) }),
  });
  connection.account = urlOf(reply.location, "the authority did not say where the account is");
  const known = reply.body.contact;
  const isAnother = Array.isArray(known) && known.join() !== contact.join();
  if (reply.status === 200 && isAnother) await connection.post(connection.account, { contact });
}

/** Lets the authority see that the name is ours (RFC 8555, 8.3; RFC 8737, 3). */
async function authorise(connection: AcmeConnection, url: string, options: OrderOptions): Promise<void> {
  const { challenge: kind, key, proveByTls, signal } = options;
  const { body } = await connection.post(url);
  const name = nameOf(body);
  if (body.status === "valid") return;
  const challenge = challengeIn(body, kind);
  if (challenge === undefined)
    throw new AcmeFailure(`the authority does not offer ${kind.toUpperCase()} for ${name}; use certificate files`);
  const isByTls = kind === "tls-alpn-01";
  try {
    if (isByTls) {
      const keyAuthorization = `${String(challenge.token)}.${key.thumbprint}`;
      await proveByTls({ name, pem: await challengeCertificate(name, keyAuthorization, new Date()) });
    }
    if (challenge.status === "pending") await connection.post(urlOf(challenge.url, "the challenge has no address"), {});
    const done = await settled(connection, url, ["pending"], signal);
    if (done.status === "valid") return;
    throw new AcmeFailure(`${name}: ${describeProblem(problemOf(challengeIn(done, kind) ?? {}), kind)}`);
  } finally {
    if (isByTls) await proveByTls(undefined);
  }
}

/** Asks until it is in none of these states any more. */
async function settled(
  connection: AcmeConnection,
  url: string,
  states: readonly string[],
  signal: AbortSignal,
): Promise<Body> {
  const deadline = performance.now() + STEP_TIMEOUT_MS;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
    const { body, retryAfterMs } = await connection.post(url);
    if (typeof body.status !== "string" || !states.includes(body.status)) return body;
    const wait = Math.max(pause, retryAfterMs ?? 0);
    if (performance.now() + wait > deadline)
      throw new AcmeFailure(`the authority was not ready within ${String(STEP_TIMEOUT_MS / 1000)} s`, retryAfterMs);
    await delay(wait, undefined, { signal }).catch(() => {
      throw new AcmeFailure("interrupted");
    });
  }
}

function challengeIn({ challenges }: Body, kind: ChallengeKind): Body | undefined {
  return objectsIn(challenges).find(({ type }) => type === kind);
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map((url) => urlOf(url, "the order names no authorizations")) : [];
}

function nameOf({ identifier }: Body): string {
  const { value } = (identifier ?? {}) as { value?: unknown };
  return typeof value === "string" ? value : "a name";
}

function problemOf({ error }: Body): ProblemDocument {
  return typeof error === "object" && error !== null ? error : {};
}
