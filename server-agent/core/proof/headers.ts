/** Header fields between the agent and its own workers, in lower case. */

/** Carries the proof's token: the request is the agent's own, and is told who answered it. */
export const PROOF_HEADER = "backsoon-proof";
/**
 * With the proof's token: the virtual host that is to answer, whatever stands above it. The agent
 * asks a closed original by it.
 */
export const WITHIN_HEADER = "backsoon-within";
/** In the response: `shop;generation=41`. */
export const ANSWERED_BY_HEADER = "backsoon-answered-by";
/**
 * In what is sent for a closed site, by the agent or by a web server from disk while that is down:
 * id of the site. Who asks from elsewhere knows the page by it.
 */
export const SITE_HEADER = "backsoon-site";
