/** The admin endpoint of a Caddy: whether it is its own, and with what configuration it runs. */
import { readFile, readdir, readlink } from "node:fs/promises";
import { askListener } from "../ask-listener.ts";

const ASK_TIMEOUT_MS = 2000;
const LISTENING = "0A";
/** More than this of an answer is not read. */
const MAX_COMPARED_CHARS = 60_000;

interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/**
 * Whether this process listens there: a configuration that is sent to another Caddy would take its
 * sites away.
 */
export async function isEndpointOf(pid: number, endpoint: string): Promise<boolean> {
  const inodes = endpoint.startsWith("unix/") ? await unixInodes(endpoint) : await tcpInodes(portOf(endpoint));
  const folder = `/proc/${String(pid)}/fd`;
  const open = await Promise.all(
    (await readdir(folder).catch(() => [])).map((name) => readlink(`${folder}/${name}`).catch(() => "")),
  );
  return open.some((target) => inodes.has(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? ""));
}

/** What it answers to a path; undefined where it cannot be asked, or its answer is too long. */
export async function askEndpoint(endpoint: string, path: string): Promise<unknown> {
  const at = reachable(endpoint);
  if (at === undefined) return undefined;
  const asked = { ...at, tls: false, host: `${at.address}:${String(at.port)}`, path };
  const answered = await askListener({ ...asked, timeoutMs: ASK_TIMEOUT_MS });
  if (!answered.ok || answered.answer.status !== 200 || answered.answer.body.length > MAX_COMPARED_CHARS)
    return undefined;
  try {
    return JSON.parse(answered.answer.body);
  } catch {
    return undefined;
  }
}

function reachable(endpoint: string): Endpoint | undefined {
  const [, host = "", port] = /^(?:tcp\/)?(.*):(\d+)$/.exec(endpoint) ?? [];
  if (port === undefined) return undefined;
  const address = host.replace(/^\[(.*)\]$/, "$1");
  return { address: ["", "localhost", "0.0.0.0", "::"].includes(address) ? "127.0.0.1" : address, port: Number(port) };
}

function portOf(endpoint: string): number {
  return Number(/:(\d+)$/.exec(endpoint)?.[1] ?? 0);
}

async function tcpInodes(port: number): Promise<Set<string>> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8").catch(() => "")),
  );
  const rows = tables.flatMap((table) => table.split("\n").map((line) => line.trim().split(/\s+/)));
  const own = rows.filter(([, local = "", , state]) => local.endsWith(wanted) && state === LISTENING);
  return new Set(own.map((fields) => fields[9] ?? ""));
}

async function unixInodes(endpoint: string): Promise<Set<string>> {
  const path = endpoint.slice("unix/".length);
  const table = await readFile("/proc/net/unix", "utf8").catch(() => "");
  const own = table.split("\n").filter((line) => line.endsWith(` ${path}`));
  return new Set(own.map((line) => line.trim().split(/\s+/)[6] ?? ""));
}
