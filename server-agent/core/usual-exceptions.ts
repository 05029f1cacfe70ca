/** What nearly every site lets through, also while it is closed: proposed where one starts. */

/** Certificates are renewed over it (RFC 8555, 8.3). */
export const CERTIFICATE_PATH = "/.well-known/acme-challenge/*";
/** Most monitors and load balancers ask there. */
export const HEALTH_CHECK_PATH = "/healthz";
