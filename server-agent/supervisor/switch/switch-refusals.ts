/** What is said where a document cannot serve. */
import type { Problem } from "../../contract/errors.ts";
import { refuse } from "../../result.ts";

/** The document cannot serve, whoever sent it: `config.invalid`. */
export function refuseConfig(problems: Problem[]): ReturnType<typeof refuse> {
  const first = problems[0];
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return refuse(
    "config.invalid",
    first === undefined
      ? "The configuration cannot serve."
      : `The configuration is invalid: ${first.path || "/"}: ${first.message}${more}`,
    { problems },
  );
}

/** Listeners that it needs cannot be bound: `config.bind`. */
export function refuseBind(problems: Problem[]): ReturnType<typeof refuse> {
  const message = `Nothing was changed: ${problems.map((problem) => problem.message).join("; ")}`;
  return refuse("config.bind", message, { problems });
}
