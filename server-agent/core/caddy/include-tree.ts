/**
 * Puts the files of a Caddyfile together, as Caddy does: each `import` is replaced by the files or
 * the snippet that it names, and every statement keeps the place where it stands.
 */
import { hookIn } from "./hook-names.ts";
import { type Parsed, type Statement, innerStatements, topStatements } from "./statements.ts";
import { type Comment, type Reading, type Token, readTokens } from "./tokens.ts";

/** How the files are reached. */
export interface CaddyFiles {
  /** Paths that a pattern of an `import` names, in the order of Caddy. */
  readonly named: (pattern: string) => readonly string[];
  /** Undefined for what cannot be read. */
  readonly text: (path: string) => string | undefined;
}

interface ReadFile {
  readonly text: string;
  readonly comments: readonly Comment[];
}

/** A statement as it is where it is used, with arguments put in. */
export interface Placed {
  readonly statement: Statement;
  readonly words: readonly string[];
  readonly body: readonly Placed[];
}

export interface SiteBlock {
  readonly statement: Statement;
  /** Without the commas between them. */
  readonly addresses: readonly string[];
  /** What stands in it, imported statements too, without the hook. */
  readonly body: readonly Placed[];
  /** Names behind the imports of ours that stand in it. */
  readonly hooks: readonly string[];
  /** It stands in a snippet or a file that is imported with arguments. */
  readonly isTemplate: boolean;
}

export interface ConfigurationTree {
  readonly main: string;
  readonly files: ReadonlyMap<string, ReadFile>;
  /** The block of global options, if there is one. */
  readonly options: SiteBlock | undefined;
  readonly sites: readonly SiteBlock[];
  /** Imports of ours beside the site blocks, and their names. */
  readonly topHooks: readonly { readonly statement: Statement; readonly name: string }[];
  /** What could not be read as Caddy does, a sentence each. */
  readonly problems: readonly string[];
}

const MAX_IMPORT_DEPTH = 64;

interface Scope {
  readonly args: readonly string[];
  readonly isTemplate: boolean;
  readonly depth: number;
}

export function buildTree(main: string, source: CaddyFiles, reading: Reading): ConfigurationTree {
  const builder = new Builder(source, reading);
  builder.readTop(main, builder.fileTokens(main), { args: [], isTemplate: false, depth: 0 });
  const { files, problems, blocks, topHooks } = builder;
  const options = blocks.find(({ addresses }) => addresses.length === 0);
  return { main, files, options, sites: blocks.filter((block) => block !== options), topHooks, problems };
}

class Builder {
  readonly files = new Map<string, ReadFile>();
  readonly problems: string[] = [];
  readonly blocks: SiteBlock[] = [];
  readonly topHooks: { statement: Statement; name: string }[] = [];
  readonly #source: CaddyFiles;
  readonly #reading: Reading;
  readonly #tokens = new Map<string, readonly Token[]>();
  readonly #snippets = new Map<string, { file: string; tokens: readonly Token[] }>();

  constructor(source: CaddyFiles, reading: Reading) {
    this.#source = source;
    this.#reading = reading;
  }

  readTop(file: string, tokens: readonly Token[], scope: Scope): void {
    const statements = this.#parsed(file, topStatements(file, tokens));
    for (const [index, statement] of statements.entries()) {
      const words = wordsOf(statement, scope);
      const hook = hookIn(statement);
      if (hook !== undefined) this.topHooks.push({ statement, name: hook });
      else if (words[0] === "import")
        for (const part of this.#imported(statement, words, scope)) this.readTop(part.file, part.tokens, part.scope);
      else if (statement.block === undefined) {
        // Without braces all that follows is the one site.
        this.#add(statement, words, statements.slice(index + 1), scope);
        return;
      } else {
        const snippet = words.length === 1 ? /^\((.*)\)$/.exec(words[0] ?? "")?.[1] : undefined;
        if (snippet !== undefined) this.#snippets.set(snippet, { file, tokens: statement.block.tokens });
        else if (!/^&\(.*\)$/.test(words[0] ?? ""))
          this.#add(statement, words, this.#parsed(file, innerStatements(file, statement.block.tokens)), scope);
      }
    }
  }

  fileTokens(path: string): readonly Token[] {
    const known = this.#tokens.get(path);
    if (known !== undefined) return known;
    const text = this.#source.text(path);
    if (text === undefined) {
      this.problems.push(`${path} cannot be read.`);
      return [];
    }
    const lexed = readTokens(text, this.#reading);
    this.files.set(path, { text, comments: lexed.ok ? lexed.comments : [] });
    if (!lexed.ok) this.problems.push(unread(path, lexed));
    const tokens = lexed.ok ? lexed.tokens : [];
    this.#tokens.set(path, tokens);
    return tokens;
  }

  #add(statement: Statement, words: readonly string[], inside: readonly Statement[], scope: Scope): void {
    this.blocks.push({
      statement,
      addresses: words.flatMap((word) => word.split(",")).filter((address) => address !== ""),
      body: this.#expand(inside, scope),
      hooks: inside.flatMap((inner) => hookIn(inner) ?? []),
      isTemplate: scope.isTemplate,
    });
  }

  #expand(statements: readonly Statement[], scope: Scope): Placed[] {
    return statements.flatMap((statement): Placed[] => {
      // What the agent wrote itself is no part of the site.
      if (hookIn(statement) !== undefined) return [];
      const words = wordsOf(statement, scope);
      if (words[0] === "import")
        return this.#imported(statement, words, scope).flatMap((part) =>
          this.#expand(this.#parsed(part.file, innerStatements(part.file, part.tokens)), part.scope),
        );
      const { file, block } = statement;
      const body =
        block === undefined ? [] : this.#expand(this.#parsed(file, innerStatements(file, block.tokens)), scope);
      return [{ statement, words, body }];
    });
  }

  #imported(
    { file }: Statement,
    words: readonly string[],
    { depth }: Scope,
  ): { file: string; tokens: readonly Token[]; scope: Scope }[] {
    if (depth >= MAX_IMPORT_DEPTH) return [];
    const [, name = "", ...args] = words;
    const scope = { args, isTemplate: args.length > 0, depth: depth + 1 };
    const snippet = this.#snippets.get(name);
    if (snippet !== undefined) return [{ ...snippet, scope: { ...scope, isTemplate: true } }];
    const folder = file.slice(0, file.lastIndexOf("/") + 1);
    const pattern = name.startsWith("/") ? name : folder + name;
    return this.#source.named(pattern).map((path) => ({ file: path, tokens: this.fileTokens(path), scope }));
  }

  #parsed(file: string, parsed: Parsed): readonly Statement[] {
    if (parsed.ok) return parsed.statements;
    this.problems.push(unread(file, parsed));
    return [];
  }
}

function unread(file: string, { line, message }: { line: number; message: string }): string {
  return `${file}:${String(line)}: ${message}; what is in this file is not known.`;
}

/** With the arguments of the import: `{args.0}` and `{args[0]}`. */
function wordsOf({ words }: Statement, { args }: Scope): string[] {
  return words.map(({ text }) =>
    text.replace(
      /\{args(?:\.(\d+)|\[(\d+)\])\}/g,
      (whole, dotted: string | undefined, bracketed: string | undefined) => args[Number(dotted ?? bracketed)] ?? whole,
    ),
  );
}
