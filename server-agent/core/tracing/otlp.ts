/** Spans as OTLP has them in JSON (opentelemetry-proto, trace.proto). */
import type { TraceParent } from "./trace-context.ts";

export interface Span extends TraceParent {
  /** The span of who has sent the request; undefined where it begins the trace. */
  readonly parentId: string | undefined;
  readonly name: string;
  /** Epoch ms. */
  readonly start: number;
  readonly end: number;
  readonly isFailure: boolean;
  readonly attributes: Readonly<Record<string, string | number | boolean | undefined>>;
}

/** SPAN_KIND_SERVER */
const SERVER = 2;
/** STATUS_CODE_ERROR */
const ERROR = 2;

/** The body of a request to a collector. @param spans Each as `spanText` has it. */
export function otlpBody(spans: readonly string[], resource: Readonly<Record<string, string>>): string {
  const attributes = JSON.stringify(attributesOf(resource));
  return `{"resourceSpans":[{"resource":{"attributes":${attributes}},"scopeSpans":[{"scope":{"name":"backsoon"},"spans":[${spans.join()}]}]}]}`;
}

export function spanText({ traceId, spanId, parentId, name, start, end, isFailure, attributes }: Span): string {
  return JSON.stringify({
    traceId,
    spanId,
    ...(parentId === undefined ? {} : { parentSpanId: parentId }),
    name,
    kind: SERVER,
    startTimeUnixNano: `${String(start)}000000`,
    endTimeUnixNano: `${String(end)}000000`,
    attributes: attributesOf(attributes),
    status: isFailure ? { code: ERROR } : {},
  });
}

function attributesOf(attributes: Span["attributes"]): object[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: valueOf(value) }],
  );
}

function valueOf(value: string | number | boolean): object {
  if (typeof value === "number") return { intValue: String(value) };
  return typeof value === "boolean" ? { boolValue: value } : { stringValue: value };
}
