/** Files of a folder, and what stands for a folder without a name of a file. */
import type { Handler } from "../../../contract/handler.ts";
import type { Answer } from "./answer.ts";

export interface StaticFiles {
  readonly root: string;
  readonly mount?: string | undefined;
  /**
   * What stands for a folder, the first that exists counts: names of files in it, and paths of the
   * site (`/index.php`), which are files below `root`.
   */
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

/** An index of every folder: a path of the site. */
export function isSharedIndex(name: string): boolean {
  return /^\/(?!\.)(?:[^/$?*%\\]+\/)*[^/$?*%\\]+$/.test(name) && !name.includes("/.");
}

/**
 * The handler, and before it what leads to an index that is shared by folders. Rules decide who
 * answers an index, as for any other path, so the source of a program is not sent instead of it.
 */
export function staticAnswers(files: StaticFiles): { indexes: Answer[]; handler: Handler } {
  const { root, mount, index, isListed, fallback, mediaTypes = {} } = files;
  // What a shared one is below is known only where the folder is the site's own.
  const lastShared = mount === undefined ? index.findLastIndex(isSharedIndex) : -1;
  const indexes = index.slice(0, lastShared + 1).map((name): Answer => {
    const exists = isSharedIndex(name) ? { all: [{ exists: `${root}{path}` }, { exists: root + name }] } : undefined;
    return {
      when: { pathRegex: "/$", ...(exists ?? { exists: `${root}{path}${name}` }) },
      handler: { type: "rewrite", to: exists === undefined ? `\${path}${name}` : name },
    };
  });
  const handler: Handler = {
    type: isListed ? "common" : "file",
    root,
    ...(mount === undefined ? {} : { mount }),
    index: index.slice(lastShared + 1).filter((name) => !name.includes("/")),
    ...(fallback === undefined ? {} : { fallback }),
    ...(Object.keys(mediaTypes).length === 0 ? {} : { mediaTypes }),
  };
  return { indexes, handler };
}
