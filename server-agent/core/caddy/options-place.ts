/** Where the two lines go that all sites share: the option of the order, and who answers else. */
import type { Hazard } from "../../contract/web-servers.ts";
import { FALLBACK, ORDER_LINE, OPTIONS_LINE, hookLine, isOrder } from "./hook-names.ts";
import type { ConfigurationTree } from "./include-tree.ts";
import { type NamesOf, type Place, placeHazards, refusing } from "./place-hazards.ts";

/** Whether the last word about the order is the hook's. */
export function isOrdered({ options }: ConfigurationTree): boolean {
  const orders = (options?.body ?? []).filter(
    ({ words }) =>
      words[0] === "order" && (words[1] === "forward_auth" || words.includes("first") || words[3] === "forward_auth"),
  );
  const last = orders.at(-1);
  return last !== undefined && isOrder(last.statement);
}

export function hasFallback({ topHooks }: ConfigurationTree): boolean {
  return topHooks.some(({ name }) => name === FALLBACK);
}

/** What keeps all sites from having a hook. */
export function sharedHazards(tree: ConfigurationTree, namesOf: NamesOf): Hazard[] {
  const hazards: Hazard[] = [];
  const top: Place = { file: tree.main, line: 1 };
  const needsMain = !hasFallback(tree) || (tree.options === undefined && !isOrdered(tree));
  if (needsMain) hazards.push(...placeHazards(top, pasteOf(tree), tree, namesOf));
  const { options } = tree;
  const block = options?.statement.block;
  if (options === undefined || block === undefined || isOrdered(tree)) return hazards;
  const { file } = options.statement;
  const place = { file, line: block.close.line };
  if (file !== tree.main) hazards.push(...placeHazards(place, ORDER_LINE, tree, namesOf));
  const text = tree.files.get(file)?.text ?? "";
  const before = text.slice(text.lastIndexOf("\n", block.close.start - 1) + 1, block.close.start);
  if (options.isTemplate || before.trim() !== "" || text[block.close.start] !== "}")
    hazards.push(
      refusing("options-place", "No line can be added to these options; put their } on a line of its own.", place),
    );
  return hazards;
}

function pasteOf(tree: ConfigurationTree): string {
  const order = tree.options === undefined ? `${OPTIONS_LINE}\n\t${ORDER_LINE}\n}` : `\t${ORDER_LINE}`;
  return `${order}\n${hookLine(tree.main, FALLBACK)}`;
}
