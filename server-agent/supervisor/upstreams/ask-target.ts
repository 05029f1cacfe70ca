/** One health check of a target: over the same kind of connection as the requests of visitors. */
import type { HealthCheck } from "../../contract/upstream.ts";
import { isGoodStatus } from "../../core/balance/check-state.ts";
import { request } from "../../node-http.ts";
import { connectTarget } from "../../worker/upstream/connect-target.ts";
import type { Target } from "../../worker/upstream/target.ts";
import { connectFailure } from "../../worker/upstream/target-tls.ts";

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
    const answered = await statusOf(target, path, host ?? target.authority, closing.signal);
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
    const socket = connectTarget(target, {}, () => {
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
      headers: { Host: host, "User-Agent": "Backsoon health check", Connection: "close" },
    });
    asked.on("error", reject).on("response", (response) => {
      resolve(response.statusCode ?? 0);
      asked.destroy();
    });
    asked.end();
  });
}
