/** All kinds of web servers that the agent can stand beside. */
import { createHash } from "node:crypto";
import type { WebServerAdapter } from "../../adapters/adapter.ts";
import { apacheAdapter } from "../../adapters/apache/apache-adapter.ts";
import { caddyAdapter } from "../../adapters/caddy/caddy-adapter.ts";
import { haproxyAdapter } from "../../adapters/haproxy/haproxy-adapter.ts";
import { nginxAdapter } from "../../adapters/nginx/nginx-adapter.ts";

export function webServerAdapters(webFolder: string): WebServerAdapter[] {
  // The same for every start, as it stands in the hook; another agent has another one.
  const token = createHash("sha256").update(webFolder).digest("hex").slice(0, 12);
  const places = { webFolder, token };
  return [nginxAdapter(places), apacheAdapter(places), caddyAdapter(places), haproxyAdapter(places)];
}
