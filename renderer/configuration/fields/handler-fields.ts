/** What can answer, and what stays of a handler when another one takes its place. Pure. */
import { t } from "../../../main/language/translate.ts";
import type { Fields } from "../tables/field.ts";
import { HANDLER_NAMES, HANDLERS } from "../tables/handlers.ts";
import { type JsonObject, startOf } from "./values.ts";

/** A rule without one. */
export const NO_HANDLER = "";

type Type = keyof typeof HANDLERS;

/** @param current is offered, too, whatever it is */
export function handlerOptions(current: unknown): { value: string; label: string }[] {
  const known = Object.entries(HANDLER_NAMES).flatMap(([value, label]) =>
    label === undefined ? [] : [{ value, label: t(label) }],
  );
  const isKnown = typeof current !== "string" || known.some(({ value }) => value === current);
  return [
    ...known,
    ...(isKnown ? [] : [{ value: current, label: current }]),
    { value: NO_HANDLER, label: t("Nothing: the rules below answer") },
  ];
}

export function fieldsOfHandler(type: unknown): Fields {
  return isType(type) ? HANDLERS[type] : {};
}

/** Another handler, with the fields that both have: a folder stays when it is also listed. */
export function withType(handler: JsonObject | undefined, type: string): JsonObject | undefined {
  if (type === NO_HANDLER) return undefined;
  const fields = fieldsOfHandler(type);
  const kept = Object.entries(handler ?? {}).filter(
    ([key]) => Object.hasOwn(fields, key) && sameKind(fields, fieldsOfHandler(handler?.type), key),
  );
  return { type, ...startOf(fields), ...Object.fromEntries(kept) };
}

function isType(type: unknown): type is Type {
  return typeof type === "string" && Object.hasOwn(HANDLERS, type);
}

/** The same field: an application speaks one protocol. */
function sameKind(fields: Fields, before: Fields, key: string): boolean {
  const [one, other] = [fields[key], before[key]];
  if (one?.kind === "upstream" && other?.kind === "upstream") return one.protocols[0] === other.protocols[0];
  return one?.kind === other?.kind;
}
