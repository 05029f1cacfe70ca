/** Certificates that the agent obtains and renews by itself (ACME, RFC 8555). */
import { z } from "zod";
import { absolutePath, nonEmpty, timestamp } from "../fields.ts";

export const LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";

/** The fields name files, never secrets. */
export const AcmeAuthority = z
  .strictObject({
    termsAgreed: z
      .literal(true)
      .describe("`true`: you have read and accept the authority's terms of service. Without it, nothing is ordered."),
    directory: z
      .url({ protocol: /^https$/, error: "use an address that begins with https://" })
      .max(500)
      .optional()
      .describe(`URL of the authority's ACME directory. Default: Let's Encrypt, \`${LETS_ENCRYPT}\`.`),
    challenge: z
      .enum(["http-01", "tls-alpn-01"])
      .optional()
      .describe(
        "How the authority checks each name. `http-01`: over HTTP at port 80. `tls-alpn-01`: by a TLS handshake at port 443, for servers that are reachable only there. Default `http-01`.",
      ),
    email: z
      .string()
      .max(254)
      .regex(/^[^\s@<>()[\],;:\\"]+@[^\s@<>()[\],;:\\"]+$/, "use an address like ops@example.com")
      .optional()
      .describe("Contact address for the authority. Default: none."),
    caFile: absolutePath
      .optional()
      .describe(
        "PEM file with the CAs that are trusted for HTTPS to the directory, for a private ACME server. Default: the public CAs.",
      ),
    accountKey: absolutePath
      .optional()
      .describe(
        "PEM file with the private key of the ACME account (ECDSA P-256 or RSA). Give all servers of a site the same key, so that each can answer the HTTP-01 challenges of the others. Default: the agent creates a key in its state directory.",
      ),
    externalAccount: z
      .strictObject({
        id: nonEmpty.max(500).describe("Key identifier (kid) from the authority."),
        keyFile: absolutePath.describe(
          "File with the HMAC key in base64url. Only the agent's user should be able to read it.",
        ),
      })
      .optional()
      .describe(
        "External account binding (EAB): ties the ACME account to the one you have with the authority, if it requires that. Default: none.",
      ),
    keyType: z
      .enum(["ecdsa-p256", "ecdsa-p384", "rsa-2048"])
      .optional()
      .describe("Key type of new certificates; those already issued keep theirs until renewal. Default `ecdsa-p256`."),
  })
  .meta({ id: "AcmeAuthority" });
export type AcmeAuthority = z.infer<typeof AcmeAuthority>;

const AcmeFailure = z.strictObject({
  at: timestamp.describe("Time of the latest attempt."),
  attempts: z.int().min(1).describe("Failed attempts in a row."),
  message: z.string().describe("Reason, and what to do about it."),
  retryAt: timestamp,
});

/** The certificate of one site, as it is used now. */
export const SiteCertificate = z.strictObject({
  site: z.string(),
  names: z.array(z.string()).describe("The names it is for; empty if it cannot be read."),
  begins: timestamp.optional().describe("Absent if it cannot be read."),
  ends: timestamp.optional(),
  issuer: z.string().optional().describe("Who has signed it, as it says itself; absent if it cannot be read."),
  acme: z
    .strictObject({
      authority: z.string().describe("Its name in `acme` of the configuration."),
      issued: z
        .boolean()
        .describe("`false`: none was issued yet. Visitors get one that the agent signed itself, and browsers warn."),
      ordering: z.literal(true).optional().describe("An order is in progress."),
      orderAt: timestamp.optional().describe("When it is ordered (again); absent while an order is in progress."),
      failure: AcmeFailure.optional().describe("Absent if the latest order succeeded."),
    })
    .optional()
    .describe("Absent if the certificate comes from files."),
});
export type SiteCertificate = z.infer<typeof SiteCertificate>;

export const CertificateList = z.strictObject({ certificates: z.array(SiteCertificate) });
