/**
 * Rules of a virtual server, in the order in which they are tried. Cherokee goes on behind a rule
 * that is not final and takes each setting from the first rule that says it; here the last one
 * counts, and a rule with a handler ends. So such a rule becomes a rule of settings where nothing
 * below says them again, and else the rules below are written twice: for its requests, and for the
 * others.
 */
import type { Condition } from "../../../contract/condition.ts";
import type { Rule } from "../../../contract/rules/rule.ts";
import { quote } from "../../wording.ts";
import type { Draft } from "../document/draft.ts";
import { CLOSED } from "../document/finish.ts";
import { allOf, type Match } from "../document/match.ts";
import type { Entry } from "../document/report.ts";
import type { Surroundings } from "../document/surroundings.ts";
import type { HandlerContext } from "./answers.ts";
import { type ConditionContext, conditionOf, folderOf } from "./conditions.ts";
import { answersOf, folderRedirect } from "./handlers.ts";
import { type Settings, settingsOf } from "./settings.ts";
import type { Node } from "./tree.ts";

/** Each doubles the rules below it. */
const MAX_DOUBLINGS = 6;

export interface SiteContext extends ConditionContext {
  readonly draft: Draft;
  readonly surroundings: Surroundings;
  readonly sources: Node | undefined;
  readonly mediaTypes: Readonly<Record<string, string>>;
  /** Some listener speaks TLS. */
  readonly hasTls: boolean;
  /** Its folder may depend on the host, in a way that cannot be expressed here. */
  readonly isRootKnown: boolean;
}

interface Parsed {
  readonly node: Node;
  readonly entries: readonly Entry[];
  /** Where a rule above has not named another folder. */
  readonly match: Match;
  readonly isFinal: boolean;
  readonly said: Said;
}

interface Said {
  readonly handler?: { readonly node: Node; readonly match: Node };
  readonly root?: { readonly path: string; readonly mount: string | undefined };
  readonly settings: Settings;
}

export function rulesOf(rules: Node | undefined, context: SiteContext): Rule[] {
  const parsed = (rules?.byNumber() ?? []).flatMap((node) => parse(node, context) ?? []);
  const made: Rule[] = [];
  expand(parsed, { said: { settings: {} }, scope: undefined, doublings: 0 }, context, made);
  return made;
}

function parse(node: Node, context: SiteContext): Parsed | undefined {
  if (node.flag("disabled", false)) {
    node.rest((entry) => {
      entry.left("the rule is disabled");
    });
    return undefined;
  }
  const match = node.at("match");
  if (match === undefined) {
    node.rest((entry) => {
      entry.left("the rule has no `match`; Cherokee does not start with it");
    });
    return undefined;
  }
  match.at("final")?.carried("the order of the rules");
  const condition = conditionOf(match, context);
  const handler = node.at("handler");
  const root = node.at("document_root");
  root?.carried("`root` of the handler");
  node.at("disabled")?.carried("a rule that is not disabled");
  const settings = settingsOf(node, context.surroundings);
  reportRest(node);
  return {
    node,
    entries: node.entries(),
    match: condition,
    isFinal: match.flag("final", true),
    said: {
      ...(handler === undefined ? {} : { handler: { node: handler, match } }),
      ...(root === undefined ? {} : { root: { path: root.value, mount: folderOf(match) } }),
      settings,
    },
  };
}

const WITHOUT_COUNTERPART: Readonly<Record<string, string>> = {
  flcache:
    "the agent does not cache responses of applications; let them send `Cache-Control`, and put a cache in front",
  no_log: "the access log has every request",
  timeout: "limits are set at the upstream (`responseTimeout`, `idleTimeout`)",
};

function reportRest(node: Node): void {
  for (const [key, why] of Object.entries(WITHOUT_COUNTERPART))
    node.at(key)?.rest((entry) => {
      entry.left(why);
    });
}

interface Expansion {
  /** By rules above that are not final. */
  readonly said: Said;
  readonly scope: Condition | undefined;
  readonly doublings: number;
}

function expand(rules: readonly Parsed[], expansion: Expansion, context: SiteContext, made: Rule[]): void {
  const { said, scope, doublings } = expansion;
  for (const [index, each] of rules.entries()) {
    const rule = said.root === undefined ? each : { ...each, match: matchBelow(said.root, each, context) };
    const when = allOf([scope, rule.match.when]);
    const below = rules.slice(index + 1);
    const all = merge(said, rule.said);
    if (!rule.match.isExact) {
      if (!isHarmless(rule)) made.push(closedRule(rule, when, context));
    } else if (rule.isFinal) {
      made.push(...finalRules(rule, when, all, context));
      if (when === scope) return;
    } else if (isAlone(rule, said, below)) made.push(...settingRules(rule, when, rule.said.settings, context));
    else if (doublings >= MAX_DOUBLINGS) {
      made.push(closedRule(rule, when, context));
      for (const entry of rule.entries) entry.closed("answered with 403: too many rules above are not final");
    } else expand(below, { said: all, scope: when, doublings: doublings + 1 }, context, made);
  }
}

/** Conditions about files look into the folder that a rule above has named. */
function matchBelow({ path, mount }: NonNullable<Said["root"]>, { node, match }: Parsed, context: SiteContext): Match {
  const own = node.at("match");
  return own === undefined
    ? match
    : conditionOf(own, { ...context, root: path, mount: mount === "/" ? undefined : mount });
}

/** What is said first counts. */
function merge(first: Said, then: Said): Said {
  return { ...then, ...first, settings: { ...then.settings, ...first.settings } };
}

/** Without it, nothing is open that was not. */
function isHarmless({ isFinal, said, node }: Parsed): boolean {
  const { secure, access, auth, unknownAuth } = said.settings;
  const guards = secure ?? access ?? auth ?? unknownAuth;
  if (isFinal || guards !== undefined || said.handler !== undefined || said.root !== undefined) return false;
  node.at("match")?.entry?.left("the rule is left out, because its condition cannot be expressed here");
  return true;
}

function closedRule({ node, entries }: Parsed, when: Condition | undefined, { draft }: SiteContext): Rule {
  const what = when === undefined ? "everything that no rule above answers" : "what it may be about";
  node
    .at("match")
    ?.entry?.closed(`its condition cannot be expressed here, so ${what} is answered with 403; rewrite the rule`);
  return draft.from(entries, { ...(when === undefined ? {} : { when }), handler: CLOSED });
}

/** No rule below says the same, so the order in which settings count makes no difference. */
function isAlone({ said }: Parsed, above: Said, below: readonly Parsed[]): boolean {
  if (said.handler !== undefined || said.root !== undefined) return false;
  const names = Object.keys(said.settings);
  return ![above, ...below.map((rule) => rule.said)].some(({ settings }) =>
    Object.keys(settings).some((name) => names.includes(name)),
  );
}

/** Guards are rules of their own, and a rule that says nothing is none. */
function settingRules(rule: Parsed, when: Condition | undefined, settings: Settings, { draft }: SiteContext): Rule[] {
  const { secure, access, unknownAuth, ...others } = settings;
  const guards = [secure, access, unknownAuth].flatMap((guard) =>
    guard === undefined ? [] : [ruleOf(allOf([when, guard.when]), { handler: guard.handler })],
  );
  const rules = Object.keys(others).length === 0 ? guards : [...guards, ruleOf(when, others)];
  return rules.map((made) => draft.from(rule.entries, made));
}

function ruleOf(when: Condition | undefined, rest: Omit<Rule, "when">): Rule {
  return when === undefined ? rest : { when, ...rest };
}

function finalRules(rule: Parsed, when: Condition | undefined, said: Said, context: SiteContext): Rule[] {
  const { draft, isRootKnown, root } = context;
  const { secure, access, unknownAuth, ...settings } = said.settings;
  const guards = { ...(secure && { secure }), ...(access && { access }), ...(unknownAuth && { unknownAuth }) };
  const made = settingRules(rule, when, guards, context);
  const match = rule.node.at("match");
  if (said.handler === undefined || match === undefined) {
    rule.node.at("match")?.entry?.changed("a rule without a handler is answered with 404");
    return [...made, draft.from(rule.entries, ruleOf(when, { handler: { type: "error", status: 404 } }))];
  }
  const handlerContext: HandlerContext = {
    ...context,
    root: said.root?.path ?? (isRootKnown ? root : undefined),
    mount: said.root?.mount === "/" ? undefined : said.root?.mount,
    match: said.handler.match,
  };
  const { answers, responseHeaders } = answersOf(said.handler.node, handlerContext);
  const isFiles = ["common", "file", "dirlist"].includes(said.handler.node.value);
  const redirected = isFiles ? [] : folderRedirect(match);
  for (const { when: only, ...answer } of [...redirected, ...answers]) {
    const own = {
      ...answer,
      ...settings,
      ...(responseHeaders === undefined
        ? {}
        : { responseHeaders: { ...responseHeaders, ...settings.responseHeaders } }),
    };
    made.push(draft.from(rule.entries, ruleOf(allOf([when, only]), own)));
  }
  if (settings.cacheControl !== undefined && !isFiles)
    rule.node.at("expiration")?.entry?.carried(`\`cacheControl\` of ${quote(said.handler.node.value)}`);
  return made;
}
