/**
 * A program on an agent's socket that speaks its API and means harm: script in every text that it
 * may choose, and as much of it as it likes.
 */
import { once } from "node:events";
import http from "node:http";
import type { AdminError } from "../../../server-agent/contract/errors.ts";
import type { Change, InFlightRequest } from "../../../server-agent/contract/agent.ts";
import type { Config } from "../../../server-agent/contract/config.ts";
import type { Plan, Receipt, Warning } from "../../../server-agent/contract/maintenance.ts";
import type { Snapshot } from "../../../server-agent/contract/events.ts";
import { at, someAgent, someReceipt, someSnapshot } from "../desktop/desktop-fixtures.ts";

/**
 * Runs where it is taken for HTML; turns the words around it, where nothing holds it; is longer
 * than any line.
 */
const EVIL = `<img src=x onerror="window.harmed=1"><script>window.harmed=1</script>"'\u202Egpj.exe\u0007${"A".repeat(3000)}`;
/** As much of it as fits where the contract counts characters. */
const SHORT_EVIL = EVIL.slice(0, 200);
/** The part of it that can be looked for. */
export const EVIL_WORDS = '<img src=x onerror="window.harmed=1">';

function host(index: number) {
  return `${index}${EVIL}`;
}
const siteIds = ["shop", "constructor", "toString", "x".repeat(100)];
const sites: Config["virtualHosts"] = siteIds.map((id, index) => ({
  id,
  hosts: [host(index), `b${host(index)}`],
  rules: [
    { when: { path: [`/${EVIL}`] }, handler: { type: "respond", body: EVIL } },
    { handler: { type: "respond", body: EVIL } },
  ],
}));
const copycat: Config["virtualHosts"][number] = {
  id: "shop-copycat",
  copycatOf: "shop",
  hosts: [host(0)],
  rules: [{ handler: { type: "maintenance", page: { title: SHORT_EVIL, text: SHORT_EVIL, contact: SHORT_EVIL } } }],
};
const config: Config = {
  listeners: [{ name: "http", address: "127.0.0.1", port: 80 }],
  virtualHosts: [
    copycat,
    ...sites,
    { id: "foreign", hosts: [host(9)], rules: [{ handler: { type: "foreign", server: EVIL } }] },
  ],
};
const changes: Change[] = ["added", "removed", "changed", "moved"].flatMap((kind) =>
  [1, 2].map(() => ({
    kind: kind as Change["kind"],
    path: EVIL,
    virtualHost: EVIL,
    before: EVIL,
    after: { html: EVIL },
  })),
);
const warnings: Warning[] = [1, 2].map(() => ({ code: "shadowed", message: EVIL, virtualHost: EVIL, host: EVIL }));
const operation = { id: "operation-0001", title: SHORT_EVIL, servers: 2 };
const proof: NonNullable<Receipt["proof"]> = {
  generation: 2,
  observedAt: at(1),
  durationMs: 1e300,
  cells: (["page", "api", "head", "post"] as const).map((probe) => ({
    host: EVIL,
    listener: EVIL,
    path: EVIL,
    probe,
    outcome: "wrong",
    expected: EVIL,
    observed: EVIL,
    message: EVIL,
  })),
};
const receipt = someReceipt({
  author: EVIL,
  reason: EVIL,
  until: "9999-12-31T23:59:59Z",
  changes,
  warnings,
  proof,
  operation,
  options: { site: "shop", reason: SHORT_EVIL },
});
const reverted = someReceipt({
  id: `r-0 ${EVIL}`,
  state: "reverted",
  author: EVIL,
  reason: EVIL,
  operation,
  revert: { how: "delete", generation: 3, at: at(2), author: EVIL, switchMs: 1, exact: false, proof, operation },
});
const requests: InFlightRequest[] = ["constructor", EVIL].map((id) => ({
  id,
  generation: 1,
  worker: 1,
  virtualHost: EVIL,
  site: "shop",
  method: EVIL,
  host: EVIL,
  path: EVIL,
  client: EVIL,
  kind: "download",
  startedAt: at(0),
  bytesReceived: 0,
  bytesSent: 5,
  bytesExpected: 1,
}));

const hazards = [1, 2].map((line) => ({ code: EVIL, message: EVIL, file: EVIL, line, refuses: true, paste: EVIL }));
const listener = {
  address: EVIL,
  port: -1,
  tls: true,
  http2: true,
  proxyProtocol: true,
  clientCertificate: true,
};
const webServers: NonNullable<Snapshot["webServers"]> = ["nginx", EVIL].map((id) => ({
  id,
  kind: "nginx",
  version: EVIL,
  pid: 1,
  program: EVIL,
  configuration: EVIL,
  user: EVIL,
  container: EVIL,
  sites: (["ready", "not-prepared", "cannot-be-prepared", "lost"] as const).map((state, index) => ({
    id: index === 0 ? "foreign" : `${state}${EVIL}`,
    hosts: [EVIL, EVIL],
    listeners: [listener, listener],
    blocks: [{ file: EVIL, line: 1, role: "serves", names: [EVIL], isDefault: true }],
    certificates: [1, 2].map(() => ({ file: EVIL, message: EVIL })),
    hazards,
    state,
    message: EVIL,
    cells: (["gone", "unreachable"] as const).map((cell) => ({
      listener: EVIL,
      host: EVIL,
      state: cell,
      message: EVIL,
    })),
  })),
  limits: { inFlight: "none", cut: false, sentences: [EVIL, EVIL] },
  problems: [EVIL, EVIL],
  observedAt: at(0),
}));

export const hostileSnapshot: Snapshot = someSnapshot({
  agent: { ...someAgent, hostname: EVIL, listeners: [{ name: EVIL, address: EVIL, port: 80 }], generation: 2 },
  config,
  generations: [
    { generation: 2, state: "active", createdAt: at(1), author: EVIL, reason: EVIL, changes, inFlight: 0 },
    { generation: 1, state: "draining", createdAt: at(0), author: EVIL, reason: EVIL, changes, inFlight: 2 },
  ],
  maintenance: [receipt, reverted],
  stages: [
    {
      id: EVIL,
      operation,
      changes: [{ kind: "maintenance", options: { site: "toString", reason: SHORT_EVIL } }],
      author: EVIL,
      sites: [EVIL, EVIL],
      state: "expired",
      baseGeneration: 1,
      stagedAt: at(0),
      expiresAt: at(1),
      receipts: [],
      warnings,
    },
  ],
  webServers,
  metrics: Object.fromEntries(
    siteIds.map((id) => [id, { requests: 1e15, inFlight: -5, perSecond: 1e300, status: { [EVIL]: 1 } }]),
  ),
});

const plan: Plan = {
  site: "toString",
  copycat: EVIL,
  steps: [1, 2].map(() => ({ step: "copycat", title: EVIL, detail: EVIL })),
  operations: [],
  inverse: [{ op: "add-hosts", id: EVIL, hosts: [EVIL] }],
  changes,
  warnings,
  before: config,
  after: config,
};
const refusal: AdminError = {
  code: "config.invalid",
  message: EVIL,
  details: { problems: [1, 2].map(() => ({ path: EVIL, code: EVIL, message: EVIL })), path: EVIL, receipt: EVIL },
  requestId: EVIL,
};

export interface HostileAgent {
  socketPath: string;
  /** From now on sends this on every event stream, as fast as it is taken. */
  talk(lines: () => Iterable<string>): void;
  close(): Promise<void>;
}

/** @param socketPath to be made */
export async function startHostileAgent(socketPath: string): Promise<HostileAgent> {
  const streams = new Set<http.ServerResponse>();
  let talking: (() => Iterable<string>) | undefined;
  const talkTo = async (stream: http.ServerResponse, lines: () => Iterable<string>): Promise<void> => {
    for (const line of lines()) {
      if (stream.destroyed || talking !== lines) return;
      if (stream.write(line)) continue;
      const taken = new AbortController();
      await Promise.race([once(stream, "drain", taken), once(stream, "close", taken)]).finally(() => taken.abort());
    }
  };
  const replies: Record<string, [number, unknown]> = {
    "GET /v1/agent": [200, hostileSnapshot.agent],
    "GET /v1/requests": [200, { requests }],
    "POST /v1/maintenance/plan": [200, plan],
  };
  const server = http.createServer((request, response) => {
    request.resume();
    const path = (request.url ?? "").replace(/\?.*/, "");
    if (path === "/v1/events") {
      response.writeHead(200).write(`${JSON.stringify(hostileSnapshot)}\n`);
      streams.add(response);
      response.once("close", () => streams.delete(response));
      if (talking !== undefined) void talkTo(response, talking);
      return;
    }
    if (path === "/v1/requests/events") {
      const watched = { type: "snapshot", at: at(1), total: 1e15, requests };
      response.writeHead(200).write(`${JSON.stringify(watched)}\n`);
      return;
    }
    const [status, body] = replies[`${request.method ?? ""} ${path}`] ?? [422, refusal];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    socketPath,
    talk(lines) {
      talking = lines;
      for (const stream of streams) void talkTo(stream, lines);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
