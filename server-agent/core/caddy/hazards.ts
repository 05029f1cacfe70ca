/** What makes a site harder to close, or impossible, with the place where it stands. */
import type { Hazard } from "../../contract/web-servers.ts";
import type { FoundBlock, SiteBlocks } from "./blocks.ts";
import { hookLine } from "./hook-names.ts";
import type { ConfigurationTree, Placed, SiteBlock } from "./include-tree.ts";
import { type NamesOf, type Place, placeHazards, refusing, telling } from "./place-hazards.ts";
import { whyNot } from "./questions.ts";

/** What Caddy does before `forward_auth` as long as nobody says otherwise (2.6 and later). */
const USUALLY_BEFORE = new Set([
  ...["tracing", "map", "vars", "fs", "log_append", "log_skip", "skip_log", "header", "copy_response_headers"],
  ...["request_body", "redir", "method", "rewrite", "uri", "try_files", "basicauth", "basic_auth"],
]);

export function placeOf(block: SiteBlock): Place {
  const { file, words, block: body } = block.statement;
  return { file, line: words[0]?.line ?? body?.open.line ?? 1 };
}

/** @param shared What keeps all sites from having a hook. */
export function hazardsOf(
  group: SiteBlocks,
  {
    tree,
    namesOf,
    shared,
    all,
  }: { tree: ConfigurationTree; namesOf: NamesOf; shared: readonly Hazard[]; all: readonly FoundBlock[] },
): Hazard[] {
  return [...shared, ...group.blocks.flatMap((found) => blockHazards(found, group, tree, namesOf, all))];
}

function blockHazards(
  found: FoundBlock,
  group: SiteBlocks,
  tree: ConfigurationTree,
  namesOf: NamesOf,
  all: readonly FoundBlock[],
): Hazard[] {
  const { block, hooks, unusable, unseen, answers } = found;
  const place = placeOf(block);
  const hazards: Hazard[] = [];
  // What a template has by now needs no edit.
  if (!hooks.includes(group.id)) hazards.push(...editHazards(found, group, tree, namesOf, all));
  for (const hook of new Set(hooks))
    if (hook !== group.id)
      hazards.push(telling("copied-hook", `The block asks for the site ${hook}; prepare the site again.`, place));
  const [auth] = authsIn(block.body);
  if (auth !== undefined)
    hazards.push(
      refusing(
        "forward-auth",
        "The site asks somebody else by `forward_auth`, which could come before the page. Put it into a `route` block.",
        placed(auth),
      ),
    );
  for (const message of unusable) hazards.push(refusing("address", message, place));
  for (const message of unseen) hazards.push(telling("listen-unseen", message, place));
  if (answers.filter((answer) => whyNot(answer) === undefined).length === 0 && unusable.length === 0)
    hazards.push(
      refusing(
        "no-listener",
        `No listener of this block can be asked, so it is never seen closed: ${reasonOf(found)}`,
        place,
      ),
    );
  if (answers.some(({ listener }) => listener.clientCertificate))
    hazards.push(
      telling("client-certificate", "Visitors need a certificate here; the agent has none and cannot ask.", place),
    );
  return hazards;
}

/** Whether the line can be put behind the brace of the block. */
function editHazards(
  { block }: FoundBlock,
  { id }: SiteBlocks,
  tree: ConfigurationTree,
  namesOf: NamesOf,
  all: readonly FoundBlock[],
): Hazard[] {
  const place = placeOf(block);
  const { statement } = block;
  const open = statement.block?.open;
  const line = hookLine(tree.main, id);
  if (open === undefined) {
    const message =
      "The file is one site without braces: put { behind its address and } at the end, so that options and a hook can stand beside it.";
    return [{ ...refusing("no-braces", message, place), paste: line }];
  }
  const isShared = all.some((other) => other.block !== block && other.block.statement.block?.open === open);
  if (block.isTemplate || isShared)
    return [
      refusing(
        "template",
        "The block is made from a snippet or a file that is used with arguments, so it is not of one site alone.",
        place,
      ),
    ];
  if (tree.files.get(statement.file)?.text[open.start] !== "{")
    return [refusing("variable", "The brace of this block comes from a variable of the environment.", place)];
  return placeHazards(place, line, tree, namesOf);
}

function reasonOf({ answers, unseen }: FoundBlock): string {
  return answers.map(whyNot).find((reason) => reason !== undefined) ?? unseen[0] ?? "it has none.";
}

/**
 * With the hook's order, a `forward_auth` of the owner's comes before what it came behind: where
 * that would change a site, none of the sites can have a hook.
 */
export function orderHazards(blocks: readonly FoundBlock[], isOrdered: boolean): Hazard[] {
  if (isOrdered) return [];
  return blocks.flatMap(({ block }) =>
    authsIn(block.body)
      .filter((auth) => levelOf(auth, block.body).some(({ words }) => USUALLY_BEFORE.has(words[0] ?? "")))
      .slice(0, 1)
      .map((auth) =>
        refusing(
          "forward-auth-order",
          "The hook puts `forward_auth` before all other directives, which would change what this site does. Put its `forward_auth` into a `route` block.",
          placed(auth),
        ),
      ),
  );
}

/** Where Caddy sorts them; in `route` the order is as written. */
function authsIn(body: readonly Placed[]): Placed[] {
  return body.flatMap((one) => {
    if (one.words[0] === "forward_auth") return [one];
    return one.words[0] === "route" ? [] : authsIn(one.body);
  });
}

function levelOf(auth: Placed, body: readonly Placed[]): readonly Placed[] {
  if (body.includes(auth)) return body;
  for (const { body: inner } of body) {
    const found = levelOf(auth, inner);
    if (found.length > 0) return found;
  }
  return [];
}

function placed({ statement }: Placed): Place {
  return { file: statement.file, line: statement.words[0]?.line ?? 1 };
}
