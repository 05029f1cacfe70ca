import type { Change } from "../../contract/agent.ts";

/**
 * Longest value (characters of JSON) that goes with every snapshot and event. A whole site with an
 * embedded logo has a hundred times that.
 */
const MAX_VALUE_LENGTH = 2000;

const lightened = new WeakMap<readonly Change[], Change[]>();

/**
 * The same changes without their large values, for the event stream; `GET /v1/generations` and
 * `GET /v1/maintenance/{id}` have them in full.
 */
export function lightChanges(changes: Change[]): Change[] {
  let light = lightened.get(changes);
  if (light === undefined) {
    light = changes.map(({ before, after, ...where }) => ({
      ...where,
      ...(isLarge(before) ? {} : { before }),
      ...(isLarge(after) ? {} : { after }),
    }));
    lightened.set(changes, light);
  }
  return light;
}

function isLarge(value: unknown): boolean {
  return value === undefined || JSON.stringify(value).length > MAX_VALUE_LENGTH;
}
