/**
 * The hook: what Apache includes so that it asks the agent while a site is closed, and never while
 * it is open. Rules of a virtual host run in their order before `Redirect`, `Alias` and
 * `ProxyPass`, and again for every internal redirect: the hook stands first and decides once for
 * each request.
 */
import { PASS_PATH } from "../pass-names.ts";
import { PROOF_HEADER, WITHIN_HEADER } from "../proof/headers.ts";
import { exceptionTests } from "./exception-tests.ts";

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

/** Field of the answer on the hook's path, in lower case: a site may answer 204 by itself. */
export const PROBE_FIELD = "backsoon-hook";

/** The path whose answer says that the running server has the hook of this site. */
export function probePath(token: string, site: string): string {
  return `/.backsoon/hook/${token}/${site}`;
}

/** Folder of the exceptions of a site. */
export function exceptFolder(site: string): string {
  return `except/${site}`;
}

/** Folder of the hash by which Apache knows the agent. */
export function ownFolder(site: string): string {
  return `${exceptFolder(site)}/own`;
}

/** Folder with a hash of each staff pass. */
export function passFolder(site: string): string {
  return `${exceptFolder(site)}/passes`;
}

/** The page on disk, with its own status: what Apache says of a dead agent is not the visitor's. */
export function pageFile(site: string): string {
  return `pages/${site}.asis`;
}

export function pageText(site: string, html: string): string {
  return `Status: 503 Service Unavailable
Content-Type: text/html; charset=utf-8
Retry-After: 600
Cache-Control: no-store
Backsoon-Site: ${site}; fallback

${html}`;
}

/** What becomes of errors of Apache itself while it asks: never a page of the site's. */
const ERRORS = [403, 413, 500, 502, 503, 504];

/** Read once, for all sites. */
export function mainHook({ webFolder, pageSocket }: HookPaths): string {
  return `${HEADER}
# Web folder: ${webFolder}
<Proxy "unix:${pageSocket}|http://backsoon/">
    # A new connection for each page: one that is kept might end while a page is asked for.
    ProxySet retry=0 connectiontimeout=1 timeout=4 disablereuse=on
</Proxy>
# By this the agent sees that the running server has the hook, on this listener.
Header always set Backsoon-Hook live env=BACKSOON_HOOK

# What the site demands of visitors, or does with its own pages, is not for this one.
<If "reqenv('BACKSOON') != ''">
${EVERYBODY}
    # A handler of the site's for a path, such as that of server-status, would answer in its place.
    SetHandler proxy-server
    # Rules for a place run after those of the virtual host.
    RewriteEngine Off
    ProxyErrorOverride Off
${ERRORS.map((status) => `    ErrorDocument ${String(status)} /.backsoon/fallback`).join("\n")}
    RequestHeader set Backsoon-Stage page
    RequestHeader set Backsoon-Site "expr=%{reqenv:BACKSOON}"
    RequestHeader set Backsoon-Method "expr=%{REQUEST_METHOD}"
    RequestHeader set Backsoon-Uri "expr=%{reqenv:BACKSOON_URI}"
    RequestHeader set Backsoon-Host "expr=%{HTTP_HOST}"
    RequestHeader set Backsoon-Client "expr=%{REMOTE_ADDR}"
    RequestHeader set Backsoon-Scheme "expr=%{REQUEST_SCHEME}"
    RequestHeader set Backsoon-Listener "expr=%{reqenv:BACKSOON_LISTENER}"
    RequestHeader unset Backsoon-Style
    Header set Backsoon-Site "expr=%{reqenv:BACKSOON}"
</If>
# The agent does not answer: the page on disk.
<If "reqenv('REDIRECT_BACKSOON') != ''">
${EVERYBODY}
    SetHandler send-as-is
</If>
<Directory "${webFolder}">
    Options FollowSymLinks
    AllowOverride None
    Require all granted
</Directory>
`;
}

const EVERYBODY = `    Require all granted
    <IfModule mod_access_compat.c>
        Order allow,deny
        Allow from all
        Satisfy all
    </IfModule>
    <IfModule mod_expires.c>
        ExpiresActive Off
    </IfModule>
    Header always unset Content-Security-Policy
    Header unset Content-Security-Policy
    Header always unset Cache-Control
    Header set Cache-Control no-store`;

/** For the virtual hosts of one site. */
export function siteHook(site: string, { webFolder, pageSocket, token }: HookPaths): string {
  const now = `${webFolder}/now`;
  return `${HEADER}
# Web folder: ${webFolder}
# Site: ${site}
RewriteEngine On
RewriteRule ^${literal(probePath(token, site))}$ - [R=204,E=BACKSOON_HOOK:1,L]
# Wherever an error leads to while it asks.
RewriteCond %{ENV:REDIRECT_BACKSOON} =${site}
RewriteRule ^ ${now}/${pageFile(site)} [END]
# Decided once: not again for an internal redirect, nor for what a request looks up meanwhile.
RewriteCond %{ENV:BACKSOON_SEEN}%{ENV:REDIRECT_BACKSOON_SEEN} =""
RewriteCond ${now}/closed/${site} -f
RewriteRule ^ - [E=BACKSOON:${site}]
RewriteRule ^ - [E=BACKSOON_SEEN:1]
# Open: none of the rules that follow.
RewriteCond %{ENV:BACKSOON} =""
RewriteRule ^ - [S=5]
# Certificates are renewed also while the agent is dead.
RewriteCond %{REQUEST_URI} ^/\\.well-known/acme-challenge/
RewriteRule ^ - [E=!BACKSOON,S=4]
# The agent asks the closed site itself whether it is well.
RewriteCond %{HTTP:${WITHIN_HEADER}} =${site}
RewriteCond expr "-f '${now}/${ownFolder(site)}/' . sha1(req('${PROOF_HEADER}'))"
RewriteRule ^ - [E=!BACKSOON,S=3]
# Exceptions, each in a folder with what has to hold: a name in it for each value. None for the
# agent, where it looks whether the site is closed; nor for the links of passes, which it answers.
RewriteCond %{HTTP:${WITHIN_HEADER}} =""
RewriteCond %{REQUEST_URI} !=${PASS_PATH}
RewriteCond ${now}/${exceptFolder(site)}/1 -d
${exceptionTests(`${now}/${exceptFolder(site)}`)}
RewriteRule ^ - [E=!BACKSOON,S=2]
RewriteCond %{THE_REQUEST} ^\\S+\\s+(\\S+)
RewriteRule ^ - [E=BACKSOON_URI:%1,E=BACKSOON_LISTENER:%{SERVER_ADDR}:%{SERVER_PORT}]
# Closed: the page comes from the agent.
RewriteRule ^ "unix:${pageSocket}|http://backsoon/" [P,NE,L]
`;
}

function literal(text: string): string {
  return text.replaceAll(".", "\\.");
}
