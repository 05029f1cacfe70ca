/** What nearly every site lets through, also while it is closed: proposed where one starts. */

/** Where authorities ask whether a name is this server's (RFC 8555, 8.3). */
export const CHALLENGE_PREFIX = "/.well-known/acme-challenge/";
/** Certificates are renewed over it. */
export const CERTIFICATE_PATH = `${CHALLENGE_PREFIX}*`;
/** Most monitors and load balancers ask there. */
export const HEALTH_CHECK_PATH = "/healthz";
