/** What a staff pass is called on its way: in a link, in a request, in a browser. */

/** The path that takes a pass, on every site. The pass stands behind `#` and is never sent. */
export const PASS_PATH = "/.well-known/backsoon/pass";
/** Carries the pass from the page at that path to the agent. */
export const PASS_HEADER = "x-backsoon-pass";
export const PASS_COOKIE = "backsoon-pass";
