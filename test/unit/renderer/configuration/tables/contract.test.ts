/** The forms against the contract: each field of it has one, of a kind that takes its values. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Condition } from "../../../../../server-agent/contract/condition.ts";
import { Config, VirtualHost } from "../../../../../server-agent/contract/config.ts";
import { Handler } from "../../../../../server-agent/contract/handler.ts";
import { Rule } from "../../../../../server-agent/contract/rules/rule.ts";
import { initialOf } from "../../../../../renderer/configuration/fields/values.ts";
import { Upstream } from "../../../../../server-agent/contract/upstream.ts";
import { CONDITION } from "../../../../../renderer/configuration/tables/conditions.ts";
import type { Field, Fields } from "../../../../../renderer/configuration/tables/field.ts";
import { HANDLERS } from "../../../../../renderer/configuration/tables/handlers.ts";
import { RULE_FIELDS } from "../../../../../renderer/configuration/tables/rules.ts";
import { SERVER } from "../../../../../renderer/configuration/tables/servers.ts";
import { UPSTREAM } from "../../../../../renderer/configuration/tables/upstreams.ts";
import { VIRTUAL_HOST_FIELDS } from "../../../../../renderer/configuration/tables/virtual-hosts.ts";

/** The alternatives of a schema, without what only wraps them. */
function alternatives(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodLazy) return alternatives(schema.unwrap());
  return schema instanceof z.ZodUnion && !(schema instanceof z.ZodDiscriminatedUnion)
    ? schema.options.flatMap(alternatives)
    : [schema];
}

const SAMPLES: Readonly<Record<Exclude<Field["kind"], "choice" | "json">, (field: Field) => unknown>> = {
  text: () => "/a",
  number: () => 5,
  flag: () => true,
  list: () => ["a"],
  items: () => [{}],
  either: () => ({}),
  named: () => ({}),
  pairs: () => ({ a: "b" }),
  group: () => ({}),
  condition: () => ({ tls: true }),
  conditions: () => [{ tls: true }],
  upstream: () => "app",
  authority: () => "le",
  users: () => ({ anna: "{SHA}x" }),
  handler: () => ({ type: "drop" }),
};

/** The kind of a value, as schemas tell kinds apart: what is in it is the agent's to judge. */
function takesKind(schema: z.core.$ZodType, value: unknown): boolean {
  const { success, error } = z.safeParse(schema, value);
  return (
    success ||
    !error.issues.some(({ path, code, ...issue }) =>
      path.length > 0 ? false : code === "invalid_type" || (code === "invalid_union" && "errors" in issue),
    )
  );
}

function problemsOf(name: string, fields: Fields, schema: z.ZodObject, ignored: readonly string[] = []): string[] {
  const problems: string[] = [];
  const keys = Object.keys(schema.shape).filter((key) => !ignored.includes(key));
  for (const key of new Set([...keys, ...Object.keys(fields)])) {
    const field = fields[key];
    const own = schema.shape[key] as z.core.$ZodType | undefined;
    if (field === undefined || own === undefined) problems.push(`${name}.${key}: only on one side`);
    else if (field.kind !== "json") problems.push(...problemsOfField(`${name}.${key}`, field, own));
  }
  return problems;
}

function problemsOfField(name: string, field: Exclude<Field, { kind: "json" }>, schema: z.core.$ZodType): string[] {
  const isOptional = schema instanceof z.ZodOptional;
  const problems: string[] = [];
  // A rule without a handler is chosen in its field.
  if (isOptional === (field.required === true) && field.kind !== "handler") problems.push(`${name}: required or not`);
  if (field.kind === "choice") {
    const values = field.options.map(([value]) => value);
    const refused = values.filter((value) => !z.safeParse(schema, value).success);
    if (refused.length > 0) problems.push(`${name}: ${refused.join()} refused`);
    const offered = alternatives(schema).flatMap((each) =>
      each instanceof z.ZodEnum ? each.options : each instanceof z.ZodLiteral ? [...each.values] : [],
    );
    const left = offered.filter((value) => !values.includes(value));
    if (left.length > 0) problems.push(`${name}: ${left.join()} not offered`);
  } else if (!alternatives(schema).some((each) => takesKind(each, SAMPLES[field.kind](field))))
    problems.push(`${name}: takes no ${field.kind}`);
  if (field.kind === "either") {
    const objects = alternatives(schema).filter((each) => each instanceof z.ZodObject);
    for (const { by, fields } of field.groups) {
      const object = objects.find(({ shape }) => Object.hasOwn(shape, by));
      if (object === undefined) problems.push(`${name}: none with ${by}`);
      else problems.push(...problemsOf(name, fields, object));
    }
    if (objects.length !== field.groups.length) problems.push(`${name}: others`);
  }
  if (field.kind === "named") {
    const [record] = alternatives(schema);
    if (record instanceof z.ZodRecord) problems.push(...problemsOf(name, field.fields, shapeOf(record.valueType)));
    else problems.push(`${name}: no groups by name`);
  }
  if (field.kind === "items") {
    const [list] = alternatives(schema);
    const object =
      list instanceof z.ZodArray ? alternatives(list.element).find((each) => each instanceof z.ZodObject) : undefined;
    if (object === undefined) problems.push(`${name}: no list of groups`);
    else problems.push(...problemsOf(name, field.fields, object));
  }
  if (field.kind === "group") {
    const object = alternatives(schema).find((each) => each instanceof z.ZodObject);
    if (object === undefined) problems.push(`${name}: no group`);
    else problems.push(...problemsOf(name, field.fields, object));
    if ((field.orTrue === true) !== z.safeParse(schema, true).success) problems.push(`${name}: true or not`);
    if ((field.orText !== undefined) !== z.safeParse(schema, "/a").success) problems.push(`${name}: text or not`);
  }
  return problems;
}

function shapeOf(schema: z.core.$ZodType): z.ZodObject {
  const [object] = alternatives(schema);
  if (!(object instanceof z.ZodObject)) throw new Error("no object");
  return object;
}

describe("the fields of the forms are those of the contract:", () => {
  it.each([
    ["virtual host", VIRTUAL_HOST_FIELDS, VirtualHost, ["rules"]],
    ["rule", RULE_FIELDS, Rule, []],
    ["condition", CONDITION, Condition, []],
    ["upstream", UPSTREAM, Upstream, []],
    ["server", SERVER, Config, ["virtualHosts"]],
  ] as const)("%s", (name, fields, schema, ignored) => {
    expect(problemsOf(name, fields, shapeOf(schema), ignored)).toEqual([]);
  });

  it("handlers", () => {
    const problems = Handler.options.flatMap((option) => {
      const [type] = option.shape.type.values;
      return type === undefined ? ["a handler without type"] : problemsOf(type, HANDLERS[type], option, ["type"]);
    });
    expect(problems).toEqual([]);
    expect(Object.keys(HANDLERS)).toHaveLength(Handler.options.length);
  });

  it("and what is added is there to be filled in", () => {
    const all = [VIRTUAL_HOST_FIELDS, RULE_FIELDS, CONDITION, UPSTREAM, ...Object.values(HANDLERS)] as Fields[];
    const missing = all
      .flatMap((fields) => Object.entries(fields))
      .filter(([, field]) => field.kind !== "json" && initialOf(field) === undefined);
    expect(missing).toEqual([]);
  });
});
