import { expect, test } from "vitest";
import { agreeing, plural } from "../../../../../main/contract/shared/plural.ts";

test("a noun goes by its count; only one is singular", () => {
  expect([0, 1, 2, 1204].map((count) => plural(count, "site"))).toEqual([
    "0 sites",
    "1 site",
    "2 sites",
    "1,204 sites",
  ]);
  expect([1, 3].map((count) => plural(count, "alias", "aliases"))).toEqual(["1 alias", "3 aliases"]);
  expect([1, 3].map((count) => agreeing(count, "is", "are"))).toEqual(["is", "are"]);
});
