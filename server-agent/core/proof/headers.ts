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
/** In what a web server sends for a closed site: from the agent, or from disk while it is down. */
export const SITE_HEADER = "backsoon-site";
