/** Promises 1 to 3 on Apache: switches under load, over plain HTTP, TLS and HTTP/2. */
import { describe, expect, it } from "vitest";
import { agentBeside, prepared } from "../../../../../tools/driving/web-servers/beside.ts";
import { startOriginServer } from "../../../../../tools/driving/origin-server.ts";
import { repetitions } from "../../../../support/repetitions.ts";
import { apacheFolder, HAS_APACHE, startApache } from "../../../../support/web-servers/apache.ts";
import { switchUnderLoad } from "../../../../support/web-servers/switch-under-load.ts";

function siteOf(origin: string): string {
  const proxied = `    ServerName shop.example
    ProxyPass / ${origin}/ upgrade=websocket flushpackets=on
    ProxyPassReverse / ${origin}/
`;
  return `<VirtualHost 127.0.0.1:@PORT1@>
${proxied}</VirtualHost>
<VirtualHost 127.0.0.1:@PORT2@>
${proxied}    Protocols h2 http/1.1
    SSLEngine on
    SSLCertificateFile @CERT@
    SSLCertificateKeyFile @KEY@
</VirtualHost>
`;
}

describe.skipIf(!HAS_APACHE)("switching a site of Apache under load", () => {
  const TIMES = repetitions(10, 100);
  it("refuses, resets and misleads nobody, and ends nothing that runs", { timeout: 280_000 }, async () => {
    await using origin = await startOriginServer();
    const url = origin.url.replace(/\/$/, "");
    await using folder = await apacheFolder({ etc: { "sites-enabled/shop.conf": siteOf(url) } });
    await using apache = await startApache(folder);
    await using agent = await agentBeside({ workers: 2 });
    await prepared(agent, folder);
    const requests = await switchUnderLoad(
      agent,
      { plain: folder.port(1), tls: folder.port(2), endsAfterPage: true },
      TIMES,
    );
    expect(await apache.log()).not.toMatch(/:(?:error|crit|alert|emerg)\]/);
    console.log(`Apache, ${String(2 * TIMES)} switches: ${String(requests)} requests, 0 failed`);
  });
});
