/** Certificates that the agent obtains and renews by itself (ACME, RFC 8555). */
import { z } from "zod";
import { absolutePath, nonEmpty, timestamp } from "../fields.ts";

export const LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";

/** The fields name files, never secrets. */
export const AcmeAuthority = z
  .strictObject({
    termsAgreed: z.literal(true).describe("`true`: you have read the authority's terms of service and agree to them."),
    directory: z
      .url({ protocol: /^https$/, error: "use an address that begins with https://" })
      .max(500)
      .optional()
      .describe(`Address of the authority's ACME directory. Default Let's Encrypt: \`${LETS_ENCRYPT}\`.`),
    email: z
      .string()
      .max(254)
      .regex(/^[^\s@<>()[\],;:\\"]+@[^\s@<>()[\],;:\\"]+$/, "use an address like ops@example.com")
      .optional()
      .describe("Where the authority may write to you."),
    caFile: absolutePath
      .optional()
      .describe("PEM file with the CAs that the directory's own certificate is checked by. Default: those of the web."),
    accountKey: absolutePath
      .optional()
      .describe(
        "PEM file with the private key of your account (ECDSA P-256, or RSA). Give several servers of one site the same one: each then answers for the orders of all. Default: the agent makes a key of its own.",
      ),
    externalAccount: z
      .strictObject({
        id: nonEmpty.max(500).describe("Key id, as the authority gave it to you."),
        keyFile: absolutePath.describe("File with the MAC key in base64url. Only the agent should read it."),
      })
      .optional()
      .describe("Binds the account to one that you have with the authority (EAB), where it demands that."),
    keyType: z
      .enum(["ecdsa-p256", "ecdsa-p384", "rsa-2048"])
      .optional()
      .describe("Kind of the certificates' keys, from the next order on. Default `ecdsa-p256`."),
  })
  .meta({ id: "AcmeAuthority" });
export type AcmeAuthority = z.infer<typeof AcmeAuthority>;

const AcmeFailure = z.strictObject({
  at: timestamp.describe("Of the latest attempt."),
  attempts: z.int().min(1).describe("In a row."),
  message: z.string().describe("Why, and what can be done."),
  retryAt: timestamp,
});

/** The certificate of one site, as it is used now. */
export const SiteCertificate = z.strictObject({
  site: z.string(),
  names: z.array(z.string()).describe("The names it is for; empty if it cannot be read."),
  begins: timestamp.optional().describe("Absent if it cannot be read."),
  ends: timestamp.optional(),
  acme: z
    .strictObject({
      authority: z.string().describe("Its name in `acme` of the configuration."),
      issued: z
        .boolean()
        .describe("`false`: none was issued yet. Visitors get one that the agent signed itself, and browsers warn."),
      ordering: z.literal(true).optional().describe("An order is under way."),
      orderAt: timestamp.optional().describe("When it is ordered (again); absent while an order is under way."),
      failure: AcmeFailure.optional().describe("Absent if the latest order succeeded."),
    })
    .optional()
    .describe("Absent for a certificate from files of your own."),
});
export type SiteCertificate = z.infer<typeof SiteCertificate>;

export const CertificateList = z.strictObject({ certificates: z.array(SiteCertificate) });
