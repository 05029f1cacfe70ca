/** HTTP over a unix socket or an SSH channel, with failures in words. */
import { t } from "../language/translate.ts";
import http from "node:http";
import net from "node:net";
import { performance } from "node:perf_hooks";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { FailureError, messageOf, systemCodeOf } from "../failures.ts";
import type { Failure } from "../contract/failures.ts";
import type { SeenAddress } from "../contract/servers.ts";
import { Semaphore } from "../timing/semaphore.ts";
import { ChannelLimit } from "./channel-limit.ts";
import { MAX_ERROR_BYTES, readReply, refusal } from "./agent-reply.ts";
import { MAX_JSON_BYTES } from "./bounded-json.ts";
import { GatheredBytes } from "./gathered-bytes.ts";
import { NoRoomError } from "./no-room.ts";

/** One HTTP message to the agent, as `core/admin-call.ts` encodes it. */
interface AgentRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | undefined;
}

interface AgentReply {
  status: number;
  text: string;
  /** From sending the request to the last byte of the reply, without the time to connect. */
  durationMs: number;
}

/**
 * Byte channels to the agent's admin socket: unix sockets here, SSH channels elsewhere. Rejections
 * are the system's errors or `FailureError`.
 */
export interface Connector {
  /**
   * Makes what all channels share, a login for example. It may wait for a person, so that it has no
   * time limit.
   */
  reach(): Promise<void>;
  /**
   * The channel has what Node's HTTP agent calls of an idle socket: `ref`, `unref`, `setKeepAlive`,
   * `setTimeout`.
   */
  connect(): Promise<Duplex>;
  /**
   * The address from which this computer comes there, for a server that is not this computer.
   * Rejects with `FailureError`.
   */
  seenAddress?(): Promise<SeenAddress>;
  /** Why what the channels share has ended, when more is known than that it has. */
  fault?(): Failure | undefined;
  /**
   * Forgets what the channels share: the other side has gone silent, and the next channel starts
   * from nothing.
   */
  drop(): void;
  close(): void;
}

/** HTTP to one agent over a connector's channels. Rejects with `FailureError` only. */
export interface Transport {
  /** Resolves once a call could be made, as far as that is known beforehand. */
  reach(): Promise<void>;
  /** @param longest characters of the reply */
  call(request: AgentRequest, timeoutMs: number, longest?: number): Promise<AgentReply>;
  /**
   * Hands over the body as it comes; resolves when the agent ends it, rejects when it breaks, does
   * not begin within `headMs` or `signal` says stop. While `onText` has not resolved nothing more
   * is read, and the agent has to wait.
   */
  stream(
    request: AgentRequest,
    onText: (text: string) => Promise<void> | undefined,
    options: { signal: AbortSignal; headMs: number },
  ): Promise<void>;
  /** To be called when the other side has gone silent. */
  drop(): void;
  close(): void;
}

/**
 * A unix socket; resolves once it is connected, so that a missing or forbidden socket is told apart
 * from an agent that fails later.
 */
export function socketConnector(socketPath: string): Connector {
  return {
    reach: () => Promise.resolve(),
    connect: () =>
      new Promise((resolve, reject) => {
        const socket = net.connect({ path: socketPath });
        socket.once("error", reject);
        socket.once("connect", () => {
          socket.removeListener("error", reject);
          resolve(socket);
        });
      }),
    drop: () => undefined,
    close: () => undefined,
  };
}

function failureOf(error: unknown, place: string, connector: Connector): Failure {
  const fault = connector.fault?.();
  if (fault !== undefined) return fault;
  if (error instanceof FailureError) return error.failure;
  switch (systemCodeOf(error)) {
    case "ENOENT":
    case "ENOTSOCK":
      return {
        code: "server.socket-missing",
        message: t("There is no agent's socket at {place}. Start the agent, or correct the path.", { place }),
      };
    case "EACCES":
    case "EPERM":
      return {
        code: "server.socket-denied",
        message: t("This account may not open {place}. The agent's socket belongs to the account that runs it.", {
          place,
        }),
      };
    case "ECONNREFUSED":
      return {
        code: "server.unreachable",
        message: t("Nothing answers on {place}: the agent is not running.", { place }),
      };
    default:
      // Codes of Node's HTTP parser.
      if (systemCodeOf(error)?.startsWith("HPE_") === true)
        return {
          code: "server.not-an-agent",
          message: t("What answers on {place} does not speak the agent's protocol ({why}).", {
            place,
            why: messageOf(error),
          }),
        };
      return {
        code: "server.unreachable",
        message: t("The connection to {place} failed: {why}", { place, why: messageOf(error) }),
      };
  }
}

/**
 * Calls at a time. Where each has a channel of its own, sshd refuses the eleventh (MaxSessions),
 * and one that ends counts until the program behind it has ended; the event stream is one of them.
 */
const MAX_CONCURRENT_CALLS = 6;

/** Until a channel that was closed no longer counts there (ms). */
const ROOM_PAUSES_MS = [50, 100, 200, 400, 800, 1600];

/**
 * Reuses idle channels. Node's own limit counts only those that are open already, not those that
 * are being opened.
 */
class ChannelAgent extends http.Agent {
  readonly #connector: Connector;

  constructor(connector: Connector) {
    super({ keepAlive: true, maxFreeSockets: MAX_CONCURRENT_CALLS });
    this.#connector = connector;
  }

  /** Channels that are open, idle ones too. */
  get openChannels(): number {
    return [this.sockets, this.freeSockets].reduce((sum, of) => sum + Object.values(of).flat().length, 0);
  }

  override createConnection(_options: unknown, opened?: (error: Error | null, channel: Duplex) => void): undefined {
    this.#connector.connect().then(
      (channel) => opened?.(null, channel),
      (error: unknown) => opened?.(error instanceof Error ? error : new Error(String(error)), undefined as never),
    );
  }
}

/** Why there is no stream: the agent's own words, or something else answers. */
async function noStream(response: http.IncomingMessage, place: string): Promise<Failure> {
  const status = response.statusCode ?? 0;
  const body = new GatheredBytes();
  for await (const chunk of response as AsyncIterable<Buffer>) {
    body.add(chunk);
    if (body.length > MAX_ERROR_BYTES) break;
  }
  const reply = readReply("events", status, body.text());
  return !reply.ok && reply.error.requestId !== ""
    ? refusal(reply.error)
    : {
        code: "server.not-an-agent",
        message: t("{place} answers the event stream with status {status}.", { place, status }),
      };
}

/** @param place how the person knows the address, for messages. */
export function openTransport(connector: Connector, place: string): Transport {
  const agent = new ChannelAgent(connector);
  const calls = new Semaphore(MAX_CONCURRENT_CALLS);
  const limit = new ChannelLimit();
  let streams = 0;
  const beginOnce = (
    { method, path, headers, body }: AgentRequest,
    signal: AbortSignal,
  ): Promise<http.IncomingMessage> =>
    new Promise((resolve, reject) => {
      const request = http.request({
        agent,
        method,
        path,
        headers: {
          host: "agent",
          ...headers,
          ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
        },
        signal,
      });
      request.once("response", resolve);
      request.on("error", reject);
      // A request that still waits for its channel does not say that it was aborted.
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      request.end(body);
    });
  /**
   * Where another channel is refused the request waits for one that is open; where none is but
   * those of streams, which stay, for those that were closed to count no more.
   */
  const begin = async (request: AgentRequest, signal: AbortSignal): Promise<http.IncomingMessage> => {
    for (let pauses = 0; ;) {
      try {
        return await beginOnce(request, signal);
      } catch (error) {
        if (!(error instanceof NoRoomError) || signal.aborted) throw error;
        if (agent.openChannels > streams) {
          agent.maxSockets = limit.refused(agent.openChannels);
          continue;
        }
        const pause = ROOM_PAUSES_MS[pauses];
        if (pause === undefined) throw error;
        pauses += 1;
        await delay(pause);
      }
    }
  };
  const silent = (ms: number) =>
    new FailureError({
      code: "server.silent",
      message: t("The agent at {place} did not answer within {seconds} s.", { place, seconds: Math.round(ms / 1000) }),
    });

  return {
    reach: async () => {
      try {
        await connector.reach();
      } catch (error) {
        throw new FailureError(failureOf(error, place, connector));
      }
    },
    call: (request, timeoutMs, longest = MAX_JSON_BYTES) =>
      calls.run(async () => {
        const startedAt = performance.now();
        const timeout = AbortSignal.timeout(timeoutMs);
        try {
          const response = await begin(request, timeout);
          const body = new GatheredBytes();
          for await (const chunk of response as AsyncIterable<Buffer>) {
            body.add(chunk);
            if (body.length > longest)
              throw new FailureError({
                code: "server.not-an-agent",
                message: t("The reply from {place} is longer than any agent's: more than {longest} bytes.", {
                  place,
                  longest,
                }),
              });
          }
          agent.maxSockets = limit.answered();
          return { status: response.statusCode ?? 0, text: body.text(), durationMs: performance.now() - startedAt };
        } catch (error) {
          if (error instanceof FailureError) throw error;
          throw timeout.aborted ? silent(timeoutMs) : new FailureError(failureOf(error, place, connector));
        }
      }),
    async stream(request, onText, { signal, headMs }) {
      const head = new AbortController();
      const timer = setTimeout(() => head.abort(), headMs);
      try {
        const response = await begin(request, AbortSignal.any([signal, head.signal]));
        if (response.statusCode !== 200) throw new FailureError(await noStream(response, place));
        clearTimeout(timer);
        streams += 1;
        response.once("close", () => (streams -= 1));
        response.setEncoding("utf8");
        for await (const text of response as AsyncIterable<string>) await onText(text);
      } catch (error) {
        if (error instanceof FailureError) throw error;
        throw head.signal.aborted ? silent(headMs) : new FailureError(failureOf(error, place, connector));
      } finally {
        clearTimeout(timer);
      }
    },
    drop: () => {
      agent.maxSockets = limit.forget();
      connector.drop();
    },
    close: () => {
      agent.destroy();
      connector.close();
    },
  };
}
