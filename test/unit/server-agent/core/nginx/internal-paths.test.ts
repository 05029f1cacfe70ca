import { describe, expect, it } from "vitest";
import { discover } from "../../../../../server-agent/core/nginx/discover.ts";
import { internalPaths } from "../../../../../server-agent/core/nginx/internal-paths.ts";

function pathsOf(body: string): string[] {
  const text = `http { server { server_name a.example; ${body} } }`;
  const { groups } = discover([{ path: "/etc/nginx/nginx.conf", text }], { hostname: "box", facts: () => undefined });
  return groups.flatMap(internalPaths).map(({ operator, pattern }) => `${operator} ${pattern}`);
}

describe("paths that are internal", () => {
  it.each([
    ["location = /x { internal; }", ["= /x"]],
    ["location =/x { internal; }", ["= /x"]],
    ["location ^~ /a.b/ { internal; }", ["~ ^/a\\.b/"]],
    ["location /x/ { internal; } location /x/y/ { } location = /x/z { }", ["~ ^/x/(?!y/|z$)"]],
    ["location /x/ { internal; } location /x/y/ { internal; }", ["~ ^/x/", "~ ^/x/y/"]],
    ["location ~* \\.php$ { internal; }", ["~* \\.php$"]],
    ["location ~\\.php$ { location ~ /in/ { internal; } }", ["~ /in/"]],
    ["location @x { internal; } location /y { }", []],
  ])("%s", (body, paths) => {
    expect(pathsOf(body)).toEqual(paths);
  });
});
