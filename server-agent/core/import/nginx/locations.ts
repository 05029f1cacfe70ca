/**
 * Locations as rules in the order in which nginx chooses: an exact path; the longest prefix if it
 * is a `^~`; the first expression; the longest prefix.
 */
import type { Condition } from "../../../contract/condition.ts";
import type { Rule } from "../../../contract/rules/rule.ts";
import { isPassedOn as isApplication } from "../../upstream-of.ts";
import type { Answer } from "../document/answer.ts";
import { CLOSED } from "../document/finish.ts";
import { allOf, type Match, pathMatch, prefixMatch, regexMatch } from "../document/match.ts";
import { Level, sayOfAll, type Statement } from "../document/statements.ts";
import { accessOf, refusedMethods } from "./access.ts";
import { type LocationName, locationName } from "./conditions.ts";
import { type ContentContext, contentOf, folderOf, HTTP_PASSES, isPassedOn } from "./content.ts";
import { rewritesOf } from "./rewrites.ts";
import { settingsOf } from "./settings.ts";
import { strippedBy } from "./stripped.ts";

interface Location {
  readonly name: LocationName;
  readonly level: Level;
  readonly match: Match;
}

/** Those of the locations alone, without what answers elsewhere in the level. */
export function locationRulesOf(level: Level, context: ContentContext): Rule[] {
  return new Rules(level, context).locations();
}

/** @param level A server, or a location with locations in it. */
export function rulesOf(level: Level, context: ContentContext): Rule[] {
  return new Rules(level, context).all();
}

class Rules {
  readonly #server: Level;
  readonly #context: ContentContext;

  constructor(server: Level, context: ContentContext) {
    this.#server = server;
    this.#context = context;
  }

  all(): Rule[] {
    const { answers, ends } = rewritesOf(this.#server.statements, this.#rewriteContext(this.#server, undefined));
    const before = this.#rules(this.#server, answers, undefined);
    return ends ? before : [...before, ...this.#inside(this.#server, undefined, undefined)];
  }

  locations(): Rule[] {
    return this.#located(locationsOf(this.#server), undefined);
  }

  /** The locations of a level, and behind them its own content. */
  #inside(level: Level, when: Condition | undefined, own: LocationName | undefined): Rule[] {
    const locations = locationsOf(level);
    // A prefix that all addresses have leaves nothing to it.
    const isTaken = locations.some(({ name }) => name.kind.endsWith("prefix") && name.path === "/");
    return [...this.#located(locations, when), ...(isTaken ? [] : this.#content(level, own, when))];
  }

  #located(locations: readonly Location[], when: Condition | undefined): Rule[] {
    const of = (...kinds: LocationName["kind"][]) => locations.filter(({ name }) => kinds.includes(name.kind));
    const prefixes = of("prefix", "first-prefix").sort((a, b) => b.name.path.length - a.name.path.length);
    const firsts = prefixes.filter(({ name }) => name.kind === "first-prefix");
    const regexes = of("regex");
    const isBelowFirst = ({ name }: Location) => firsts.some((first) => name.path.startsWith(first.name.path));
    const withRegexes = (location: Location) => [
      ...regexes.flatMap((regex) => this.#location(regex, allOf([when, location.match.when]))),
      ...this.#location(location, when),
    ];
    const below = prefixes.filter(isBelowFirst);
    const plain = prefixes.filter((location) => !isBelowFirst(location));
    return [
      ...of("exact").flatMap((location) => this.#location(location, when)),
      ...prefixes.flatMap((location) => this.#toSlash(location, locations, when)),
      ...below.flatMap((location) =>
        location.name.kind === "first-prefix" ? this.#location(location, when) : withRegexes(location),
      ),
      ...plain.flatMap((location) => this.#nestedRegexes(location, plain, when)),
      ...regexes.flatMap((location) => this.#location(location, when)),
      ...plain.flatMap((location) => this.#location(location, when)),
    ];
  }

  /** Where an application answers below `/a/`, nginx redirects `/a` there. */
  #toSlash({ name, level }: Location, all: readonly Location[], when: Condition | undefined): Rule[] {
    const path = name.path.slice(0, -1);
    const isTaken = all.some((other) => other.name.kind === "exact" && other.name.path === path);
    if (!name.path.endsWith("/") || path === "" || isTaken || !isPassedOn(level)) return [];
    const handler = { type: "redirect", to: name.path, status: 301 } as const;
    return this.#rules(level, [{ when: pathMatch(path).when, handler }], when);
  }

  /** Expressions in a prefix count before those around it, where it is the longest. */
  #nestedRegexes(location: Location, all: readonly Location[], when: Condition | undefined): Rule[] {
    const nested = locationsOf(location.level).filter(({ name }) => name.kind === "regex");
    const longer = all.filter(
      ({ name }) => name.path !== location.name.path && name.path.startsWith(location.name.path),
    );
    const others = longer.map(({ match }): Condition => ({ not: match.when ?? { path: "/*" } }));
    return nested.flatMap((regex) => this.#location(regex, allOf([when, location.match.when, ...others])));
  }

  #location({ name, level, match }: Location, outer: Condition | undefined): Rule[] {
    const when = allOf([outer, match.when]);
    if (!match.isExact) {
      for (const { entry } of level.statements) entry.left("its location is closed");
      return [this.#closed(level, when)];
    }
    const { answers, ends } = rewritesOf(level.statements, this.#rewriteContext(level, name));
    const refused = refusedMethods(level).map((method) => this.#closed(level, allOf([when, method])));
    const before = [...refused, ...this.#rules(level, answers, when)];
    return ends ? before : [...before, ...this.#inside(level, when, name)];
  }

  #closed(level: Level, when: Condition | undefined): Rule {
    const { responseHeaders } = settingsOf(level);
    return this.#made(level, when, { handler: CLOSED, ...(responseHeaders === undefined ? {} : { responseHeaders }) });
  }

  #content(level: Level, name: LocationName | undefined, when: Condition | undefined): Rule[] {
    const { refused, auth, asked } = accessOf(level);
    const rules: Rule[] = [];
    for (const condition of refused) {
      rules.push(this.#closed(level, condition === true ? when : allOf([when, condition])));
      if (condition === true) return rules;
    }
    const { answers, requestHeaders, named } = contentOf(level, name, this.#context);
    const extra = {
      ...(requestHeaders === undefined ? {} : { requestHeaders }),
      ...(auth === undefined ? {} : { auth }),
    };
    if (auth !== undefined && asked !== undefined) {
      const { auth: _auth, ...open } = extra;
      rules.push(
        ...this.#rules(level, answers, allOf([when, asked]), extra),
        ...this.#rules(level, answers, when, open),
      );
    } else rules.push(...this.#rules(level, answers, when, extra));
    if (named === undefined) return rules;
    const location = locationsOf(this.#server).find((each) => each.name.path === named);
    if (location === undefined) return [...rules, this.#closed(level, when)];
    const inner = rewritesOf(location.level.statements, this.#rewriteContext(location.level, location.name));
    const made = this.#rules(location.level, inner.answers, when);
    // What guards the location that leads to it guards it, too.
    const content = inner.ends ? [] : this.#content(location.level, location.name, when);
    return [...rules, ...[...made, ...content].map((rule) => this.#guarded(rule, auth))];
  }

  #guarded(rule: Rule, auth: Rule["auth"]): Rule {
    if (auth === undefined || rule.auth !== undefined) return rule;
    return this.#context.draft.from(this.#context.draft.originsOf(rule), { ...rule, auth });
  }

  #rules(level: Level, answers: readonly Answer[], when: Condition | undefined, extra: Partial<Rule> = {}): Rule[] {
    const { maxBodyBytes, ...settings } = settingsOf(level);
    const { requestHeaders, ...others } = extra;
    return answers.map(({ when: only, handler }) => {
      const forApplications = {
        ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
        ...(requestHeaders === undefined ? {} : { requestHeaders }),
      };
      return this.#made(level, allOf([when, only]), {
        handler,
        // What is rewritten comes to other rules, with settings of their own.
        ...(handler.type === "rewrite" ? {} : settings),
        ...others,
        ...(isApplication(handler) ? forApplications : {}),
      });
    });
  }

  #made(level: Level, when: Condition | undefined, rest: Omit<Rule, "when">): Rule {
    const entries = level.statements.filter(({ body }) => body === undefined).map(({ entry }) => entry);
    return this.#context.draft.rule(entries, when, rest);
  }

  #rewriteContext(level: Level, name: LocationName | undefined) {
    const isRoot = level.nearest("root", "alias").at(-1)?.name === "root";
    const hasRoot = isRoot && level.last("root")?.args[0]?.startsWith("/") === true;
    return {
      words: this.#context.words,
      root: hasRoot ? folderOf(level, name)?.root : undefined,
      regex: name?.kind === "regex" ? name.path : undefined,
      isPassedOn: isPassedOn(level),
      stripped: level.own(...HTTP_PASSES).length > 0 ? strippedBy(level, name)?.statement : undefined,
    };
  }
}

function locationsOf(level: Level): Location[] {
  return level.own("location").map((statement): Location => {
    const name = locationName(statement.args);
    const match =
      name.kind === "exact"
        ? pathMatch(name.path)
        : name.kind === "regex"
          ? regexMatch(name.path)
          : prefixMatch(name.path);
    report(statement, match);
    return { name, level: new Level(statement.body ?? [], level), match };
  });
}

function report(statement: Statement, { isExact }: Match): void {
  if (isExact) statement.entry.carried("rules with its condition");
  else {
    statement.entry.closed("its expression is not supported (RE2), so what it may be about is answered with 403");
    sayOfAll(statement, (entry) => {
      entry.left("its location is closed");
    });
  }
}
