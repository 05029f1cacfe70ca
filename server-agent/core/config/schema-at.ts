/**
 * Finds the part of a schema that describes a place in a document: to name the keys that are known
 * there.
 */
import { z } from "zod";

/**
 * The object schema that describes the value at `segments`; undefined where the schema has no
 * object.
 * @param document Decides between the branches of a union, by its `type`, else by its keys.
 */
export function objectSchemaAt(
  schema: z.core.$ZodType,
  segments: readonly PropertyKey[],
  document: unknown,
): z.ZodObject | undefined {
  let current: z.core.$ZodType | undefined = schema;
  let value = document;
  for (const segment of segments) {
    current = child(resolve(current, value), segment);
    value = valueAt(value, [segment]);
    if (current === undefined) return undefined;
  }
  const resolved = resolve(current, value);
  return resolved instanceof z.ZodObject ? resolved : undefined;
}

/** The value at this place, undefined where there is none. */
export function valueAt(document: unknown, segments: readonly PropertyKey[]): unknown {
  let value = document;
  for (const segment of segments) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[segment];
  }
  return value;
}

/** Takes wrappers away and chooses the branch of a union that fits the value. */
function resolve(schema: z.core.$ZodType, value: unknown): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodLazy) return resolve(schema.unwrap(), value);
  if (!(schema instanceof z.ZodUnion)) return schema;
  const branches = schema.options.map((option) => resolve(option, value));
  const objects = branches.filter((branch) => branch instanceof z.ZodObject);
  const type = valueAt(value, ["type"]);
  const named = objects.find((branch) => branch.shape.type instanceof z.ZodLiteral && branch.shape.type.value === type);
  const list = Array.isArray(value) ? branches.find((branch) => branch instanceof z.ZodArray) : undefined;
  return list ?? named ?? closest(objects, value) ?? schema;
}

/** The object that has most of the keys of the value; the first of several. */
function closest(objects: readonly z.ZodObject[], value: unknown): z.ZodObject | undefined {
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  const known = (object: z.ZodObject) => keys.filter((key) => Object.hasOwn(object.shape, key)).length;
  return objects.toSorted((one, other) => known(other) - known(one))[0];
}

function child(schema: z.core.$ZodType, segment: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject)
    return typeof segment === "string" && Object.hasOwn(schema.shape, segment)
      ? (schema.shape[segment] as z.core.$ZodType)
      : undefined;
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return undefined;
}
