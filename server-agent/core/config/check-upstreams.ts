/** What upstreams must mean beyond their form, as far as no file must be read for it. */
import type { Config } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import type { Upstream } from "../../contract/upstream.ts";
import { childPointer } from "../json-pointer.ts";
import { quote } from "../wording.ts";
import { parseTarget, targetOptions, type TargetOptions } from "./upstream-target.ts";

export function checkUpstreams({ upstreams }: Config, problems: Problem[]): void {
  for (const [name, upstream] of Object.entries(upstreams ?? {})) {
    const path = childPointer("/upstreams", name);
    const targets = upstream.targets.map(targetOptions);
    checkAddresses(targets, `${path}/targets`, problems);
    checkTogether(targets, upstream, path, problems);
    checkTls(targets, upstream, path, problems);
    const isHttp = targets.some(({ url }) => parseTarget(url)?.protocol === "http");
    if (upstream.healthCheck?.path !== undefined && !isHttp)
      problems.push({
        path: `${path}/healthCheck/path`,
        code: "upstream.check-path",
        message: "a health check with a `path` needs targets that speak HTTP; remove `path` to check connections only",
      });
  }
}

function checkAddresses(targets: readonly TargetOptions[], path: string, problems: Problem[]): void {
  const first = schemeOf(targets[0]?.url ?? "");
  for (const [index, { url }] of targets.entries()) {
    const scheme = schemeOf(url);
    if (scheme === undefined)
      problems.push({
        path: childPointer(path, index),
        code: "upstream.target",
        message: `${quote(url)} is not a target; write \`http://host:port\` (or \`https://\`, \`h2://\`, \`h2c://\`, \`fcgi://\`, \`scgi://\`, \`uwsgi://\`) with a port from 1 to 65535, for example \`http://127.0.0.1:3000\`, or a socket of at most 107 ASCII characters, for example \`fcgi://unix:/run/php/php-fpm.sock\``,
      });
    else if (first !== undefined && scheme !== first)
      problems.push({
        path: childPointer(path, index),
        code: "upstream.protocols",
        message: `${quote(url)} speaks ${scheme}, the first target ${first}; make two upstreams of them`,
      });
  }
}

function checkTogether(
  targets: readonly TargetOptions[],
  { sticky }: Upstream,
  path: string,
  problems: Problem[],
): void {
  const ids = new Set<string>();
  for (const [index, { id }] of targets.entries()) {
    const at = childPointer(`${path}/targets`, index);
    if (id === undefined && sticky !== undefined)
      problems.push({
        path: at,
        code: "upstream.no-id",
        message:
          'the cookie of `sticky` contains the id of the target; give it one: { "url": "http://127.0.0.1:3000", "id": "a" }',
      });
    if (id !== undefined && ids.has(id))
      problems.push({
        path: `${at}/id`,
        code: "upstream.duplicate-id",
        message: `the id ${quote(id)} is taken by another target; choose another one`,
      });
    if (id !== undefined) ids.add(id);
  }
  if (targets.every(({ weight }) => weight === 0))
    problems.push({
      path: `${path}/targets`,
      code: "upstream.no-weight",
      message: "all targets have weight 0, so new visitors have no target; give at least one a weight above 0",
    });
}

function checkTls(targets: readonly TargetOptions[], { tls }: Upstream, path: string, problems: Problem[]): void {
  const addresses = targets.flatMap(({ url }) => parseTarget(url) ?? []);
  const isSecure = addresses.some((address) => address.isSecure);
  if (tls !== undefined && !isSecure && addresses.length > 0)
    problems.push({
      path: `${path}/tls`,
      code: "upstream.tls",
      message: "no target speaks TLS; write the targets with `https://` (or `h2://`), or remove `tls`",
    });
  if ((tls?.certificate === undefined) !== (tls?.key === undefined)) {
    const missing = tls?.key === undefined ? "key" : "certificate";
    problems.push({
      path: `${path}/tls`,
      code: "upstream.tls-pair",
      message: `a client certificate needs \`certificate\` and \`key\`; add \`${missing}\``,
    });
  }
  const isNamed = tls?.serverName !== undefined || tls?.verify === false;
  if (!isNamed && addresses.some(({ isSecure: speaksTls, address }) => speaksTls && "path" in address))
    problems.push({
      path: tls === undefined ? path : `${path}/tls`,
      code: "upstream.tls-name",
      message: "a socket has no host name to verify the certificate against; add `tls.serverName`",
    });
}

function schemeOf(target: string): string | undefined {
  return parseTarget(target) === undefined ? undefined : target.slice(0, target.indexOf(":"));
}
