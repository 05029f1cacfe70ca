/** Keeps the window on a display that is still there. Pure. */
export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const SMALLEST = { width: 900, height: 600 } as const;
const USUAL = { width: 1280, height: 820 } as const;

/**
 * Where the window opens: as it was left, if its title bar can still be reached on one of the
 * displays there are now; otherwise in the usual size, placed by the system. It is never larger
 * than the displays that it lies on.
 *
 * @param workAreas of all displays, without panels and docks.
 */
export function placeWindow(
  stored: Rectangle | null,
  workAreas: Rectangle[],
): Partial<Rectangle> & { width: number; height: number } {
  if (stored === null) return USUAL;
  const width = Math.max(stored.width, SMALLEST.width);
  const height = Math.max(stored.height, SMALLEST.height);
  const reachable = workAreas.some(
    (area) =>
      Math.min(stored.x + width, area.x + area.width) - Math.max(stored.x, area.x) >= 200 &&
      stored.y >= area.y &&
      stored.y <= area.y + area.height - 40,
  );
  if (!reachable) return USUAL;
  const below = workAreas.filter(
    (area) =>
      stored.x < area.x + area.width &&
      stored.x + width > area.x &&
      stored.y < area.y + area.height &&
      stored.y + height > area.y,
  );
  const [x, limitedWidth] = fit(
    stored.x,
    width,
    below.map((area) => [area.x, area.x + area.width]),
  );
  const [y, limitedHeight] = fit(
    stored.y,
    height,
    below.map((area) => [area.y, area.y + area.height]),
  );
  return { x, y, width: limitedWidth, height: limitedHeight };
}

/** Start and length in one direction; what is longer than all areas together is as long as they. */
function fit(start: number, length: number, areas: readonly [number, number][]): [number, number] {
  const first = Math.min(...areas.map(([from]) => from));
  const last = Math.max(...areas.map(([, to]) => to));
  return length <= last - first ? [start, length] : [first, last - first];
}
