/** The proxy handler in front of the given targets, behind a real server. */
import { createServer } from "node:net";
import type { Handler } from "../../../server-agent/contract/handler.ts";
import type { Upstream } from "../../../server-agent/contract/upstream.ts";
import { compileProxy } from "../../../server-agent/worker/proxy/proxy.ts";
import { UpstreamPools } from "../../../server-agent/worker/upstream/upstream-pools.ts";
import { startHandler, type HandlerHarness } from "./handler-harness.ts";

export interface ProxyHarness extends HandlerHarness {
  readonly log: string[];
  readonly pools: UpstreamPools;
}

type ProxyHandler = Extract<Handler, { type: "proxy" }>;

export interface ProxySetup extends Partial<Upstream>, Pick<ProxyHandler, "preserveHost" | "mount" | "upstreamPath"> {
  readonly trustedProxies?: readonly string[];
}

export async function startProxy(
  targets: Upstream["targets"] | readonly string[],
  { preserveHost, mount, upstreamPath, trustedProxies, ...timeouts }: ProxySetup = {},
  pools = new UpstreamPools(),
): Promise<ProxyHarness> {
  const log: string[] = [];
  const handler = compileProxy(
    { type: "proxy", upstream: "app", preserveHost, mount, upstreamPath },
    {
      upstream: { targets: [...targets], ...timeouts },
      upstreams: pools,
      log: (line) => log.push(line),
    },
  );
  return { ...(await startHandler(handler, trustedProxies)), log, pools };
}

/** A port of 127.0.0.1 on which nobody listens. */
export async function refusingTarget(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return `http://127.0.0.1:${String(typeof address === "object" ? address?.port : 0)}`;
}
