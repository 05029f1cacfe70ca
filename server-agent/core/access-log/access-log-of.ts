import type { AccessLogOptions } from "../../contract/observing/access-log.ts";
import type { Config, VirtualHost } from "../../contract/config.ts";

/** The access log of a virtual host: its own, else that of the document. */
export function accessLogOf(
  { accessLog: own }: Pick<VirtualHost, "accessLog">,
  { accessLog: common }: Pick<Config, "accessLog">,
): AccessLogOptions | undefined {
  const log = own ?? common;
  if (log === undefined || log === false) return undefined;
  return typeof log === "string" ? { to: log } : log;
}
