/** Promises 1 to 3 on HAProxy: switches under load, over plain HTTP, TLS and HTTP/2. */
import { describe, expect, it } from "vitest";
import { startOriginServer } from "../../../../../tools/driving/origin-server.ts";
import { repetitions } from "../../../../support/repetitions.ts";
import { agentBeside, prepared } from "../../../../../tools/driving/web-servers/beside.ts";
import { HAS_HAPROXY, haproxyFolder, startHaproxy } from "../../../../support/web-servers/haproxy.ts";
import { switchUnderLoad } from "../../../../support/web-servers/switch-under-load.ts";

function siteOf(origin: string): string {
  return `frontend web
    bind 127.0.0.1:@PORT1@
    bind 127.0.0.1:@PORT2@ ssl crt @PEM@ alpn h2,http/1.1
    use_backend app if { hdr(host) -i shop.example }

backend app
    server origin ${origin}
`;
}

describe.skipIf(!HAS_HAPROXY)("switching a site of HAProxy under load", () => {
  const TIMES = repetitions(10, 100);
  it("refuses, resets and misleads nobody, and ends nothing that runs", { timeout: 280_000 }, async () => {
    await using origin = await startOriginServer();
    await using folder = await haproxyFolder(siteOf(new URL(origin.url).host));
    await using haproxy = await startHaproxy(folder);
    await using agent = await agentBeside({ workers: 2 });
    await prepared(agent, folder);
    const requests = await switchUnderLoad(agent, { plain: folder.port(1), tls: folder.port(2) }, TIMES);
    expect(haproxy.said()).not.toMatch(/is DOWN|no server available/);
    console.log(`HAProxy, ${String(2 * TIMES)} switches: ${String(requests)} requests, 0 failed`);
  });
});
