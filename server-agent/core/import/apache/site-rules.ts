/**
 * The rules of a site, in the order in which Apache decides: what it restricts everywhere, what it
 * sends elsewhere, the addresses that an application has, and at last its folders.
 */
import type { Condition } from "../../../contract/condition.ts";
import type { Rule } from "../../../contract/rules/rule.ts";
import { isPassedOn } from "../../upstream-of.ts";
import type { Answer } from "../document/answer.ts";
import type { Draft } from "../document/draft.ts";
import { allOf } from "../document/match.ts";
import { Level, type Statement } from "../document/statements.ts";
import { guardsOf, unknownGuards } from "./access.ts";
import { filesOf } from "./content.ts";
import { passesOf, type Proxying } from "./passes.ts";
import { type Folders, folderSections, rewritingIn } from "./folders.ts";
import { redirectOf, rewritesOf } from "./redirects.ts";
import { settingsOf } from "./settings.ts";
import { type Section, sectionsFor, type Space, spaceCondition } from "./spaces.ts";

export interface SiteContext extends Folders {
  readonly draft: Draft;
  /** What holds for the whole server. */
  readonly server: readonly Statement[];
  readonly balancers: Proxying["balancers"];
  /** What is read is all of the configuration, not that of a site alone. */
  readonly isWhole: boolean;
}

/** A site, and what holds around it. */
interface Site extends SiteContext {
  readonly own: readonly Statement[];
  readonly level: Level;
  readonly proxying: Proxying;
}

/** @param level What `<VirtualHost>` says, inside of what the server says. */
export function siteRules(level: Level, context: SiteContext): Rule[] {
  const { draft, server } = context;
  const own = level.statements;
  const site: Site = { ...context, own, level, proxying: proxyingOf({ ...context, own, level }) };
  const [documentRoot] = level.nearest("documentroot").slice(-1);
  if (context.isWhole) documentRoot?.entry.carried("`root`");
  else documentRoot?.entry.changed("`root`; programs in it get 403, as what runs them stands in another file");
  const root = documentRoot?.args[0]?.replace(/(.)\/+$/, "$1");
  const rewrites = rewritesOf(own, { root, base: undefined, proxying: site.proxying });
  const redirects = [...own, ...server].filter(({ name }) => name.startsWith("redirect"));
  return [
    ...unknownGuards([...server, ...own], draft),
    ...generalSettings(site),
    ...rewrites.flatMap((answer) =>
      isPassedOn(answer.handler) ? applicationRule(answer, site) : [answerRule(answer, undefined, own, draft)],
    ),
    ...redirects.map((each) => answerRule(redirectOf(each), undefined, [each], draft)),
    // An address that an application has is in no folder.
    ...applicationRules(site),
    ...spacesOf(site, root).flatMap((space) => spaceRules(space, site)),
    ...(root === undefined ? [{ handler: { type: "error" as const, status: 404 } }] : []),
  ];
}

/** @param scope Addresses that it is about; undefined: all of the site. */
function answerRule(
  { when, handler }: Answer,
  scope: Condition | undefined,
  statements: readonly Statement[],
  draft: Draft,
): Rule {
  const entries = statements.filter(({ body }) => body === undefined).map(({ entry }) => entry);
  return draft.rule(entries, allOf([scope, when]), { handler });
}

/** What the server and the site change of every answer. */
function generalSettings({ draft, server, own }: Site): Rule[] {
  const settings = [new Level(server), new Level(own)].map(settingsOf).filter((each) => Object.keys(each).length > 0);
  const said = [...server, ...own].filter(({ name }) => /header|filter|expires|limit/.test(name));
  const entries = said.map(({ entry }) => entry);
  return settings.map((each) => draft.rule(entries, undefined, each));
}

function proxyingOf({ draft, level, balancers }: Omit<Site, "proxying">): Proxying {
  const preserveHost = level.last("proxypreservehost");
  preserveHost?.entry.carried("`preserveHost`");
  return { draft, preserveHost: /^on$/i.test(preserveHost?.args[0] ?? ""), balancers };
}

/** In the order in which Apache asks: the first one decides. */
function applicationRules(site: Site): Rule[] {
  const { server, own, proxying } = site;
  const passes = passesOf(server, own, proxying);
  return passes.flatMap(({ when, handler }, index): Rule[] => {
    if (handler === undefined) return [];
    const exceptions = passes.slice(0, index).filter((each) => each.handler === undefined);
    const others = exceptions.map((each): Condition => ({ not: each.when ?? { path: "/*" } }));
    return applicationRule({ when: allOf([when, ...others]), handler }, site);
  });
}

/** Sections about locations are for what an application has, too; those about folders are not. */
function applicationRule({ when, handler }: Answer, { draft, server, own }: Site): Rule[] {
  const sections = sectionsFor({ mount: "", root: undefined }, [...server, ...own]);
  return [
    ...guardsOf(sections, when, draft),
    ...sectionSettings(sections, when, isPassedOn(handler), draft),
    answerRule({ handler }, when, own, draft),
  ];
}

/** Folders that the site shows, those with the longest addresses first. */
function spacesOf({ server, own }: Site, root: string | undefined): Space[] {
  const aliases = [...own, ...server].flatMap((each) => aliasOf(each));
  aliases.sort((a, b) => b.mount.length - a.mount.length);
  return root === undefined ? aliases : [...aliases, { mount: "", root }];
}

function spaceRules(space: Space, site: Site): Rule[] {
  const { draft, server, own, isWhole, proxying } = site;
  const scope = spaceCondition(space);
  const outer = [...server, ...own];
  const sections = sectionsFor(space, [...outer, ...folderSections(space, outer, site)]);
  return [
    ...guardsOf(sections, scope, draft),
    ...sectionSettings(sections, scope, false, draft),
    ...rewritingIn(sections, space).flatMap(({ when, base, section: { level } }) => {
      const around = allOf([scope, when]);
      const answers = rewritesOf(level.statements, { root: space.root, base, proxying });
      return answers.map((each) => answerRule(each, around, level.statements, draft));
    }),
    ...filesOf(space, sections, outer, draft, isWhole).map((each) => answerRule(each, scope, own, draft)),
  ];
}

function sectionSettings(
  sections: readonly Section[],
  scope: Condition | undefined,
  isForApplication: boolean,
  draft: Draft,
): Rule[] {
  return sections.flatMap(({ when, level, statement }): Rule[] => {
    if (when === false) return [];
    const { maxBodyBytes, requestHeaders, ...others } = settingsOf(level);
    const settings = {
      ...others,
      ...(isForApplication && maxBodyBytes !== undefined ? { maxBodyBytes } : {}),
      ...(isForApplication && requestHeaders !== undefined ? { requestHeaders } : {}),
    };
    if (when === "unknown" || Object.keys(settings).length === 0) return [];
    return [draft.rule([statement.entry], allOf([scope, when === true ? undefined : when]), settings)];
  });
}

function aliasOf({ name, args, entry }: Statement): Space[] {
  if (name === "aliasmatch" || name === "scriptalias" || name === "scriptaliasmatch" || name === "wsgiscriptalias") {
    entry.closed("answered with 403: write a rule with the handler `file`, `cgi` or `uwsgi`");
    const isPath = !name.endsWith("match") && args[0]?.startsWith("/") === true;
    return isPath
      ? [{ mount: (args[0] ?? "").replace(/\/+$/, ""), root: undefined }]
      : [{ mount: "", root: undefined }];
  }
  if (name !== "alias") return [];
  const [path = "", folder = ""] = args;
  entry.carried("`root` with `mount`");
  return [{ mount: path.replace(/\/+$/, ""), root: folder.replace(/(.)\/+$/, "$1") }];
}
