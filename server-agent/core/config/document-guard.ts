import type { Problem } from "../../contract/errors.ts";
import { pointerOf } from "../json-pointer.ts";

/**
 * Two levels for each of the nested conditions that `condition.ts` allows, and the levels around
 * them.
 */
const MAX_DOCUMENT_DEPTH = 150;
export const MAX_DOCUMENT_VALUES = 2_000_000;

interface Visit {
  value: unknown;
  key: string | number;
  parent: Visit | undefined;
  depth: number;
}

/**
 * Refuses documents that the parser after it could not read safely: nested too deep for its
 * recursion, too large, or with the key `__proto__`, which it would drop without a word. Walks
 * without recursion, so no document can exhaust the stack here.
 */
export function guardDocument(document: unknown): Problem[] {
  return walk(document).problems;
}

/**
 * How many values a document has that `guardDocument` accepts: itself, objects and lists, of which
 * it may have `MAX_DOCUMENT_VALUES`.
 */
export function countValues(document: unknown): number {
  return walk(document).values;
}

function walk(document: unknown): { problems: Problem[]; values: number } {
  const problems: Problem[] = [];
  const open: Visit[] = [{ value: document, key: "", parent: undefined, depth: 0 }];
  let visited = 0;
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    visited += 1;
    if (typeof visit.value !== "object" || visit.value === null) continue;
    if (visit.depth >= MAX_DOCUMENT_DEPTH) {
      const message = `the document is nested more than ${String(MAX_DOCUMENT_DEPTH)} levels deep; merge nested \`any\` and \`all\` conditions`;
      return { problems: [{ path: pathOf(visit), code: "document.too-deep", message }], values: visited };
    }
    if (visited + open.length > MAX_DOCUMENT_VALUES) {
      const message = `the document has more than ${String(MAX_DOCUMENT_VALUES)} values; split it among several servers`;
      return { problems: [{ path: "", code: "document.too-large", message }], values: visited };
    }
    if (Object.hasOwn(visit.value, "__proto__")) {
      problems.push({
        path: pathOf({ value: undefined, key: "__proto__", parent: visit, depth: 0 }),
        code: "document.reserved-key",
        message: "the key `__proto__` is not allowed; remove it",
      });
    }
    for (const [key, value] of Object.entries(visit.value)) {
      if (typeof value === "object" && value !== null)
        open.push({
          value,
          key: Array.isArray(visit.value) ? Number(key) : key,
          parent: visit,
          depth: visit.depth + 1,
        });
    }
  }
  return { problems, values: visited };
}

function pathOf(visit: Visit): string {
  const segments: (string | number)[] = [];
  for (let at = visit; at.parent !== undefined; at = at.parent) segments.push(at.key);
  return pointerOf(segments.reverse());
}
