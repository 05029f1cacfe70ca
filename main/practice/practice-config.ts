/** What the agent of the practice server serves: a shop behind a proxy, a blog, the catch-all. */
import type { Config } from "../../server-agent/contract/config.ts";

/**
 * The practice server's configuration: a shop with static files and an app behind the proxy, a blog
 * of static files, and the catch-all that leads to both. Names below `.localhost` mean this
 * computer in every browser (RFC 6761, 6.3).
 *
 * @param pages folder with `static/`, `blog/` and `welcome/`.
 * @param shopPort port of the shop's app on 127.0.0.1.
 */
export function practiceConfig(pages: string, shopPort: number): Config {
  return {
    listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
    upstreams: { "shop-app": { targets: [`http://127.0.0.1:${shopPort}`] } },
    virtualHosts: [
      {
        id: "shop",
        hosts: ["shop.localhost", "www.shop.localhost"],
        rules: [
          { when: { path: ["/static/*"] }, handler: { type: "file", root: pages } },
          { handler: { type: "proxy", upstream: "shop-app" } },
        ],
      },
      { id: "blog", hosts: ["blog.localhost"], rules: [{ handler: { type: "file", root: `${pages}/blog` } }] },
      { id: "default", hosts: ["*"], rules: [{ handler: { type: "file", root: `${pages}/welcome` } }] },
    ],
  };
}

/** Where nginx serves them, and the agent stands beside it. */
export const BESIDE_CONFIG: Config = {
  listeners: [],
  virtualHosts: [{ id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] }],
};
