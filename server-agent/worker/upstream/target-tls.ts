/**
 * TLS with the targets of one upstream: who is trusted, what they are shown, and the session by
 * which the next connection to a target is agreed in one round trip less.
 */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import type { ConnectionOptions, SecureContext } from "node:tls";
import type { UpstreamTls } from "../../contract/upstream.ts";
import { messageOf } from "../../log.ts";
import { fileStamp } from "../tls/file-stamp.ts";
import { secureOptions } from "../tls/secure-options.ts";
import type { TargetAddress } from "../../core/config/upstream-target.ts";

/** How often files in use are looked at (ms); client certificates of today may last an hour. */
const LOOK_INTERVAL_MS = 30_000;

export class TargetTls {
  readonly #options: UpstreamTls;
  readonly #log: (line: string) => void;
  /** By target; never of another context, whose CAs may not have signed the certificate. */
  readonly #sessions = new Map<string, Buffer>();
  #context: SecureContext | undefined;
  /** Of the files as they were read. */
  #stamp: string | undefined;
  #lookedAt = 0;

  /** @param log For lines about files that have changed. */
  constructor(options: UpstreamTls, log: (line: string) => void) {
    this.#options = options;
    this.#log = log;
  }

  /** What `tls.connect` is told for this target. @throws {Error} when a file cannot be used. */
  optionsFor({ name, address }: Pick<TargetAddress, "name" | "address">): ConnectionOptions {
    const { serverName, verify = true } = this.#options;
    const host = "path" in address || isIP(address.host) > 0 ? undefined : address.host;
    const servername = serverName ?? host;
    const secureContext = this.#contextNow();
    const session = this.#sessions.get(name);
    return {
      secureContext,
      ALPNProtocols: ["http/1.1"],
      rejectUnauthorized: verify,
      ...(servername === undefined ? {} : { servername }),
      ...(session === undefined ? {} : { session }),
    };
  }

  /** @param context That the session was agreed in. */
  keepSession({ name }: Pick<TargetAddress, "name">, context: SecureContext | undefined, session: Buffer): void {
    if (context === this.#context) this.#sessions.set(name, session);
  }

  /**
   * Read when a target is asked first, so that a broken file keeps nobody else from being served;
   * then in the background.
   */
  #contextNow(): SecureContext {
    const now = performance.now();
    if (this.#context === undefined) {
      this.#context = makeContext(this.#options);
      this.#lookedAt = now;
    } else if (now - this.#lookedAt > LOOK_INTERVAL_MS) {
      this.#lookedAt = now;
      void this.#look();
    }
    return this.#context;
  }

  async #look(): Promise<void> {
    const { ca, certificate, key } = this.#options;
    const files = [ca, certificate, key].filter((file) => file !== undefined);
    const stamp = await fileStamp(files);
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    try {
      this.#context = makeContext(this.#options);
      this.#sessions.clear();
    } catch (failure) {
      this.#log(
        `files for TLS with an upstream have changed and are unusable (${messageOf(failure)}); using the previous ones`,
      );
    }
  }
}

function makeContext({ ca, certificate, key }: UpstreamTls): SecureContext {
  try {
    return process.getBuiltinModule("node:tls").createSecureContext({
      ...secureOptions(),
      ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
      ...(certificate === undefined || key === undefined
        ? {}
        : { cert: readFileSync(certificate), key: readFileSync(key) }),
    });
  } catch (failure) {
    throw new Error(`its TLS files cannot be used: ${messageOf(failure)}`, { cause: failure });
  }
}

export const NO_HTTP2 = "it does not speak HTTP/2 here; write `https://` for HTTP/1.1";

/** Why a connection to a target failed, for whoever can mend it. */
export function connectFailure({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return `its certificate is not trusted (${message}); name its CA in \`tls.ca\``;
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return `its certificate is not valid now (${message})`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `its certificate is for another name (${message}); if that is right, say so in \`tls.serverName\``;
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
      return "it does not speak TLS here; write `http://` (or `h2c://`) if it should not";
    case "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL":
    case "ERR_SSL_SSL/TLS_ALERT_NO_APPLICATION_PROTOCOL":
      return NO_HTTP2;
    default:
      return message === "" ? String(code) : message;
  }
}
