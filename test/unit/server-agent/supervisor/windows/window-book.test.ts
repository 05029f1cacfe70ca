/** So many windows are kept, so large together, with so many skips ahead. */
import { describe, expect, it } from "vitest";
import { Calendar } from "../../../../../server-agent/core/windows/occurrences.ts";
import type { StoredWindow } from "../../../../../server-agent/store/stored-window.ts";
import { WindowBook } from "../../../../../server-agent/supervisor/windows/window-book.ts";

const AT = "2030-01-01T00:00:00.000Z";

function windowOf(id: string, more: Partial<StoredWindow> = {}): StoredWindow {
  return {
    id,
    title: "New disks",
    sites: [{ site: "shop" }],
    start: "2031-01-06T02:00",
    duration: "PT2H",
    zone: "UTC",
    revision: 1,
    createdAt: AT,
    seenTo: AT,
    records: [],
    ...more,
  };
}

function bookOf(windows: readonly StoredWindow[]): WindowBook {
  // What has its file is adopted without writing.
  const book = new WindowBook({ save: () => undefined, remove: () => undefined });
  for (const window of windows) book.adopt(window, new Calendar(window), Date.parse(AT));
  return book;
}

describe("the windows", () => {
  it("are not more than a number; one that is there can be changed", () => {
    const book = bookOf(Array.from({ length: 1000 }, (_, index) => windowOf(`w-${String(index)}`)));
    expect(book.obstacleTo(windowOf("new"))).toMatch(/1000 windows already/);
    expect(book.obstacleTo(windowOf("w-7"), "w-7")).toBeUndefined();
  });

  it("are not larger together than a limit", () => {
    const logo = `data:image/png;base64,${"A".repeat(180_000)}`;
    const large = Array.from({ length: 100 }, (_, index) => ({
      site: `shop-${String(index)}`,
      page: { title: "Closed", logo },
    }));
    const windows = [1, 2, 3].map((index) => windowOf(`w-${String(index)}`, { sites: structuredClone(large) }));
    expect(bookOf(windows.slice(0, 2)).obstacleTo(windowOf("new"))).toBeUndefined();
    expect(bookOf(windows).obstacleTo(windowOf("new", { sites: large }))).toMatch(/64 MB/);
  });

  it("have so many skips ahead", () => {
    const records = Array.from({ length: 500 }, (_, index) => {
      const start = Date.parse("2031-01-06T02:00:00Z") + index * 7 * 86_400_000;
      const at = (instant: number) => new Date(instant).toISOString();
      return { window: "w", start: at(start), end: at(start + 7_200_000), state: "skipped" as const, receipts: [] };
    });
    const [full, roomy] = [records, records.slice(1)].map((all) => bookOf([windowOf("w", { records: all })]));
    expect(full?.obstacleToSkip(full.entries()[0] as never)).toMatch(/500 upcoming occurrences/);
    expect(roomy?.obstacleToSkip(roomy.entries()[0] as never)).toBeUndefined();
  });
});
