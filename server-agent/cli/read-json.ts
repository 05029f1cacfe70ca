import { readFile } from "node:fs/promises";
import type { z } from "zod";
import { problemsOfSchema } from "../core/config/schema-problems.ts";
import { messageOf } from "../log.ts";
import { UsageError } from "./usage-error.ts";

/**
 * What a file of JSON describes. @param what in words, with its article @throws {UsageError} with
 * each field that is wrong
 */
export async function readJson<T>(file: string, schema: z.ZodType<T>, what: string): Promise<T> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === "ENOENT") throw new UsageError(`there is no file ${file}`);
    throw new UsageError(`cannot read ${file} as JSON: ${messageOf(failure)}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = problemsOfSchema(schema, parsed.error, value).map(
    ({ path, message }) => `\n  ${path || "/"}: ${message}`,
  );
  throw new UsageError(`${file} is not ${what}:${problems.join("")}`);
}
