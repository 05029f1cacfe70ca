import type { OutgoingResponse } from "./outgoing-response.ts";

/** Resolves when a response that said "enough" takes more, or when it is over. */
export function drained(response: OutgoingResponse): Promise<void> {
  return new Promise((resolve) => {
    response.whenDrained(resolve);
  });
}
