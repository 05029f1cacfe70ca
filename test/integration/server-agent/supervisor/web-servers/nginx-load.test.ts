/** Promises 1 to 3 on nginx: switches under load, over plain HTTP, TLS and HTTP/2. */
import { describe, expect, it } from "vitest";
import { startOriginServer } from "../../../../../tools/driving/origin-server.ts";
import { repetitions } from "../../../../support/repetitions.ts";
import { agentBeside, prepared } from "../../../../../tools/driving/web-servers/beside.ts";
import { HAS_NGINX, nginxFolder, startNginx } from "../../../../../tools/driving/web-servers/nginx.ts";
import { switchUnderLoad } from "../../../../support/web-servers/switch-under-load.ts";

function siteBefore(origin: string): Record<string, string> {
  return {
    "conf.d/upstream.conf": `map $http_upgrade $connection_upgrade { default upgrade; "" ""; }
upstream app { server ${origin}; keepalive 8; }
`,
    "sites-enabled/shop": `server {
    listen 127.0.0.1:@PORT1@;
    listen 127.0.0.1:@PORT2@ ssl http2;
    server_name shop.example;
    ssl_certificate @CERT@;
    ssl_certificate_key @KEY@;
    client_max_body_size 0;
    location / {
        proxy_pass http://app;
        proxy_http_version 1.1;
        proxy_request_buffering off;
        proxy_buffering off;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
    }
}
`,
  };
}

describe.skipIf(!HAS_NGINX)("switching a site of nginx under load", () => {
  const TIMES = repetitions(10, 100);
  it("refuses, resets and misleads nobody, and ends nothing that runs", { timeout: 280_000 }, async () => {
    await using origin = await startOriginServer();
    await using folder = await nginxFolder(siteBefore(new URL(origin.url).host));
    await using nginx = await startNginx(folder);
    await using agent = await agentBeside({ workers: 2 });
    await prepared(agent, folder);
    const requests = await switchUnderLoad(agent, { plain: folder.port(1), tls: folder.port(2) }, TIMES);
    expect(await nginx.log()).not.toMatch(/\[(error|crit|alert|emerg)\]/);
    console.log(`nginx, ${String(2 * TIMES)} switches: ${String(requests)} requests, 0 failed`);
  });
});
