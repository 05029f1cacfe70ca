/**
 * What a document must mean beyond its form: unique names, references that lead somewhere, the
 * catch-all at its place.
 */
import type { Config, Listener, VirtualHost } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import { isIssued } from "../acme/acme-names.ts";
import { canonicalAddress } from "../routing/address-set.ts";
import { checkAccessLogs } from "./check-access-log.ts";
import { checkAcme } from "./check-acme.ts";
import { checkHandler } from "./check-handler.ts";
import { checkHostGroups } from "./check-host-groups.ts";
import { checkRule, checkRulesTogether } from "./check-rule.ts";
import { checkTls } from "./check-tls.ts";
import { checkUpstreams } from "./check-upstreams.ts";
import { childPointer } from "../json-pointer.ts";
import { suggestName } from "../nearest-name.ts";
import { quote } from "../wording.ts";

/** Problems of a document whose form is right. Takes time in proportion to the document. */
export function checkMeaning(config: Config): Problem[] {
  const problems: Problem[] = [];
  checkListeners(config.listeners, problems);
  if (config.listeners.length === 0 && config.virtualHosts.length > 1)
    problems.push({
      path: "/listeners",
      code: "listener.none",
      message: "nobody can come to these virtual hosts; add at least one listener",
    });
  checkUpstreams(config, problems);
  checkVirtualHosts(config, problems);
  checkCatchAll(config.virtualHosts, problems);
  checkTls(config, problems);
  checkAccessLogs(config, problems);
  checkAcme(config, problems);
  return problems;
}

function checkListeners(listeners: readonly Listener[], problems: Problem[]): void {
  const names = new Map<string, number>();
  const sockets = new Map<string, number>();
  for (const [index, { name, address, port }] of listeners.entries()) {
    const path = `/listeners/${String(index)}`;
    const named = names.get(name);
    if (named !== undefined)
      problems.push({
        path: `${path}/name`,
        code: "listener.duplicate-name",
        message: `the name ${quote(name)} is taken by listener ${String(named + 1)}; choose another one`,
      });
    names.set(name, index);
    const canonical = canonicalAddress(address);
    if (canonical === undefined) {
      const hint =
        address === "localhost"
          ? "`127.0.0.1` or `::1`"
          : "for example `127.0.0.1`, `0.0.0.0` (all of IPv4) or `::` (all of IPv6), without brackets and port";
      problems.push({
        path: `${path}/address`,
        code: "listener.address",
        message: `${quote(address)} is not an IPv4 or IPv6 address; write ${hint}`,
      });
    } else if (port !== 0) {
      const socket = `${canonical} ${String(port)}`;
      const bound = sockets.get(socket);
      if (bound !== undefined) {
        problems.push({
          path,
          code: "listener.duplicate-address",
          message: `listener ${String(bound + 1)} has the address ${quote(address)} and port ${String(port)} already; change one or remove this listener`,
        });
      }
      sockets.set(socket, index);
    }
  }
}

function checkVirtualHosts(config: Config, problems: Problem[]): void {
  const ids = new Map<string, number>();
  for (const [index, { id }] of config.virtualHosts.entries()) {
    const first = ids.get(id);
    if (first === undefined) ids.set(id, index);
    else
      problems.push({
        path: `/virtualHosts/${String(index)}/id`,
        code: "virtual-host.duplicate-id",
        message: `the id ${quote(id)} is taken by virtual host ${String(first + 1)}; choose another one`,
      });
  }
  for (const [index, virtualHost] of config.virtualHosts.entries()) {
    const path = `/virtualHosts/${String(index)}`;
    checkCopycat(virtualHost, ids, path, problems);
    for (const [position, rule] of virtualHost.rules.entries()) {
      const at = `${path}/rules/${String(position)}`;
      if (rule.handler !== undefined) checkHandler(rule.handler, config, `${at}/handler`, problems);
      checkRule(rule, at, problems);
    }
    checkHostGroups(virtualHost, path, problems);
    checkRulesTogether(virtualHost.rules, `${path}/rules`, problems);
    for (const [status, file] of Object.entries(virtualHost.errorPages ?? {}))
      checkFileName(file, childPointer(`${path}/errorPages`, status), problems);
    const { tls } = virtualHost;
    if (tls === undefined || isIssued(tls)) continue;
    for (const [field, file] of Object.entries(tls)) checkFileName(file, `${path}/tls/${field}`, problems);
  }
}

function checkCopycat(
  { id, copycatOf }: VirtualHost,
  ids: ReadonlyMap<string, number>,
  path: string,
  problems: Problem[],
): void {
  if (copycatOf === undefined) return;
  if (copycatOf === id)
    problems.push({
      path: `${path}/copycatOf`,
      code: "virtual-host.copycat-of-itself",
      message: "a virtual host cannot be its own copycat; name the virtual host it stands in for, or remove the field",
    });
  else if (!ids.has(copycatOf)) {
    const wayOut =
      suggestName(copycatOf, () => Array.from(ids.keys()).filter((other) => other !== id), problems.length) ??
      "remove the field";
    problems.push({
      path: `${path}/copycatOf`,
      code: "virtual-host.unknown-original",
      message: `there is no virtual host ${quote(copycatOf)}; ${wayOut}`,
    });
  }
}

/** A NUL would end the name early for the operating system. */
function checkFileName(file: string, path: string, problems: Problem[]): void {
  if (file.includes("\0"))
    problems.push({ path, code: "file.name", message: "a file name cannot contain a NUL character; remove it" });
}

function checkCatchAll(virtualHosts: readonly VirtualHost[], problems: Problem[]): void {
  const last = virtualHosts.length - 1;
  for (const [index, { hosts, when, disabled }] of virtualHosts.entries()) {
    const path = `/virtualHosts/${String(index)}`;
    if (index < last) {
      const star = hosts.indexOf("*");
      if (star >= 0) {
        const message =
          "`*` would answer for everything below it; only the last virtual host may have it. Name the hosts, or move this virtual host to the end";
        problems.push({ path: `${path}/hosts/${String(star)}`, code: "virtual-host.early-catch-all", message });
      }
      continue;
    }
    if (hosts.length !== 1 || hosts[0] !== "*") {
      const message =
        'the last virtual host must be the catch-all for all other requests; add one at the end: { "id": "default", "hosts": ["*"], "rules": [{ "handler": { "type": "error", "status": 404 } }] }';
      problems.push({ path: `${path}/hosts`, code: "virtual-host.no-catch-all", message });
    } else {
      if (when !== undefined)
        problems.push({
          path: `${path}/when`,
          code: "virtual-host.catch-all-condition",
          message: "the catch-all answers every request that is left; remove `when`, or put it on the rules",
        });
      if (disabled === true)
        problems.push({
          path: `${path}/disabled`,
          code: "virtual-host.catch-all-disabled",
          message: "the catch-all cannot be disabled; remove `disabled` and let its rule answer with an error instead",
        });
    }
  }
}
