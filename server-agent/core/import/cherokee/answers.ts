/** What becomes of a handler of a rule: what it is made from, and what is made. */
import type { HeaderOperations } from "../../../contract/rules/rule.ts";
import type { Answer } from "../document/answer.ts";
import type { Draft } from "../document/draft.ts";
import { CLOSED } from "../document/finish.ts";
import type { Node } from "./tree.ts";

export interface HandlerContext {
  readonly draft: Draft;
  readonly sources: Node | undefined;
  readonly index: readonly string[];
  /** Media types of one's own. */
  readonly mediaTypes: Readonly<Record<string, string>>;
  /** Some listener speaks TLS. */
  readonly hasTls: boolean;
  /** Undefined where the folder depends on what cannot be expressed here. */
  readonly root: string | undefined;
  /** The folder of the address that `root` stands for. */
  readonly mount: string | undefined;
  /** `match` of the rule. */
  readonly match: Node;
}

export interface Answers {
  readonly answers: readonly (Answer & { readonly requestHeaders?: HeaderOperations })[];
  readonly responseHeaders?: HeaderOperations;
}

export function closed(node: Node, why: string): Answers {
  node.entry?.closed(`answered with 403: ${why}`);
  node.rest((entry) => {
    entry.left("its handler is not carried over");
  });
  return { answers: [{ handler: CLOSED }] };
}
