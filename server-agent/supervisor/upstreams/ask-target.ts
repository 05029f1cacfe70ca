/** One health check of a target: over the same kind of connection as the requests of visitors. */
import type { HealthCheck } from "../../contract/upstream.ts";
import { isGoodStatus } from "../../core/balance/check-state.ts";
import { request } from "node:http";
import { connectTarget, type ConnectOptions } from "../../worker/upstream/connect-target.ts";
import type { Target } from "../../worker/upstream/target.ts";
import { connectFailure } from "../../worker/upstream/target-tls.ts";

const USER_AGENT = "Backsoon health check";

/** Undefined: it is healthy; else why not, for people. @param timeoutMs For all of it. */
export async function askTarget(
  target: Target,
  { path, host, status }: HealthCheck,
  timeoutMs: number,
): Promise<string | undefined> {
  const closing = new AbortController();
  const tooLate = setTimeout(() => {
    closing.abort();
  }, timeoutMs);
  try {
    if (path === undefined) {
      await connects(target, closing.signal);
      return undefined;
    }
    const ask = target.http2Scheme === undefined ? statusOf : http2StatusOf;
    const answered = await ask(target, path, host ?? target.authority, closing.signal);
    return isGoodStatus(answered, status) ? undefined : `GET ${path} answered ${String(answered)}`;
  } catch (failure) {
    if (closing.signal.aborted) return "no answer in time";
    return connectFailure(failure as NodeJS.ErrnoException);
  } finally {
    clearTimeout(tooLate);
  }
}

function connects(target: Target, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connectTarget(target, optionsFor(target), () => {
      resolve();
      socket.destroy();
    });
    socket.on("error", reject);
    signal.addEventListener("abort", () => {
      socket.destroy();
      reject(new Error("aborted"));
    });
  });
}

function statusOf(target: Target, path: string, host: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({
      createConnection: () => connectTarget(target, {}, () => undefined),
      path,
      signal,
      setHost: false,
      headers: { Host: host, "User-Agent": USER_AGENT, Connection: "close" },
    });
    asked.on("error", reject).on("response", (response) => {
      resolve(response.statusCode ?? 0);
      asked.destroy();
    });
    asked.end();
  });
}

/** One request is no load, and needs no connection of the workers' kind, which outlives it. */
function http2StatusOf(target: Target, path: string, host: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connectTarget(target, optionsFor(target), () => {
      const { connect } = process.getBuiltinModule("node:http2");
      const scheme = target.http2Scheme ?? "http";
      const session = connect(`${scheme}://${target.authority}`, { createConnection: () => socket });
      session.on("error", reject);
      const headers = { ":method": "GET", ":scheme": scheme, ":authority": host, ":path": path };
      const asked = session.request({ ...headers, "user-agent": USER_AGENT }, { endStream: true });
      asked.on("error", reject).on("response", ({ ":status": status = 0 }) => {
        resolve(status);
        session.destroy();
      });
    });
    socket.on("error", reject).on("close", () => {
      reject(new Error("the connection was closed"));
    });
    signal.addEventListener("abort", () => {
      socket.destroy();
      reject(new Error("aborted"));
    });
  });
}

/** As a connection of the workers is agreed. */
function optionsFor({ http2Scheme }: Target): ConnectOptions {
  return http2Scheme === undefined ? {} : { ALPNProtocols: ["h2"] };
}
