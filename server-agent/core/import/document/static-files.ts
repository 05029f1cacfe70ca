/** Files of a folder, and what stands for a folder without a name of a file. */
import type { Handler } from "../../../contract/handler.ts";
import type { Answer } from "./answer.ts";

export interface StaticFiles {
  readonly root: string;
  readonly mount?: string | undefined;
  /** Names of index files, the first that exists counts. */
  readonly index: readonly string[];
  readonly isListed: boolean;
  readonly fallback?: string | undefined;
  readonly mediaTypes?: Readonly<Record<string, string>>;
}

/** They are what the browser gets, so no rule stands for an application behind them. */
const STATIC_NAME = /\.(?:html?|xhtml|txt|xml|json|svg)$/i;

export function isStaticName(name: string): boolean {
  return STATIC_NAME.test(name);
}

/**
 * The handler, and before it what leads to an index that an application answers: by its rule, or
 * its source would be sent.
 */
export function staticAnswers(files: StaticFiles): { indexes: Answer[]; handler: Handler } {
  const { root, mount, index, isListed, fallback, mediaTypes = {} } = files;
  const lastDynamic = index.findLastIndex((name) => !isStaticName(name));
  const rewritten = mount === undefined ? index.slice(0, lastDynamic + 1) : [];
  const indexes = rewritten.map((name): Answer => ({
    when: { pathRegex: "/$", exists: `${root}{path}${name}` },
    handler: { type: "rewrite", to: `\${path}${name}` },
  }));
  const handler: Handler = {
    type: isListed ? "common" : "file",
    root,
    ...(mount === undefined ? {} : { mount }),
    index: index.slice(rewritten.length).filter(isStaticName),
    ...(fallback === undefined ? {} : { fallback }),
    ...(Object.keys(mediaTypes).length === 0 ? {} : { mediaTypes }),
  };
  return { indexes, handler };
}
