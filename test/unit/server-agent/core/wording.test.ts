import { expect, it } from "vitest";
import { fewOf } from "../../../../server-agent/core/wording.ts";

it.each([
  [0, 0],
  [10, 10],
  [11, 11],
  [300, 11],
])("of %i sentences, %i are said, and none is left out in silence", (count, said) => {
  const sentences = Array.from({ length: count }, (_, index) => `${String(index)} is down.`);
  const few = fewOf(sentences, (more) => `${String(more)} more are down.`);
  expect(few).toHaveLength(said);
  expect(few.slice(0, 10)).toEqual(sentences.slice(0, 10));
  if (count > 10) expect(few.at(-1)).toBe(`${String(count - 10)} more are down.`);
});
