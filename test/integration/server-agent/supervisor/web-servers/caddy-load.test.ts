/** Promises 1 to 3 on Caddy: switches under load, over plain HTTP, TLS and HTTP/2. */
import { describe, expect, it } from "vitest";
import { startOriginServer } from "../../../../../tools/driving/origin-server.ts";
import { repetitions } from "../../../../support/repetitions.ts";
import { agentBeside, prepared } from "../../../../../tools/driving/web-servers/beside.ts";
import { HAS_CADDY, OPTIONS, TLS, caddyFolder, startCaddy } from "../../../../support/web-servers/caddy.ts";
import { switchUnderLoad } from "../../../../support/web-servers/switch-under-load.ts";

function siteBefore(origin: string): Record<string, string> {
  return {
    Caddyfile: `{
${OPTIONS}}
(shop) {
	bind 127.0.0.1
	reverse_proxy ${origin} {
		flush_interval -1
	}
}
http://shop.example:@PORT1@ {
	import shop
}
https://shop.example:@PORT2@ {
	${TLS}
	import shop
}
`,
  };
}

describe.skipIf(!HAS_CADDY)("switching a site of Caddy under load", () => {
  const TIMES = repetitions(10, 100);
  it("refuses, resets and misleads nobody, and ends nothing that runs", { timeout: 280_000 }, async () => {
    await using origin = await startOriginServer();
    await using folder = await caddyFolder(siteBefore(new URL(origin.url).host));
    await using caddy = await startCaddy(folder);
    await using agent = await agentBeside({ workers: 2 });
    await prepared(agent, folder);
    const requests = await switchUnderLoad(agent, { plain: folder.port(1), tls: folder.port(2) }, TIMES);
    expect(caddy.said()).not.toMatch(/panic|"level":"fatal"/);
    console.log(`Caddy, ${String(2 * TIMES)} switches: ${String(requests)} requests, 0 failed`);
  });
});
