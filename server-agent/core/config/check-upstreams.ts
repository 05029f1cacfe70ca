/** What upstreams must mean beyond their form, as far as no file must be read for it. */
import type { Config } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import type { Upstream } from "../../contract/upstream.ts";
import { childPointer } from "../json-pointer.ts";
import { quote } from "../wording.ts";
import { parseTarget } from "./upstream-target.ts";

export function checkUpstreams({ upstreams }: Config, problems: Problem[]): void {
  for (const [name, upstream] of Object.entries(upstreams ?? {})) {
    const path = childPointer("/upstreams", name);
    checkTargets(upstream, path, problems);
    checkTls(upstream, path, problems);
  }
}

function checkTargets({ targets }: Upstream, path: string, problems: Problem[]): void {
  const first = schemeOf(targets[0] ?? "");
  for (const [index, target] of targets.entries()) {
    const scheme = schemeOf(target);
    if (scheme === undefined)
      problems.push({
        path: childPointer(`${path}/targets`, index),
        code: "upstream.target",
        message: `${quote(target)} is not a target; write \`http://host:port\` (or \`https://\`, \`fcgi://\`, \`scgi://\`, \`uwsgi://\`) with a port from 1 to 65535, for example \`http://127.0.0.1:3000\`, or a socket of at most 107 ASCII characters, for example \`fcgi://unix:/run/php/php-fpm.sock\``,
      });
    else if (first !== undefined && scheme !== first)
      problems.push({
        path: childPointer(`${path}/targets`, index),
        code: "upstream.protocols",
        message: `${quote(target)} speaks ${scheme}, the first target ${first}; make two upstreams of them`,
      });
  }
}

function checkTls({ targets, tls }: Upstream, path: string, problems: Problem[]): void {
  const addresses = targets.flatMap((target) => parseTarget(target) ?? []);
  const isSecure = addresses.some((address) => address.isSecure);
  if (tls !== undefined && !isSecure && addresses.length > 0)
    problems.push({
      path: `${path}/tls`,
      code: "upstream.tls",
      message: "no target speaks TLS; write the targets with `https://`, or remove `tls`",
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
      message: "a socket has no name that its certificate could be for; add `tls.serverName`",
    });
}

function schemeOf(target: string): string | undefined {
  return parseTarget(target) === undefined ? undefined : target.slice(0, target.indexOf(":"));
}
