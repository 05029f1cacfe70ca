import type { Occurrence, Receipt } from "../../contract.ts";
import { endFrom } from "./window-plan.ts";
import type { PlannedWindow } from "./window-plan.ts";
import { isoOf } from "./wall-clock.ts";
import type { Instant, Span } from "./wall-clock.ts";

/**
 * The window with a record of everything that its receipts say it has begun: an agent that was killed between the switch and the record knows it from the generations.
 *
 * @param spanAt the calendar's occurrence that starts at this instant
 */
export function withBegun<W extends PlannedWindow>(window: W, receipts: readonly Receipt[], spanAt: (start: Instant) => Span | undefined): W {
  const records = [...window.records];
  for (const receipt of receipts) {
    const start = receipt.window?.id === window.id ? receipt.window.start : undefined;
    if (start === undefined) continue;
    const index = records.findIndex((record) => record.start === start);
    const record = records[index];
    if (record === undefined) records.push(recordOf(window.id, start, receipt, spanAt(Date.parse(start))));
    else if (!record.receipts.includes(receipt.id)) records[index] = { ...begunBy(record, receipt), receipts: [...record.receipts, receipt.id] };
  }
  if (records.length === window.records.length && records.every((record, index) => record === window.records[index])) return window;
  return { ...window, records: records.sort((a, b) => (a.start < b.start ? -1 : 1)) };
}

function recordOf(window: string, start: string, receipt: Receipt, span: Span | undefined): Occurrence {
  const end = span === undefined ? (receipt.until ?? receipt.startedAt) : isoOf(endFrom(span, Date.parse(receipt.startedAt)));
  return { ...begunBy({ window, start, end, state: "running", receipts: [] }, receipt), receipts: [receipt.id] };
}

function begunBy(record: Occurrence, { startedAt, revert }: Receipt): Occurrence {
  if (record.state === "ended" || record.state === "overrun") return record;
  if (revert !== undefined) return { ...record, state: "ended", startedAt: record.startedAt ?? startedAt, endedAt: revert.at };
  return { ...record, state: "running", startedAt: record.startedAt ?? startedAt };
}
