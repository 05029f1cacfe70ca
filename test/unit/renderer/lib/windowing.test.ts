import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inView, offsetsOf, scrollFor } from "../../../../renderer/lib/windowing.ts";

const heights = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 200 });

describe("the window on a long list", () => {
  it("has every row that can be seen, and few more", () => {
    fc.assert(
      fc.property(heights, fc.nat(8000), fc.integer({ min: 1, max: 900 }), fc.nat(5), (rows, top, height, spare) => {
        const offsets = offsetsOf(rows, (row) => row);
        const { first, end } = inView(offsets, top, height, spare);
        rows.forEach((row, index) => {
          const start = offsets[index] ?? 0;
          const isSeen = start < top + height && start + row > top;
          if (isSeen) expect(index >= first && index < end).toBe(true);
        });
        expect(end - first).toBeLessThanOrEqual(height + 2 + 2 * spare);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(rows.length);
      }),
    );
  });

  it("draws a window's worth of ten thousand rows", () => {
    const offsets = offsetsOf(Array.from({ length: 10_000 }), () => 42);
    expect(offsets.at(-1)).toBe(420_000);
    expect(inView(offsets, 42 * 5000, 420, 6)).toEqual({ first: 4994, end: 5017 });
    expect(inView(offsets, 0, 420, 6)).toEqual({ first: 0, end: 17 });
    expect(inView([0], 0, 420, 6)).toEqual({ first: 0, end: 0 });
  });

  it("scrolls only as far as a row needs", () => {
    const offsets = offsetsOf(Array.from({ length: 100 }), () => 40);
    expect(scrollFor(offsets, 20, 0, 400, 36)).toBe(20 * 40 + 40 - 400 + 36);
    expect(scrollFor(offsets, 2, 400, 400, 36)).toBe(80);
    expect(scrollFor(offsets, 12, 400, 400, 36)).toBe(400);
  });
});
