/** Messages of syslog (RFC 5424), and how they part on a stream (RFC 6587, 3.4.1). */

/** Facility local7, severity info: as nginx has it, so that rules of syslog servers fit. */
const PRIORITY = 23 * 8 + 6;
const NAME = "backsoon";

export interface SyslogSender {
  readonly hostname: string;
  readonly pid: number;
}

/** @param now Epoch ms. @param line Printable ASCII. */
export function syslogMessage(line: string, now: number, { hostname, pid }: SyslogSender): string {
  // What may not stand in a field is left out, and an empty one is a dash (RFC 5424, 6.2.4).
  const host = hostname.replaceAll(/[^!-~]/g, "").slice(0, 255);
  return `<${String(PRIORITY)}>1 ${new Date(now).toISOString()} ${host === "" ? "-" : host} ${NAME} ${String(pid)} access - ${line}`;
}

/** With its length in front: so many bytes as characters, as all are ASCII. */
export function framed(message: string): string {
  return `${String(message.length)} ${message}`;
}
