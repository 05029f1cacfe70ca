import { expect, it } from "vitest";
import { acceptedCodings } from "../../../../../server-agent/worker/coding/content-coding.ts";

it.each([
  [undefined, []],
  ["", []],
  ["gzip, deflate, br, zstd", ["br", "zstd", "gzip"]],
  ["gzip", ["gzip"]],
  ["x-gzip", ["gzip"]],
  ["GZIP;Q=0.5, br;q=0.4", ["gzip", "br"]],
  ["zstd, br;q=0.9", ["zstd", "br"]],
  ["br;q=0, gzip", ["gzip"]],
  ["*", ["br", "zstd", "gzip"]],
  ["*;q=0, gzip;q=0.3", ["gzip"]],
  ["identity", []],
  ["identity, gzip;q=0.5", []],
  ["deflate", []],
])("Accept-Encoding %s: %o", (header, codings) => {
  expect(acceptedCodings(header)).toEqual(codings);
});
