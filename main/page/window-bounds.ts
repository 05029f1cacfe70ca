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
 * displays there are now; otherwise in the usual size, placed by the system.
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
  return reachable ? { x: stored.x, y: stored.y, width, height } : USUAL;
}
