import type { InFlightRequest } from "../../contract/agent.ts";
import type { RequestsLine } from "../../contract/events.ts";
import { oldestFirst } from "../request-filter.ts";

/** What is in flight, as the last line of a stream of requests left it. */
export interface WatchedRequests {
  /** When it was observed. */
  readonly at: string;
  /** Oldest first. */
  readonly requests: readonly InFlightRequest[];
  /** How many match; `requests` has the oldest of them. */
  readonly total: number;
}

/**
 * The list after a line of `GET /v1/requests/events`.
 * @param before `undefined` before the first line of a connection, which is a snapshot
 */
export function applyRequests(before: WatchedRequests | undefined, line: RequestsLine): WatchedRequests {
  const { at, total } = line;
  if (line.type === "snapshot") return { at, requests: line.requests, total };
  const known = new Map(before?.requests.map((request) => [request.id, request]));
  for (const id of line.ended) known.delete(id);
  for (const request of line.changed) known.set(request.id, request);
  return { at, requests: [...known.values()].sort(oldestFirst), total };
}
