import { Config } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import { checkMeaning } from "./check-meaning.ts";
import { documentChange } from "./document-change.ts";
import { countValues, guardDocument, MAX_DOCUMENT_VALUES } from "./document-guard.ts";
import { compileConfig } from "../routing/routing-table.ts";
import { problemsOfSchema } from "./schema-problems.ts";

export type ValidatedConfig = { ok: true; config: Config } | { ok: false; problems: Problem[] };

/**
 * Documents that were found to be valid, each with its number of values. Nobody changes a document:
 * another one takes its place.
 */
const VALID = new WeakMap<Config, number>();

/** More do not help anyone who repairs a document; the last one says how many there are. */
const MAX_PROBLEMS = 100;

/**
 * Whether a document can serve: form, meaning, and everything that matching compiles. Never throws.
 * Rules and virtual hosts that no request can reach are no error.
 * @returns The document itself and not a parsed copy, so that what is stored is what was sent, down
 *   to the order of its keys.
 */
export function validateConfig(document: unknown): ValidatedConfig {
  const unsafe = guardDocument(document);
  if (unsafe.length > 0) return refuse(unsafe);
  const parsed = Config.safeParse(document);
  if (!parsed.success) return refuse(problemsOfSchema(Config, parsed.error, document));
  // The schemas neither fill in nor rewrite anything, so the document has the type of its parsed
  // copy.
  const config = document as Config;
  const compiled = compileConfig(config);
  const problems = [...checkMeaning(config), ...(compiled.ok ? [] : compiled.problems)];
  return problems.length > 0 ? refuse(problems) : accept(config, countValues(config));
}

/**
 * The same for a document that replaces another one, and fast where most virtual hosts are those of
 * `before`, as the very same objects: a switch must not take the longer the more sites there are.
 * The whole document is validated where the difference alone does not tell, or something is wrong.
 */
export function validateChange(config: Config, before: Config): ValidatedConfig {
  const known = VALID.get(before);
  const change = known === undefined ? undefined : documentChange(config, before);
  if (known === undefined || change === undefined) return validateConfig(config);
  const values = known + countValues(change.fresh) - countValues(change.gone);
  return values <= MAX_DOCUMENT_VALUES && validateConfig(change.part).ok
    ? accept(config, values)
    : validateConfig(config);
}

function accept(config: Config, values: number): ValidatedConfig {
  VALID.set(config, values);
  return { ok: true, config };
}

function refuse(problems: Problem[]): ValidatedConfig {
  const hidden = problems.length - MAX_PROBLEMS;
  if (hidden <= 0) return { ok: false, problems };
  return {
    ok: false,
    problems: [
      ...problems.slice(0, MAX_PROBLEMS),
      {
        path: "",
        code: "document.more-problems",
        message: `${String(hidden)} more problems are not shown; repair these first`,
      },
    ],
  };
}
