/**
 * The hook: what nginx includes so that it asks the agent while a site is closed, and never while
 * it is open. Server-level rules run in the order of the file, before any location, and again on
 * every internal redirect: the hook stands first and decides once for each request.
 */
import type { PathTest } from "./internal-paths.ts";

/** Where the hook finds the agent. */
export interface HookPaths {
  readonly webFolder: string;
  readonly pageSocket: string;
  /** Part of the path by which the agent sees that the running server has the hook. */
  readonly token: string;
}

const HEADER = "# Backsoon's. The agent writes this file again, and removes it with its lines in the sites.";

export function isHookText(text: string): boolean {
  return text.startsWith(HEADER);
}

/** The web folder of the agent that wrote a hook file; undefined for a file that is none. */
export function hookOwner(text: string): string | undefined {
  return isHookText(text) ? /^# Web folder: (.*)$/m.exec(text)?.[1] : undefined;
}

/** Answered on the hook's path: a site of the owner's may answer any status by itself. */
export const PROBE_TEXT = "Backsoon: this site asks the agent.";

/** The path whose answer says that the running server has the hook of this site. */
export function probePath(token: string, site: string): string {
  return `/.backsoon/hook/${token}/${site}`;
}

/** For `http`, once. `geo`, because behind a `map` no `map_hash_…` of the owner's may follow. */
export function httpHook({ pageSocket, webFolder }: HookPaths): string {
  return `${HEADER}
# Web folder: ${webFolder}
upstream backsoon {
    server ${quoted(`unix:${pageSocket}`)} max_fails=0;
    keepalive 16;
}
# Empty until a request is decided. \`set\` makes it 1, and that outlives internal redirects; a first
# value of its own spares the log a warning for each request.
geo $backsoon_seen {
    default "";
}
# Who has no key is not counted: visitors of a closed site come under no limit of the site's.
geo $backsoon_uncounted {
    default "";
}
limit_req_zone $backsoon_uncounted zone=backsoon_requests:32k rate=1r/s;
limit_conn_zone $backsoon_uncounted zone=backsoon_connections:32k;
`;
}

export interface SiteHook extends HookPaths {
  readonly site: string;
  /** What `http` has and keeps nginx from seeing the flag at once, such as `open_file_cache`. */
  readonly turnOff: readonly string[];
  /** For which only nginx itself may ask. */
  readonly internal: readonly PathTest[];
  /** The site sends a copy of each request elsewhere. */
  readonly mirrored: boolean;
}

/** For the server blocks of one site. */
export function siteHook(hook: SiteHook): string {
  const { site, webFolder, token, turnOff } = hook;
  const everybody = `${EVERYBODY}${hook.mirrored ? " mirror off;" : ""}`;
  return `${HEADER}
# Web folder: ${webFolder}
# Site: ${site}
${turnOff.map((name) => `${name} off;\n`).join("")}set $backsoon_at "$backsoon_seen$uri";
# No expression here: it would take the place of what the one in \`server_name\` has found, as $1.
# Our own locations, reached from inside: no server-level rule of the site may turn them away.
${["ask", "page", "fallback", "bare"].map((name) => `if ($backsoon_at = "1/.backsoon/${name}/${site}") { break; }\n`).join("")}# By this the agent sees that the running server has the hook, on this listener.
if ($backsoon_at = "${probePath(token, site)}") { return 200 "${PROBE_TEXT}"; }
set $backsoon_closed "";
if (-f ${quoted(`${webFolder}/now/closed/${site}`)}) { set $backsoon_closed 1; }
# Let in before: also when the site is closed in the middle of the request.
if ($backsoon_seen) { set $backsoon_closed ""; }
set $backsoon_seen 1;
if ($backsoon_closed) {
    set $backsoon_uri $uri;
    set $backsoon_method $request_method;
    rewrite ^ /.backsoon/gate/${site} last;
}

location ^~ /.backsoon/ { internal; return 404; }

# Asks whether this request is an exception.
location = /.backsoon/gate/${site} {
${hook.internal.map(({ operator, pattern }) => `    if ($backsoon_uri ${operator} ${quoted(pattern)}) { rewrite ^ /.backsoon/hidden/${site} last; }\n`).join("")}    # Certificates are renewed also while the agent is dead.
    if ($backsoon_uri ~ "^/\\.well-known/acme-challenge/") { rewrite ^ /.backsoon/through/${site} last; }
${gate(site, everybody)}    ${LET_IN}
}

# For what only nginx itself may ask for: let in, a visitor would be taken for it.
location = /.backsoon/hidden/${site} {
${gate(site, everybody)}    try_files /.backsoon/none /.backsoon/none;
}

location = /.backsoon/through/${site} {
    internal;
    auth_request off;
    ${everybody}
    client_max_body_size 0;
    ${LET_IN}
}

location = /.backsoon/ask/${site} {
    internal;
    auth_request off;
    ${everybody}
    # With one of its own it takes none of the site's: an \`error_page 502 =200\` would let everybody in.
    error_page 599 /.backsoon/none;
    proxy_connect_timeout 1s;
    proxy_read_timeout 2s;
${toAgent(site, "ask")}}

location = /.backsoon/page/${site} {
    internal;
    auth_request off;
    ${everybody}
    client_max_body_size 1m;
    gzip off;
    # With one of its own it takes no field of the site's, such as a policy that hides the page's style.
    add_header Backsoon-Site "${site}" always;
    recursive_error_pages on;
    error_page 413 500 502 504 =503 /.backsoon/fallback/${site};
    proxy_connect_timeout 1s;
    proxy_read_timeout 5s;
${toAgent(site, "page")}}

# The agent does not answer: the page on disk.
location = /.backsoon/fallback/${site} {
    internal;
    ${fromDisk(everybody)}
    default_type "text/html; charset=utf-8";
    alias ${quoted(`${webFolder}/now/pages/${site}.html`)};
    add_header Backsoon-Site "${site}; fallback" always;
    recursive_error_pages on;
    error_page 403 404 500 =503 /.backsoon/bare/${site};
}

location = /.backsoon/bare/${site} {
    internal;
    ${fromDisk(everybody)}
    default_type "text/plain; charset=utf-8";
    add_header Backsoon-Site "${site}; bare" always;
    error_page 599 /.backsoon/none;
    return 503 "This site is in maintenance. Please try again in a few minutes.\\n";
}
`;
}

function gate(site: string, everybody: string): string {
  return `    internal;
    ${everybody}
    # The site's own limit holds for who is let in.
    client_max_body_size 0;
    recursive_error_pages on;
    auth_request /.backsoon/ask/${site};
    error_page 403 = /.backsoon/page/${site};
    error_page 401 500 =503 /.backsoon/fallback/${site};
`;
}

/** Back to the site, with its own rules. */
const LET_IN = "try_files /.backsoon/none $backsoon_uri$is_args$args;";

/** The site's rules for some visitors neither let them in nor keep the page from others. */
const EVERYBODY =
  "auth_basic off; satisfy all; allow all; limit_req zone=backsoon_requests; limit_conn backsoon_connections 1;";

function fromDisk(everybody: string): string {
  return `auth_request off;
    ${everybody}
    client_max_body_size 0;
    gzip off;
    add_header Cache-Control no-store always;
    add_header Retry-After 600 always;`;
}

/** What `http` or the site sets for its own upstreams is set back. */
function toAgent(site: string, stage: "ask" | "page"): string {
  return `    proxy_http_version 1.1;
    proxy_pass_request_headers on;
    proxy_pass_request_body off;
    proxy_bind off;
    proxy_cache off;
    proxy_store off;
    proxy_redirect off;
    proxy_intercept_errors off;
    proxy_next_upstream error timeout;
    proxy_set_header Host $host;
    proxy_set_header Connection "";
    proxy_set_header Content-Length "";
    proxy_set_header Backsoon-Stage ${stage};
    proxy_set_header Backsoon-Site "${site}";
    proxy_set_header Backsoon-Method $backsoon_method;
    proxy_set_header Backsoon-Uri $request_uri;
    proxy_set_header Backsoon-Host $host;
    proxy_set_header Backsoon-Client $remote_addr;
    proxy_set_header Backsoon-Scheme $scheme;
    proxy_set_header Backsoon-Listener $server_addr:$server_port;
    proxy_pass http://backsoon;
`;
}

/** In quotes, as nginx reads it; a `$` cannot be written. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
