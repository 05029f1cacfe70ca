/** Directives with arguments and blocks, as nginx and Apache have them. */
import type { Entry } from "./report.ts";

export interface Statement {
  /** In lower case where the server ignores case. */
  readonly name: string;
  readonly args: readonly string[];
  readonly entry: Entry;
  /** What stands in its block, files that it includes too; undefined for one without a block. */
  readonly body: readonly Statement[] | undefined;
}

/** A block with those around it: what it does not say itself, they say. */
export class Level {
  readonly statements: readonly Statement[];
  readonly outer: Level | undefined;

  constructor(statements: readonly Statement[], outer?: Level) {
    this.statements = statements;
    this.outer = outer;
  }

  /** Directives of this block, in order. */
  own(...names: string[]): Statement[] {
    return this.statements.filter(({ name }) => names.includes(name));
  }

  /** Those of the innermost block that has any: one there replaces all of those around it. */
  nearest(...names: string[]): Statement[] {
    const own = this.own(...names);
    return own.length > 0 || this.outer === undefined ? own : this.outer.nearest(...names);
  }

  /** The last one that counts. */
  last(name: string): Statement | undefined {
    return this.nearest(name).at(-1);
  }

  /** The first argument of the last one that counts; `""` without any. */
  text(name: string): string {
    return this.last(name)?.args[0] ?? "";
  }
}

/** All of them, blocks before what stands in them. */
function allStatements(statements: readonly Statement[]): Statement[] {
  return statements.flatMap((statement) => [statement, ...allStatements(statement.body ?? [])]);
}

/** Says the same of a directive and of everything in it, where nothing was said yet. */
export function sayOfAll(statement: Statement, say: (entry: Entry) => void): void {
  for (const { entry } of allStatements([statement])) if (entry.outcome === undefined) say(entry);
}
