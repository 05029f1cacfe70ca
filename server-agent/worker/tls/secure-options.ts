/**
 * How TLS is spoken: Mozilla's "intermediate" recommendation (Server Side TLS 5.7) without DHE,
 * which no browser of today needs. Groups are OpenSSL's own, which begin with the post-quantum one
 * where it has it.
 */
import { constants } from "node:crypto";
import type { SecureContextOptions } from "node:tls";

const CIPHERS = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

/** Not among the typed constants; the value is part of OpenSSL's interface. */
const NO_RENEGOTIATION = 0x4000_0000;

/** For how long (seconds) a visitor may come back by a session ticket. */
const SESSION_SECONDS = 4 * 60 * 60;

/** Options of every context; those of one certificate are added. */
export function secureOptions(minVersion: "TLSv1.2" | "TLSv1.3" = "TLSv1.2") {
  return {
    minVersion,
    maxVersion: "TLSv1.3",
    ciphers: CIPHERS,
    // All of them are good, and the first one is the cheapest: clients of OpenSSL begin with
    // AES-256 and SHA-384, which costs up to a tenth of a handshake. A phone without hardware for
    // AES begins with ChaCha20, and gets it.
    honorCipherOrder: true,
    secureOptions: constants.SSL_OP_NO_COMPRESSION | NO_RENEGOTIATION | constants.SSL_OP_PRIORITIZE_CHACHA,
    sessionTimeout: SESSION_SECONDS,
  } as const satisfies SecureContextOptions;
}
