/** A receiver that does not answer: what waits for it, and what is sent when it does. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import type { Reminder } from "../../../../../server-agent/contract/reminders.ts";
import { createLog } from "../../../../../server-agent/log.ts";
import { done } from "../../../../../server-agent/result.ts";
import { Channels } from "../../../../../server-agent/supervisor/channels/channels.ts";
import { EventBus } from "../../../../../server-agent/supervisor/event-bus.ts";

const START = Date.parse("2030-01-06T02:00:00.000Z");

function reminder(id: string, kind: Reminder["kind"], start = START): Reminder {
  const when = new Date(start).toISOString();
  const title = kind === "ahead" ? `${id} goes into maintenance in 2 min` : `<!channel> ${id} & ${kind} @here`;
  const about = { sites: [id], occurrence: { id, start: when }, receipts: [], deliveries: [] };
  return { id, kind, due: when, title, text: "text", ...about };
}

it("the most urgent is sent first, as it is true then, and what is over is not sent", async () => {
  const answers: http.ServerResponse[] = [];
  const texts: string[] = [];
  let arrived: () => void = () => undefined;
  const receiver = http.createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      texts.push((JSON.parse(body) as { text: string }).text);
      answers.push(response);
      arrived();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/`;
  const made = [
    reminder("first", "end"),
    reminder("ended", "end"),
    reminder("soon", "ahead"),
    reminder("later", "ahead", START + 600_000),
    reminder("stuck", "overrun"),
  ];
  let now = START - 120_000;
  const outcomes: [string, string | undefined][] = [];
  const events = new EventBus();
  const channels = new Channels(
    {
      clock: { now: () => now, monotonic: () => performance.now() },
      state: { path: "/nowhere" } as never,
      reminders: {
        list: () => made,
        noteDelivery: (id, { why }) => {
          outcomes.push([id, why]);
          return Promise.resolve(done(reminder(id, "end")));
        },
      },
      receipts: { known: () => [] },
      config: () => ({ listeners: [], virtualHosts: [] }),
      events,
      log: createLog(() => undefined),
    },
    [{ id: "chat", kind: "webhook", url, format: "text", createdAt: "2029-01-01T00:00:00.000Z" }],
  );
  const reached = (count: number) =>
    new Promise<void>((resolve) => {
      arrived = () => {
        if (answers.length >= count) resolve();
      };
      arrived();
    });
  events.publish({ type: "reminders-changed", changed: made, areNew: true });
  await reached(1);
  // The first one is under way; meanwhile the start of another is over.
  now = START + 1000;
  for (let count = 1; count <= 4; count++) {
    await reached(count);
    answers[count - 1]?.end();
  }
  while (outcomes.length < 5) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(outcomes.map(([id]) => id)).toEqual(["stuck", "soon", "later", "first", "ended"]);
  channels.close();
  receiver.close();
  expect(texts[0]).toMatch(/^&lt;!channel&gt; stuck &amp; overrun @\u200bhere \(.+\)\ntext$/);
  expect(texts[1]).toMatch(/^later goes into maintenance in 10 min \(/);
  expect(outcomes[1]?.[1]).toContain("has passed");
});
