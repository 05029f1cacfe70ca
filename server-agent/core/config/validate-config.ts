import { Config } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import { checkMeaning } from "./check-meaning.ts";
import { guardDocument } from "./document-guard.ts";
import { compileConfig } from "../routing/routing-table.ts";
import { problemsOfSchema } from "./schema-problems.ts";

export type ValidatedConfig = { ok: true; config: Config } | { ok: false; problems: Problem[] };

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
  return problems.length > 0 ? refuse(problems) : { ok: true, config };
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
