import { describe, expect, it } from "vitest";
import { placeWindow } from "../../../../main/page/window-bounds.ts";

const laptop = { x: 0, y: 25, width: 1440, height: 875 };
const external = { x: 1440, y: 0, width: 2560, height: 1440 };

describe("where the window opens", () => {
  it("has no position at the first start: the system places it", () => {
    expect(placeWindow(null, [laptop])).toEqual({ width: 1280, height: 820 });
  });

  it("opens as it was left", () => {
    const bounds = { x: 1500, y: 100, width: 1600, height: 1000 };
    expect(placeWindow(bounds, [laptop, external])).toEqual(bounds);
  });

  it("comes back from a display that is gone", () => {
    expect(placeWindow({ x: 1500, y: 100, width: 1600, height: 1000 }, [laptop])).toEqual({ width: 1280, height: 820 });
  });

  it.each([
    ["above the display", { x: 100, y: -900, width: 1000, height: 700 }],
    ["under its lower edge", { x: 100, y: 895, width: 1000, height: 700 }],
    ["all but a sliver to the left", { x: -950, y: 100, width: 1000, height: 700 }],
    ["all but a sliver to the right", { x: 1400, y: 100, width: 1000, height: 700 }],
  ])("does not open %s, where its title bar cannot be reached", (_where, bounds) => {
    expect(placeWindow(bounds, [laptop])).toEqual({ width: 1280, height: 820 });
  });

  it("is never larger than the displays that it lies on", () => {
    expect(placeWindow({ x: 0, y: 25, width: 9000, height: 8000 }, [laptop])).toEqual(laptop);
    expect(placeWindow({ x: 100, y: 100, width: 9000, height: 700 }, [laptop])).toEqual({
      x: 0,
      y: 100,
      width: 1440,
      height: 700,
    });
    const across = { x: 100, y: 30, width: 3000, height: 800 };
    expect(placeWindow(across, [laptop, external])).toEqual(across);
  });

  it("is never smaller than the smallest size", () => {
    expect(placeWindow({ x: 10, y: 30, width: 300, height: 200 }, [laptop])).toEqual({
      x: 10,
      y: 30,
      width: 900,
      height: 600,
    });
  });
});
