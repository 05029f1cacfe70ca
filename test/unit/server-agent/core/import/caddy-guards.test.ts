/** What Caddy and Cherokee keep visitors from stays closed, and what Caddy agreed to is said. */
import { expect, it } from "vitest";
import { importConfig } from "../../../../../server-agent/core/import/import-config.ts";
import { machineWith } from "../../../../support/import/surroundings.ts";

it("trusts its proxies, believes no visitor what it says itself, and says what was agreed to", () => {
  const handle = (set: object) => [
    { handler: "reverse_proxy", upstreams: [{ dial: "10.0.0.1:1" }], headers: { request: { set } } },
  ];
  const json = {
    apps: {
      http: {
        servers: {
          srv0: {
            listen: [":443"],
            trusted_proxies: { source: "static", ranges: ["10.0.0.0/8"] },
            routes: [
              {
                match: [{ host: ["a.example"] }],
                handle: handle({ "X-Client": ["{http.request.tls.client.subject}"] }),
              },
              { match: [{ host: ["in.example"] }], handle: handle({ "X-A": ["1"] }) },
            ],
          },
        },
      },
      tls: { automation: { policies: [{ subjects: ["in.example"], issuers: [{ module: "internal" }] }] } },
    },
  };
  const made = importConfig("caddy", "/caddy.json", JSON.stringify(json, null, 2), machineWith());
  if (!made.ok) throw new Error(made.message);
  const [site, internal] = made.config.virtualHosts;
  expect(made.config.trustedProxies).toEqual(["10.0.0.0/8"]);
  expect(site?.rules[0]?.requestHeaders).toEqual({ remove: ["X-Client"] });
  expect([site?.tls, internal?.tls]).toEqual([{ acme: "letsencrypt" }, undefined]);
  const changed = made.report.filter(({ outcome }) => outcome === "changed");
  expect(changed.map(({ text }) => text)).toContain('/apps/http/servers/srv0/routes/0/match/0/host/0: "a.example"');
  expect(JSON.stringify(changed)).toContain("termsAgreed");
});

it("sends no source of a program of Cherokee as an error page", () => {
  const page = (code: string, url: string) =>
    `vserver!1!error_handler!${code}!url = ${url}\nvserver!1!error_handler!${code}!show = 0`;
  const text = `vserver!1!nick = default\nvserver!1!document_root = /srv\nvserver!1!error_handler = error_redir
${page("404", "/404.php")}\n${page("500", "/500.html")}`;
  const made = importConfig("cherokee", "/cherokee.conf", text, machineWith());
  expect(made.ok && made.config.virtualHosts[0]?.errorPages).toEqual({ "500": "/srv/500.html" });
});
