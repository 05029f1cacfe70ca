/**
 * Speaks to an authority's directory (RFC 8555, 6 and 7.1): signs what is sent, keeps the nonces,
 * and makes failures of what is refused. Each order has a connection of its own.
 */
import type { IncomingMessage } from "node:http";
import type { RequestOptions } from "node:https";
import { messageOf } from "../log.ts";
import { AGENT_VERSION } from "../contract/agent.ts";
import type { AccountKey } from "./account-key.ts";
import { AcmeFailure, describeProblem, kindOf, type ProblemDocument } from "./acme-failure.ts";

interface AcmeReply {
  readonly status: number;
  readonly text: string;
  /** Parsed; an empty object where it is no JSON. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Of what was made. */
  readonly location: string | undefined;
  readonly retryAfterMs: number | undefined;
}

export interface ConnectionOptions {
  readonly directory: string;
  /** PEM; undefined: the authorities of the web. */
  readonly ca: string | undefined;
  readonly key: AccountKey;
  readonly signal: AbortSignal;
}

const REQUEST_TIMEOUT_MS = 30_000;
const MAX_REPLY_BYTES = 1024 * 1024;
/** Nonces may be refused for no fault of ours (RFC 8555, 6.5). */
const MAX_NONCE_TRIES = 8;

export class AcmeConnection {
  /** Address of the account, once there is one. */
  account: string | undefined = undefined;
  readonly #options: ConnectionOptions;
  #nonce: string | undefined = undefined;
  #directory: Readonly<Record<string, unknown>> = {};

  private constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** @throws {AcmeFailure} */
  static async open(options: ConnectionOptions): Promise<AcmeConnection> {
    const connection = new AcmeConnection(options);
    const reply = await connection.#request("GET", options.directory);
    if (reply.status !== 200)
      throw new AcmeFailure(`${options.directory} answered with ${String(reply.status)}`, reply.retryAfterMs);
    connection.#directory = reply.body;
    return connection;
  }

  /** Address of a resource, like `newOrder`. @throws {AcmeFailure} */
  resource(name: string): string {
    return urlOf(this.#directory[name], `${this.#options.directory} names no ${name}; is it an ACME directory?`);
  }

  /** @param payload Absent: only reads. @throws {AcmeFailure} */
  async post(url: string, payload?: unknown): Promise<AcmeReply> {
    for (let tries = 1; ; tries++) {
      const nonce = this.#nonce ?? (await this.#newNonce());
      this.#nonce = undefined;
      const reply = await this.#request(
        "POST",
        url,
        this.#options.key.sign({ url, nonce, kid: this.account }, payload),
      );
      if (reply.status < 400) return reply;
      const problem: ProblemDocument = reply.body;
      if (kindOf(problem) === "badNonce" && tries < MAX_NONCE_TRIES) continue;
      throw new AcmeFailure(describeProblem(problem), reply.retryAfterMs);
    }
  }

  async #newNonce(): Promise<string> {
    await this.#request("HEAD", this.resource("newNonce"));
    if (this.#nonce === undefined) throw new AcmeFailure("the authority gave no nonce");
    return this.#nonce;
  }

  async #request(method: string, url: string, content?: string): Promise<AcmeReply> {
    const { ca, signal } = this.#options;
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    try {
      const { response, text } = await send(url, content, {
        method,
        agent: false,
        signal: AbortSignal.any([signal, timeout]),
        headers: {
          "User-Agent": `backsoon-agent/${AGENT_VERSION}`,
          ...(content === undefined
            ? {}
            : { "Content-Type": "application/jose+json", "Content-Length": Buffer.byteLength(content) }),
        },
        ...(ca === undefined ? {} : { ca }),
      });
      const { "replay-nonce": nonce, location, "retry-after": retryAfter } = response.headers;
      if (typeof nonce === "string") this.#nonce = nonce;
      const status = response.statusCode ?? 0;
      return { status, text, body: parsed(text), location, retryAfterMs: retryAfterOf(retryAfter) };
    } catch (failure) {
      if (failure instanceof AcmeFailure) throw failure;
      const why = timeout.aborted ? `no answer within ${String(REQUEST_TIMEOUT_MS / 1000)} s` : messageOf(failure);
      throw new AcmeFailure(`${new URL(url).origin} cannot be reached: ${why}${hintFor(failure)}`);
    }
  }
}

/** @throws {AcmeFailure} */
export function urlOf(value: unknown, otherwise: string): string {
  if (typeof value !== "string" || !URL.canParse(value) || new URL(value).protocol !== "https:")
    throw new AcmeFailure(otherwise);
  return value;
}

function send(
  url: string,
  content: string | undefined,
  options: RequestOptions,
): Promise<{ response: IncomingMessage; text: string }> {
  return new Promise((resolve, reject) => {
    const request = process.getBuiltinModule("node:https").request(url, options, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_REPLY_BYTES) response.destroy(new Error("the answer is too large"));
        else chunks.push(chunk);
      });
      response.on("end", () => {
        resolve({ response, text: Buffer.concat(chunks).toString("utf8") });
      });
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(content);
  });
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function retryAfterOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function hintFor(failure: unknown): string {
  const { code = "" } = failure as NodeJS.ErrnoException;
  return /CERT|SELF_SIGNED|ISSUER|VERIFY/.test(code) ? "; name the directory's own CA in `caFile`" : "";
}
