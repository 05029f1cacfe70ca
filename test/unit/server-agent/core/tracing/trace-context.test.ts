import { expect, it } from "vitest";
import { otlpBody, spanText } from "../../../../../server-agent/core/tracing/otlp.ts";
import { parseTraceParent, writeTraceParent } from "../../../../../server-agent/core/tracing/trace-context.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

it.each<[string | undefined, boolean | undefined]>([
  [`00-${TRACE}-${SPAN}-01`, true],
  [`00-${TRACE}-${SPAN}-00`, false],
  [`00-${TRACE}-${SPAN}-03`, true],
  [`cc-${TRACE}-${SPAN}-01-what-comes-later`, true],
  [`00-${TRACE}-${SPAN}-01-more`, undefined],
  [`ff-${TRACE}-${SPAN}-01`, undefined],
  [`00-${"0".repeat(32)}-${SPAN}-01`, undefined],
  [`00-${TRACE}-${"0".repeat(16)}-01`, undefined],
  [`00-${TRACE.toUpperCase()}-${SPAN}-01`, undefined],
  [`00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`, undefined],
  [undefined, undefined],
])("traceparent %s", (value, isSampled) => {
  const parsed = parseTraceParent(value);
  expect(parsed).toEqual(isSampled === undefined ? undefined : { traceId: TRACE, spanId: SPAN, isSampled });
  if (parsed !== undefined) expect(parseTraceParent(writeTraceParent(parsed))).toEqual(parsed);
});

it("spans are written as OTLP has them in JSON", () => {
  const span = {
    traceId: TRACE,
    spanId: SPAN,
    isSampled: true,
    parentId: undefined,
    name: "GET",
    start: 1000,
    end: 1250,
    isFailure: true,
    attributes: { a: 1, b: "x", c: false, d: undefined },
  };
  expect(JSON.parse(otlpBody([spanText(span)], { "service.name": "shop" }))).toEqual({
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: { stringValue: "shop" } }] },
        scopeSpans: [
          {
            scope: { name: "backsoon" },
            spans: [
              {
                traceId: TRACE,
                spanId: SPAN,
                name: "GET",
                kind: 2,
                startTimeUnixNano: "1000000000",
                endTimeUnixNano: "1250000000",
                attributes: [
                  { key: "a", value: { intValue: "1" } },
                  { key: "b", value: { stringValue: "x" } },
                  { key: "c", value: { boolValue: false } },
                ],
                status: { code: 2 },
              },
            ],
          },
        ],
      },
    ],
  });
});
