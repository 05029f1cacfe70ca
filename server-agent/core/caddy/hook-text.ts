/**
 * The hook: what Caddy imports so that it asks the agent while a site is closed, and never while it
 * is open. `forward_auth` comes before all other directives by an option, and asks once: an answer
 * of 2xx lets the visitor in, every other one is his. So whatever may answer here must never answer
 * 2xx by mistake.
 */

/** Where the hook finds the agent. */
export interface HookPaths {
  readonly webFolder: string;
  readonly pageSocket: string;
  /** Part of the path by which the agent sees that the running server has the hook. */
  readonly token: string;
  /** Of the loopback interface, on which Caddy itself answers while the agent does not. */
  readonly fallbackPort: number;
}

const HEADER = "# Backsoon's. The agent writes this file again, and removes it with its lines in the Caddyfile.";
const PORT = /^# Port: (\d+)$/m;

/** The web folder of the agent that wrote a hook file; undefined for a file that is none. */
export function hookOwner(text: string): string | undefined {
  return text.startsWith(HEADER) ? /^# Web folder: (.*)$/m.exec(text)?.[1] : undefined;
}

/** The port that the hook has chosen before. */
export function portIn(text: string): number | undefined {
  const port = text.startsWith(HEADER) ? PORT.exec(text)?.[1] : undefined;
  return port === undefined ? undefined : Number(port);
}

/** The path that answers 204 where the running server has the hook of this site. */
export function probePath(token: string, site: string): string {
  return `/.backsoon/hook/${token}/${site}`;
}

/** In the answer on that path: a site of the owner's may answer 204 by itself. */
export const PROBE_FIELD = "backsoon-hook";

/** Statuses of success that a page of the agent can have. */
const SUCCESSES = [200, 201, 202, 204, 206];

/** For the blocks of one site. */
export function siteHook(site: string, { webFolder, pageSocket, token, fallbackPort }: HookPaths): string {
  const fallback = `127.0.0.1:${String(fallbackPort)}`;
  const probe = probePath(token, site);
  return `${HEADER}
# Web folder: ${webFolder}
# Site: ${site}

# By this the agent sees that the running server has the hook, on this listener.
@backsoon_probe path ${probe}
forward_auth @backsoon_probe ${fallback} {
	uri /probe
	header_up -Backsoon-Site
	@backsoon_204 header Backsoon-Status 204
	handle_response @backsoon_204 {
		copy_response 204
	}
}

@backsoon {
	file {
		root ${quoted(`${webFolder}/now/closed`)}
		try_files /${site}
	}
	# Certificates are renewed also while the agent is dead.
	not path /.well-known/acme-challenge/* ${probe}
}
# The agent answers, and while it does not, Caddy with the page on disk.
forward_auth @backsoon ${quoted(`unix/${pageSocket}`)} ${fallback} {
	uri /
	lb_policy first
	lb_try_duration 5s
	lb_try_interval 20ms
	fail_duration 5s
	header_up -Backsoon-Stage
	header_up Backsoon-Style forward-auth
	header_up Backsoon-Site ${site}
	header_up Backsoon-Method {http.request.orig_method}
	header_up Backsoon-Uri {http.request.orig_uri}
	header_up Backsoon-Host {http.request.hostport}
	header_up Backsoon-Client {http.request.remote.host}
	header_up Backsoon-Scheme {http.request.scheme}
	header_up Backsoon-Listener {http.request.host}:{http.request.port}
	header_up X-Forwarded-For {http.request.header.X-Forwarded-For}
	header_up X-Forwarded-Proto {http.request.header.X-Forwarded-Proto}
	# 2xx lets in, so a page of 2xx comes as 503 with its status beside it.
${SUCCESSES.map(success).join("")}	transport http {
		dial_timeout 1s
		response_header_timeout 2s
	}
}
`;
}

function success(status: number): string {
  const name = `@backsoon_${String(status)}`;
  return `	${name} header Backsoon-Status ${String(status)}
	handle_response ${name} {
		copy_response ${String(status)}
	}
`;
}

/**
 * Once for all sites. For every name: a server that does not know the name of a visitor answers an
 * empty 200, and that lets everybody in.
 */
export function fallbackHook({ webFolder, fallbackPort }: HookPaths): string {
  return `${HEADER}
# Web folder: ${webFolder}
# Port: ${String(fallbackPort)}

# Answers while the agent does not, on the loopback interface alone.
http://:${String(fallbackPort)} {
	bind 127.0.0.1
	root * ${quoted(`${webFolder}/now/pages`)}
	header {
		Cache-Control no-store
		Retry-After 600
		Backsoon-Site "{http.request.header.Backsoon-Site}; fallback"
	}
	@backsoon_probe path /probe
	header @backsoon_probe Backsoon-Status 204
	header @backsoon_probe Backsoon-Hook live
	respond @backsoon_probe 503
	# The whole page, whatever part the visitor has or wants.
	request_header -Range
	request_header -If-*
	# No page but that of a site.
	@backsoon_page header_regexp Backsoon-Site ^[A-Za-z0-9][A-Za-z0-9._-]*$
	rewrite @backsoon_page /{http.request.header.Backsoon-Site}.html
	file_server {
		status 503
		index backsoon-none
	}
	handle_errors {
		header Backsoon-Site "{http.request.header.Backsoon-Site}; bare"
		respond "This site is in maintenance. Please try again in a few minutes." 503
	}
}
`;
}

function quoted(text: string): string {
  return /^[\w./+:@-]+$/.test(text) ? text : `"${text.replaceAll('"', '\\"')}"`;
}
