/** One line of an agent's stream of requests in flight. Pure. */
import { MAX_WATCHED_REQUESTS, RequestsLine } from "../../server-agent/contract/events.ts";
import { applyRequests, type WatchedRequests } from "../../server-agent/core/client/apply-requests.ts";
import { FailureError } from "../failures.ts";
import { plainText } from "../text/plain-text.ts";
import { tidy } from "./agent-words.ts";
import { ambiguityIn } from "./ambiguity.ts";
import { parseBoundedJson } from "./bounded-json.ts";

const SHOWN = 120;

/**
 * The list after a line.
 * @param before `undefined` before the first line
 * @throws {FailureError} `server.not-an-agent` for what no agent sends.
 */
export function withRequestsLine(before: WatchedRequests | undefined, text: string): WatchedRequests {
  const line = readLine(text);
  if (before === undefined && line.type !== "snapshot") throw notAnAgent(`it starts with ${line.type}`);
  const list = applyRequests(before, line);
  if (list.requests.length > MAX_WATCHED_REQUESTS) throw notAnAgent(`it lists ${list.requests.length} requests`);
  return list;
}

function readLine(text: string): RequestsLine {
  const json = parseBoundedJson(text);
  if (!json.ok) throw notAnAgent(json.failure);
  // Zod would look at every entry of a list before it refuses its length.
  for (const [name, list] of Object.entries(Object(json.value) as object))
    if (Array.isArray(list) && list.length > MAX_WATCHED_REQUESTS)
      throw notAnAgent(`${plainText(name, SHOWN)} has ${list.length} entries`);
  const { data, error } = RequestsLine.safeParse(json.value);
  if (data === undefined) {
    const issue = error.issues[0];
    throw notAnAgent(plainText(`${issue?.path.map(String).join(".")}: ${issue?.message}`, SHOWN));
  }
  const doubt = ambiguityIn(data);
  if (doubt !== undefined) throw notAnAgent(doubt);
  return tidy(data);
}

function notAnAgent(why: string): FailureError {
  return new FailureError({
    code: "server.not-an-agent",
    message: `The agent's list of requests is not valid: ${why}.`,
  });
}
