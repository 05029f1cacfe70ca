/** What answers in a space: files, scripts, or an application that `SetHandler` names. */
import type { Condition } from "../../../contract/condition.ts";
import type { Handler } from "../../../contract/handler.ts";
import { parseTarget } from "../../config/upstream-target.ts";
import type { Answer } from "../document/answer.ts";
import type { Draft } from "../document/draft.ts";
import { CLOSED } from "../document/finish.ts";
import { allOf, escapeRegex } from "../document/match.ts";
import type { Statement } from "../document/statements.ts";
import { isSharedIndex, staticAnswers } from "../document/static-files.ts";
import { upstreamOf } from "./passes.ts";
import { extensionsIn, type Section, type Space } from "./spaces.ts";

const SCRIPT =
  /^(?:application\/x-httpd-|php|cgi-script|fcgid-script|wsgi-script|server-parsed|perl-script|mod_python|lua-script)/i;

/** Of programs, which something that is not read here may run. */
const PROGRAM: Condition = { pathRegex: "(?i)\\.(?:php\\d?|pht|phtml|phar|cgi|pl|py|rb|lua|shtml)(?:[./]|$)" };

/** @param isWhole Whatever runs programs would have been read. */
export function filesOf(
  space: Space,
  sections: readonly Section[],
  level: readonly Statement[],
  draft: Draft,
  isWhole: boolean,
): Answer[] {
  const { root, mount } = space;
  if (root?.startsWith("/") !== true) return [{ handler: CLOSED }];
  const whole = sections.filter(({ when }) => when === true).map((section) => section.statement);
  const said = (name: string): Statement | undefined =>
    [...level, ...whole.flatMap(({ body = [] }) => body)].findLast((each) => each.name === name);
  const options = said("options");
  const isListed = options?.args.some((option) => /^\+?(?:indexes|all)$/i.test(option)) === true;
  options?.entry.carried("the handler: `common` lists folders (`Indexes`)");
  const index = said("directoryindex");
  const all = (index?.args ?? ["index.html"]).filter((name) => name !== "disabled");
  const isTaken = (name: string) => !name.includes("/") || (mount === "" && isSharedIndex(name));
  const names = all.filter(isTaken);
  if (names.length === all.length) index?.entry.carried("`index`, and `rewrite` to what is shared by folders");
  else index?.entry.changed(`\`index\` without ${all.filter((name) => !isTaken(name)).join(", ")}`);
  const plain = staticAnswers({ root, mount: mount === "" ? undefined : mount, index: names, isListed });
  return [
    // The last one counts.
    ...[...sections].reverse().flatMap((section) => handlersOf(section, space, draft)),
    ...mapped(level, space),
    ...(isWhole ? [] : [{ when: PROGRAM, handler: CLOSED }]),
    ...plain.indexes,
    ...fallbackOf(said("fallbackresource"), space),
    { handler: plain.handler },
  ];
}

function fallbackOf(statement: Statement | undefined, { root, mount }: Space): Answer[] {
  const [to = ""] = statement?.args ?? [];
  if (statement === undefined || !to.startsWith("/") || mount !== "") return [];
  statement.entry.carried("a rule for what is not there");
  const missing: Condition = { not: { exists: `${root ?? ""}{path}` } };
  return [{ when: { all: [missing, { not: { path: to } }] }, handler: { type: "rewrite", to } }];
}

/** `SetHandler` in a section. */
function handlersOf(section: Section, space: Space, draft: Draft): Answer[] {
  const statement = section.level.own("sethandler").at(-1);
  const own = section.level.own("addhandler", "addtype", "action");
  if (section.when === false) return [];
  const condition = typeof section.when === "object" ? section.when : undefined;
  const added = mapped(own, space).map((answer) => ({ ...answer, when: allOf([condition, answer.when]) }));
  const [name = ""] = statement?.args ?? [];
  if (statement === undefined || /^(?:none|default-handler)$/i.test(name)) {
    statement?.entry.carried("the handler of files");
    return added;
  }
  if (name.toLowerCase() === "server-status") {
    statement.entry.carried("the handler `serverInfo`");
    return [...added, { when: condition, handler: { type: "serverInfo" } }];
  }
  const target = /^proxy:(?:(unix:[^|]+)\|)?fcgi:\/\/([^/]*)/.exec(name);
  const address = target?.[1] ?? target?.[2] ?? "";
  if (target === null || parseTarget(`fcgi://${address}`) === undefined || space.root === undefined) {
    statement.entry.closed(`answered with 403: there is no handler \`${name}\``);
    return [...added, { when: condition, handler: CLOSED }];
  }
  statement.entry.carried("the handler `fastcgi`");
  const upstream = upstreamOf({ targets: [`fcgi://${address}`] }, statement.entry, draft);
  const pattern = section.statement.args.at(-1) ?? "";
  const extensions = section.statement.name.startsWith("files") ? extensionsIn(pattern) : undefined;
  const handler: Handler = {
    type: "fastcgi",
    upstream,
    root: space.root,
    ...(space.mount === "" ? {} : { mount: space.mount }),
    ...(extensions === undefined ? {} : { extensions }),
    index: [],
  };
  return [...added, { when: condition, handler }];
}

/** `AddHandler` and its like: the source of a script must not be sent. */
function mapped(statements: readonly Statement[], space: Space): Answer[] {
  return statements
    .filter(({ name, args }) => /^(?:addhandler|addtype|action)$/.test(name) && SCRIPT.test(args[0] ?? ""))
    .flatMap(({ args, entry }): Answer[] => {
      entry.closed(`answered with 403: there is no handler \`${args[0] ?? ""}\``);
      const extensions = args.slice(1).map((name) => escapeRegex(name.replace(/^\./, "")));
      if (extensions.length === 0 || space.root === undefined) return [];
      return [{ when: { pathRegex: `(?i)\\.(?:${extensions.join("|")})(?:[./]|$)` }, handler: CLOSED }];
    });
}
