/** What each frontend of HTTP mode answers for: sockets, names, and whether it serves others. */
import { type Binds, bindsOf } from "./binds.ts";
import { type FileText, type HostTest, readHostMap, readHostTest } from "./host-tests.ts";
import { type Line, textsOf } from "./lines.ts";
import { type ConfigurationSections, type Section, settingOf } from "./sections.ts";

export interface Frontend {
  readonly section: Section;
  readonly binds: Binds;
  /** Tests of the name, in the order of the configuration, each with its line. */
  readonly tests: readonly (HostTest & { readonly line: Line })[];
  /** `redirects`: it does little but send visitors elsewhere. */
  readonly role: "serves" | "redirects";
  /** It also answers names that it does not test. */
  readonly isCatchAll: boolean;
  /** Sites behind the lines of the agent that stand in it. */
  readonly hooks: readonly string[];
}

export interface FrontendOptions {
  readonly fileText: FileText;
  /** Whether HTTPS has HTTP/2 where nothing is said. */
  readonly http2ByDefault: boolean;
}

/** Words that begin a rule by which a visitor gets something. */
const SERVING = ["default_backend", "use_backend", "server", "server-template", "dispatch", "use-server"];

export function readFrontends(found: ConfigurationSections, options: FrontendOptions): Frontend[] {
  return found.sections.flatMap((section) => {
    if (section.keyword !== "frontend" && section.keyword !== "listen") return [];
    if (settingOf(section, "mode")?.line.words[1]?.text !== "http") return [];
    const frontend = readFrontend(section, options);
    return frontend === undefined ? [] : [frontend];
  });
}

function readFrontend(section: Section, { fileText, http2ByDefault }: FrontendOptions): Frontend | undefined {
  const rules = section.lines;
  const tests = testsOf(rules, fileText);
  const named = new Set(tests.flatMap(({ acl }) => (acl === undefined ? [] : [acl])));
  const serving = rules.filter(({ words }) => SERVING.includes(words[0]?.text ?? ""));
  const redirects = rules.filter(isRedirect);
  const answers = rules.some(isAnswer);
  // Statistics, metrics, a port for health checks: no site.
  const defaultBackend = section.keyword === "frontend" ? settingOf(section, "default_backend") : undefined;
  if (serving.length === 0 && defaultBackend === undefined && redirects.length === 0 && !answers) return undefined;
  const binds = bindsOf(section, http2ByDefault);
  const isPlain = binds.listeners.every(({ tls, proxyProtocol }) => !tls && !proxyProtocol);
  const sendsOn = redirects.some(
    (line) => isAlways(line) || (isPlain && line.words.some(({ text: word }) => word === "https")),
  );
  const servesOthers = serving.some((line) => !testsName(line, named)) || defaultBackend !== undefined || answers;
  return {
    section,
    binds,
    tests: tests.map(({ acl: _acl, ...test }) => test),
    role: sendsOn || (serving.length === 0 && redirects.length > 0) ? "redirects" : "serves",
    isCatchAll: servesOthers || redirects.some((line) => !testsName(line, named)),
    hooks: section.probes.map(({ site }) => site),
  };
}

type NamedTest = HostTest & { acl: string | undefined; line: Line };

function testsOf(rules: readonly Line[], fileText: FileText): NamedTest[] {
  const variables = new Set<string>();
  const tests: NamedTest[] = [];
  for (const line of rules) {
    const words = textsOf(line);
    const add = (test: HostTest | undefined, acl?: string): void => {
      if (test !== undefined) tests.push({ ...test, acl, line });
    };
    const variable = /^set-var\(([^,)]+)/.exec(words[1] ?? "")?.[1];
    if (variable !== undefined && /hdr\(host\)/i.test(words[2] ?? "") && !/\bmap/.test(words[2] ?? ""))
      variables.add(variable);
    const plain = words.map((word) => asHost(word, variables));
    if (words[0] === "acl") add(readHostTest(plain.slice(2), fileText), words[1]);
    else
      for (const [index, word] of plain.entries()) {
        if (word === "{") add(readHostTest(plain.slice(index + 1, endOf(plain, index)), fileText));
        if (word.includes("map")) add(readHostMap(word, fileText));
      }
  }
  // Names in a test that chooses no backend, such as that of all names that are known, are not one
  // site because of it.
  const choices = rules
    .filter(({ words }) => /^use[_-]/.test(words[0]?.text ?? ""))
    .flatMap((line) => textsOf(line, 1));
  return tests.map((test) => (test.acl === undefined || choices.includes(test.acl) ? test : { ...test, isList: true }));
}

/** `var(txn.host)` stands for what was put into it. */
function asHost(word: string, variables: ReadonlySet<string>): string {
  return word.replace(/\bvar\(([^,)]+)\)/, (whole, name: string) => (variables.has(name) ? "hdr(host)" : whole));
}

function endOf(words: readonly string[], from: number): number {
  const end = words.indexOf("}", from);
  return end < 0 ? words.length : end;
}

export function isRedirect({ words }: Line): boolean {
  return words[0]?.text === "redirect" || (words[0]?.text === "http-request" && words[1]?.text === "redirect");
}

/** It has something of its own to say to everybody. */
function isAnswer(line: Line): boolean {
  const [keyword, action] = textsOf(line);
  return keyword === "http-request" && action === "return" && isAlways(line);
}

function isAlways({ words }: Line): boolean {
  return !words.some(({ text }) => text === "if" || text === "unless");
}

/** Whether a rule is only for a name that is told: `if is_shop`, `if { hdr(host) … }`. */
function testsName(line: Line, acls: ReadonlySet<string>): boolean {
  const words = textsOf(line);
  const from = words.findIndex((word) => word === "if");
  if (from < 0) return /%\[.*(?:hdr\(host\)|sni)/i.test(words[1] ?? "") && !/map\w*\([^)]*,/.test(words[1] ?? "");
  return words
    .slice(from + 1)
    .join(" ")
    .split(/ \|\| | or /)
    .every((terms) => terms.split(" ").some((term) => acls.has(term) || /hdr(?:_\w+)?\(host\)|_sni/i.test(term)));
}
