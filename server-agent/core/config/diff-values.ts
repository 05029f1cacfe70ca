import type { Change } from "../../contract/agent.ts";
import { childPointer } from "../json-pointer.ts";

type JsonObject = Record<string, unknown>;

/**
 * Differences between two JSON values as JSON Pointers. Lists are compared after their common
 * beginning and end, so one entry more is one change. An object whose `type` differs is another
 * thing and is changed as a whole. A key with the value undefined counts as absent.
 */
export function diffValues(before: unknown, after: unknown, path: string): Change[] {
  const changes: Change[] = [];
  collect(before, after, path, changes);
  return changes;
}

function collect(before: unknown, after: unknown, path: string, changes: Change[]): void {
  if (before === after) return;
  if (Array.isArray(before) && Array.isArray(after)) collectFromLists(before, after, path, changes);
  else if (isObject(before) && isObject(after) && before.type === after.type)
    collectFromObjects(before, after, path, changes);
  else changes.push({ kind: "changed", path, before, after });
}

function collectFromObjects(before: JsonObject, after: JsonObject, path: string, changes: Change[]): void {
  for (const [key, old] of Object.entries(before)) {
    const now = own(after, key);
    if (old === undefined) continue;
    if (now === undefined) changes.push({ kind: "removed", path: childPointer(path, key), before: old });
    else collect(old, now, childPointer(path, key), changes);
  }
  for (const [key, now] of Object.entries(after)) {
    if (now !== undefined && own(before, key) === undefined)
      changes.push({ kind: "added", path: childPointer(path, key), after: now });
  }
}

function collectFromLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
  changes: Change[],
): void {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && isEqual(before[start], after[start])) start += 1;
  let end = 0;
  while (end < shorter - start && isEqual(before[before.length - 1 - end], after[after.length - 1 - end])) end += 1;
  const oldEnd = before.length - end;
  const newEnd = after.length - end;
  const paired = Math.min(oldEnd, newEnd);
  for (let index = start; index < paired; index += 1)
    collect(before[index], after[index], childPointer(path, index), changes);
  for (let index = paired; index < oldEnd; index += 1)
    changes.push({ kind: "removed", path: childPointer(path, index), before: before[index] });
  for (let index = paired; index < newEnd; index += 1)
    changes.push({ kind: "added", path: childPointer(path, index), after: after[index] });
}

/**
 * Whether two JSON values are equal, whatever the order of their keys.
 *
 * Not `collect` and a look at its result: lists within lists would then be compared twice on each
 * level, which doubles with every level.
 */
export function isEqual(before: unknown, after: unknown): boolean {
  if (before === after) return true;
  if (Array.isArray(before) && Array.isArray(after))
    return before.length === after.length && before.every((value, index) => isEqual(value, after[index]));
  if (!isObject(before) || !isObject(after)) return false;
  const keys = presentKeys(before);
  return (
    keys.length === presentKeys(after).length &&
    keys.every((key) => own(after, key) !== undefined && isEqual(before[key], after[key]))
  );
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function presentKeys(object: JsonObject): string[] {
  return Object.keys(object).filter((key) => object[key] !== undefined);
}

/** Keys such as `constructor` are names like any other. */
function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
