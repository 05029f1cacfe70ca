/** The criteria of a `Match` line: ssh_config(5) "Match". */
import { matchesHostList, matchesPatterns } from "./host-pattern.ts";
import { printable } from "./ssh-config-lines.ts";

/** What is known of the connection when the line is read. */
export interface MatchFacts {
  /** In the second pass, which a line with `final` asks for. */
  finalPass: boolean;
  /** `HostName` as known so far. */
  host: () => string;
  alias: string;
  user: string;
  localUser: string;
  /** An error for a line that ssh would refuse. */
  fault: (what: string) => Error;
}

export interface MatchAnswer {
  applies: boolean;
  asksForFinalPass: boolean;
  /**
   * A criterion that we do not evaluate, when everything else of the line fits: then the line does
   * not apply here, although it might for ssh.
   */
  unanswered?: string;
}

/** Criteria that start a program, look at the network or come from a newer ssh. */
const UNANSWERED = new Set(["exec", "localnetwork", "tagged", "sessiontype", "command", "version"]);

export function answerMatch(words: readonly string[], facts: MatchFacts): MatchAnswer {
  const queue = words.flatMap(splitAtEquals);
  let fits = true;
  let asksForFinalPass = false;
  let unanswered: string | undefined;
  for (let count = 0; queue.length > 0; count += 1) {
    const written = queue.shift() ?? "";
    const negated = written.startsWith("!");
    const name = (negated ? written.slice(1) : written).toLowerCase();
    if (name === "all") {
      if (count > 1 || queue.length > 0) throw facts.fault("“all” must stand alone in a Match line");
      fits &&= !negated;
    } else if (name === "final" || name === "canonical") {
      asksForFinalPass ||= name === "final";
      fits &&= facts.finalPass !== negated;
    } else {
      const list = queue.shift();
      if (list === undefined) throw facts.fault(`“Match ${printable(written)}” needs a value`);
      if (UNANSWERED.has(name)) unanswered ??= name;
      else fits &&= fitsCriterion(name, list, facts) !== negated;
    }
  }
  return fits && unanswered !== undefined
    ? { applies: false, asksForFinalPass, unanswered }
    : { applies: fits, asksForFinalPass };
}

/** `host=web` is the same as `host web`. */
function splitAtEquals(word: string): string[] {
  const equals = word.indexOf("=");
  return equals < 0 ? [word] : [word.slice(0, equals), word.slice(equals + 1)].filter((part) => part !== "");
}

function fitsCriterion(name: string, list: string, { host, alias, user, localUser, fault }: MatchFacts): boolean {
  switch (name) {
    case "host":
      return matchesHostList(host(), list);
    case "originalhost":
      return matchesHostList(alias, list);
    case "user":
      return matchesPatterns(user, list.split(","));
    case "localuser":
      return matchesPatterns(localUser, list.split(","));
    default:
      throw fault(`“Match ${printable(name)}” is not understood`);
  }
}
