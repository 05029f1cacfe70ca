/**
 * The hook: what HAProxy does so that it asks the agent while a site is closed, and never while it
 * is open. Closed is what a map in its memory says; the agent changes the map while HAProxy runs.
 */
import { IS_CLOSED, MARK, PROBE_FIELD, probePath } from "./own-lines.ts";

export interface HookPaths {
  /** Folder of the hook's own files, beside the main configuration file. */
  readonly folder: string;
  /** The page socket as the workers see it: within their own root folder. */
  readonly pageSocket: string;
  /** Part of the path by which the agent sees that the running server has the hook. */
  readonly token: string;
  /** HAProxy can ask whether a request is an exception. */
  readonly canAsk: boolean;
}

const FOLDER = "backsoon";

/** @param main The main configuration file. */
export function hookFolder(main: string): string {
  return `${main.slice(0, main.lastIndexOf("/") + 1)}${FOLDER}`;
}

/** Which names are closed: one of them and its site in each line. */
export function closedMap(folder: string): string {
  return `${folder}/closed.map`;
}

export function fallbackFile(folder: string): string {
  return `${folder}/503.http`;
}

export function askFile(folder: string): string {
  return `${folder}/ask.lua`;
}

/** For a name of a site that is open although another site has all names. */
export const OPEN = ".";
/** Stands for all names in the map; behind a name, for all names that end so. */
export const ANY = "*";

export interface FrontendHook {
  readonly sites: readonly string[];
  /** Some site has names by their end, such as `*.example.com`. */
  readonly hasWildcards: boolean;
  /** It also answers for the names that nobody tests, and this is a site. */
  readonly hasDefault: boolean;
}

/** In front of the first rule of a frontend. */
export function frontendLines({ sites, hasWildcards, hasDefault }: FrontendHook, paths: HookPaths): string[] {
  const { folder, token, canAsk } = paths;
  const map = closedMap(folder);
  const host = "req.hdr(host),field(1,:),lower";
  const unless = `if !${IS_CLOSED}`;
  return [
    ...sites.map(
      (site) => `http-request return status 204 hdr ${PROBE_FIELD} live if { path ${probePath(token, site)} }`,
    ),
    `http-request set-var(txn.backsoon) ${host},map_str(${map})`,
    ...(hasWildcards ? [`http-request set-var(txn.backsoon) ${host},concat(${ANY}),map_end(${map}) ${unless}`] : []),
    ...(hasDefault ? [`http-request set-var(txn.backsoon) str(${ANY}),map_str(${map}) ${unless}`] : []),
    ...(hasWildcards || hasDefault
      ? [`http-request unset-var(txn.backsoon) if { var(txn.backsoon) -m str ${OPEN} }`]
      : []),
    // Certificates are renewed also while the agent is dead.
    "http-request unset-var(txn.backsoon) if { path_beg /.well-known/acme-challenge/ }",
    ...(canAsk ? [`http-request lua.backsoon if ${IS_CLOSED} { nbsrv(backsoon) gt 0 }`] : []),
    `http-request allow if ${IS_CLOSED}`,
    // A policy of the site's would hide the page's style.
    `http-after-response del-header Content-Security-Policy if ${IS_CLOSED}`,
    `http-after-response allow if ${IS_CLOSED}`,
  ].map(marked);
}

/** In front of the first `use_backend` of a frontend. */
export const CHOICE_LINES = [`use_backend backsoon if ${IS_CLOSED}`].map(marked);

/** For `global`. */
export function globalLines({ folder, canAsk }: HookPaths): string[] {
  return (canAsk ? [`lua-load ${askFile(folder)}`] : []).map(marked);
}

/** At the end of the last file, with defaults of its own: those of the owner's do not reach it. */
export function backendLines({ folder, pageSocket }: HookPaths): string[] {
  const errors = [500, 502, 503, 504].map((status) => `\terrorfile ${String(status)} ${fallbackFile(folder)}`);
  return [
    "defaults backsoon",
    "\tmode http",
    "\ttimeout connect 1s",
    "\ttimeout queue 1s",
    "\ttimeout server 5s",
    "\ttimeout check 1s",
    "\tretries 0",
    "backend backsoon from backsoon",
    // Whatever it answers, it is alive; one that hangs answers nothing.
    "\toption httpchk GET /",
    "\thttp-check expect rstatus ^[2-5]",
    "\thttp-request set-header Backsoon-Stage page",
    "\thttp-request set-header Backsoon-Site %[var(txn.backsoon)]",
    "\thttp-request set-header Backsoon-Method %[method]",
    "\thttp-request set-header Backsoon-Uri %[pathq]",
    "\thttp-request set-header Backsoon-Host %[req.hdr(host)]",
    "\thttp-request set-header Backsoon-Client %[src]",
    "\thttp-request set-header Backsoon-Listener %[dst]:%[dst_port]",
    "\thttp-request set-header Backsoon-Scheme http",
    "\thttp-request set-header Backsoon-Scheme https if { ssl_fc }",
    "\thttp-after-response set-header Backsoon-Site %[var(txn.backsoon)]",
    ...errors,
    `\tserver agent unix@${pageSocket} check inter 500ms fall 2 rise 1`,
  ].map(marked);
}

function marked(line: string): string {
  return `${line} ${MARK}`;
}

const FALLBACK_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Back soon</title>
<style>
body { margin: 20vh auto; max-width: 36rem; padding: 0 1rem; font: 1.1rem/1.5 system-ui, sans-serif; }
</style>
</head>
<body>
<h1>We will be back soon</h1>
<p>This site is in maintenance. Please try again in a few minutes.</p>
</body>
</html>
`;

/** HAProxy reads it at its start: it is the same for all sites. */
export const FALLBACK_TEXT = `HTTP/1.1 503 Service Unavailable\r
Content-Type: text/html; charset=utf-8\r
Content-Length: ${String(FALLBACK_PAGE.length)}\r
Cache-Control: no-store\r
Retry-After: 600\r
\r
${FALLBACK_PAGE}`;

/** Asks with the head of a request whether it is let in; runs only while a site is closed. */
export function askText({ pageSocket }: HookPaths): string {
  return `-- Backsoon's. The agent writes this file again, and removes it with its lines in the configuration.
local SOCKET = "unix@${pageSocket}"
local LEFT_OUT = {
  ["content-length"] = true, ["transfer-encoding"] = true, ["keep-alive"] = true,
  connection = true, expect = true, upgrade = true, te = true,
}
core.register_action("backsoon", { "http-req" }, function(txn)
  local headers = {}
  for name, values in pairs(txn.http:req_get_headers()) do
    if not LEFT_OUT[name] then
      local list = {}
      for i = 0, #values do list[#list + 1] = values[i] end
      headers[name] = list
    end
  end
  local f = txn.f
  local facts = {
    stage = "ask", site = txn:get_var("txn.backsoon"), method = f:method(), uri = f:pathq(),
    host = f:req_fhdr("host") or "", client = f:src() or "", scheme = f:ssl_fc() == 1 and "https" or "http",
    listener = (f:dst() or "") .. ":" .. (f:dst_port() or ""),
  }
  for name, value in pairs(facts) do headers["backsoon-" .. name] = { value } end
  local answer = core.httpclient():get({ url = "http://backsoon/", dst = SOCKET, headers = headers, timeout = 1000 })
  if not answer or not answer.headers then return end
  if answer.status == 204 and answer.headers["backsoon-pass"] then txn:unset_var("txn.backsoon") end
end)
`;
}
