/** What a document must mean about TLS and HTTP/2, as far as no files must be read for it. */
import type { CertificateFiles, Config } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import { compileHttps } from "../tls/https-policy.ts";
import { isIssued } from "../acme/acme-names.ts";
import { certificateFiles } from "../tls/site-certificate.ts";
import { quote } from "../wording.ts";

export function checkTls(config: Config, problems: Problem[]): void {
  const { listeners, virtualHosts } = config;
  for (const [index, { tls, http2, foreign, proxyProtocol }] of listeners.entries()) {
    const path = `/listeners/${String(index)}`;
    if (foreign !== undefined) {
      if (typeof tls === "object")
        problems.push({
          path: `${path}/tls`,
          code: "listener.foreign-tls",
          message: `${foreign} decides how TLS is spoken here; write \`true\` or \`false\``,
        });
      if (http2 !== undefined)
        problems.push({
          path: `${path}/http2`,
          code: "listener.foreign-http2",
          message: `${foreign} decides whether HTTP/2 is spoken here; leave \`http2\` out`,
        });
      continue;
    }
    if (tls !== undefined && tls !== false && virtualHosts.every((virtualHost) => virtualHost.tls === undefined))
      problems.push({
        path: `${path}/tls`,
        code: "listener.no-certificate",
        message:
          'no virtual host has a certificate for this listener; give one to at least one of them: "tls": { "certificate": "/etc/ssl/example.com/fullchain.pem", "key": "/etc/ssl/example.com/privkey.pem" }',
      });
    if (proxyProtocol === true && (config.trustedProxies ?? []).length === 0)
      problems.push({
        path: `${path}/proxyProtocol`,
        code: "listener.no-trusted-proxy",
        message: "a header of the PROXY protocol is read only from `trustedProxies`; name the proxy's address there",
      });
  }
  checkNames(config, problems);
  checkHttps(config, problems);
}

/** A year (seconds), as the lists of browsers demand. */
const MIN_PRELOAD_SECONDS = 31_536_000;

function checkHttps({ listeners, virtualHosts, trustedProxies = [] }: Config, problems: Problem[]): void {
  const context = { listeners: new Set(listeners.map(({ name }) => name)), problems };
  const isTlsKnown = trustedProxies.length > 0 || listeners.some(({ tls }) => tls !== undefined && tls !== false);
  for (const [index, virtualHost] of virtualHosts.entries()) {
    const path = `/virtualHosts/${String(index)}`;
    const { redirectToHttps, hsts } = virtualHost;
    compileHttps(virtualHost, path, context);
    if (redirectToHttps !== undefined && !isTlsKnown)
      problems.push({
        path: `${path}/redirectToHttps`,
        code: "virtual-host.no-https",
        message:
          "nobody comes over TLS, so visitors would be redirected for ever; add a listener with `tls`, or name the proxy that speaks TLS in `trustedProxies`",
      });
    if (hsts?.preload === true && (hsts.includeSubDomains !== true || hsts.maxAge < MIN_PRELOAD_SECONDS))
      problems.push({
        path: `${path}/hsts/preload`,
        code: "virtual-host.preload",
        message: "browsers take only sites with `includeSubDomains` and a `maxAge` of 31536000 (a year) at least",
      });
  }
}

/** Who names a host has not asked yet: nothing could choose between two certificates. */
function checkNames({ virtualHosts }: Config, problems: Problem[]): void {
  const byName = new Map<string, { id: string; files: CertificateFiles }>();
  for (const [index, virtualHost] of virtualHosts.entries()) {
    const { id, hosts, tls, disabled } = virtualHost;
    const files = certificateFiles(virtualHost, "");
    if (files === undefined || disabled === true) continue;
    for (const host of hosts) {
      const name = host.toLowerCase().replace(/\.$/, "");
      const other = byName.get(name);
      if (other === undefined) byName.set(name, { id, files });
      else if (other.files.certificate !== files.certificate || other.files.key !== files.key) {
        const wayOut = isIssued(tls) ? `leave \`tls\` out here` : "so give both the same";
        problems.push({
          path: `/virtualHosts/${String(index)}/tls${isIssued(tls) ? "" : "/certificate"}`,
          code: "virtual-host.two-certificates",
          message: `${quote(host)} has another certificate at ${quote(other.id)}; a name can have one only, ${wayOut}`,
        });
        break;
      }
    }
  }
}
