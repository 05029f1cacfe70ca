/**
 * What changes in which file so that sites ask the agent while they are closed, or do so no more.
 * Each file is made anew from what it is without our lines, so that without any it is what it was,
 * byte for byte. The order of the files is one in which HAProxy could start after each.
 */
import type { FileChange, Hazard, HookPlan } from "../../contract/web-servers.ts";
import type { Discovered } from "./discover.ts";
import { isRedirect } from "./frontends.ts";
import {
  askFile,
  askText,
  backendLines,
  CHOICE_LINES,
  closedMap,
  FALLBACK_TEXT,
  fallbackFile,
  frontendLines,
  globalLines,
  type HookPaths,
} from "./hook-text.ts";
import { type Line, textsOf } from "./lines.ts";
import { IS_CLOSED } from "./own-lines.ts";
import type { ReadFile, Section } from "./sections.ts";

export interface HookWish {
  readonly sites: readonly string[];
  readonly remove: boolean;
  readonly paths: HookPaths;
  /** Text of a file of the hook's own, null where there is none. */
  readonly hookFileOnDisk: (path: string) => string | null;
}

export type HaproxyChanges = Pick<HookPlan, "sites" | "files" | "refused">;

export function planHook(found: Discovered, wish: HookWish): HaproxyChanges {
  const refused: HaproxyChanges["refused"] = [];
  const chosen: string[] = [];
  for (const id of wish.sites) {
    const site = found.sites.find((one) => one.id === id);
    const hazards = site?.hazards.filter(({ refuses }) => refuses) ?? [unknown(id)];
    // What is not there any more may still have its lines.
    if (wish.remove || hazards.length === 0) chosen.push(id);
    else refused.push({ site: id, hazards });
  }
  const wanted = wantedSites(found, chosen, wish.remove);
  const changes = changesOf(found, wanted, wish).filter(({ before, after }) => before !== after);
  return { sites: chosen, files: chosen.length === 0 ? [] : changes, refused };
}

function unknown(site: string): Hazard {
  return { code: "unknown-site", message: `HAProxy has no site ${site} (any more).`, refuses: true };
}

/** Ids of the sites whose hook each frontend has in the end. */
function wantedSites(found: Discovered, chosen: readonly string[], remove: boolean): Map<Section, string[]> {
  const wanted = new Map<Section, string[]>();
  for (const section of found.configuration.sections) {
    const there = section.probes.map(({ site }) => site);
    const own = found.groups.flatMap(({ id, frontends }) =>
      chosen.includes(id) && frontends.some((frontend) => frontend.section === section) ? [id] : [],
    );
    const sites = remove ? there.filter((id) => !chosen.includes(id)) : [...new Set([...there, ...own])];
    if (sites.length > 0) wanted.set(section, sites.sort());
  }
  return wanted;
}

function changesOf(found: Discovered, wanted: ReadonlyMap<Section, string[]>, wish: HookWish): FileChange[] {
  const { files, sections } = found.configuration;
  const { paths } = wish;
  const isThere = wanted.size > 0;
  const inserted = new Map<ReadFile, Insertion[]>(files.map((file) => [file, []]));
  const insert = (section: Section, insertions: readonly Insertion[]) =>
    inserted.get(fileOf(files, section))?.push(...insertions);
  for (const [section, sites] of wanted) insert(section, frontendInsertions(section, sites, found, paths));
  const last = files.at(-1);
  if (isThere && last !== undefined) {
    const global = sections.find(({ keyword }) => keyword === "global");
    if (global !== undefined)
      insert(global, linesAt(global.header.end, globalLines(paths), global, fileOf(files, global)));
    inserted.get(last)?.push({ at: last.text.length, text: joined(backendLines(paths), lineEnd(last)) });
  }
  const hooked = sections.filter((section) => section.probes.length > 0 || wanted.has(section));
  const asked = new Set(hooked.map(({ file }) => file));
  const configuration = files.map((file): FileChange => ({
    path: file.path,
    before: file.onDisk,
    after: withInsertions(file.text, inserted.get(file) ?? []),
  }));
  // What the rules need comes first, and goes last: the hook's own files, what is loaded in
  // `global`, the backend.
  const rank = ({ path }: FileChange) => (asked.has(path) ? 2 : 0) - (path === last?.path ? 1 : 0);
  const changes = [...ownFiles(isThere, wish), ...configuration.toSorted((a, b) => rank(a) - rank(b))];
  return wish.remove ? changes.reverse() : changes;
}

function fileOf(files: readonly ReadFile[], { file }: Section): ReadFile {
  const found = files.find(({ path }) => path === file);
  if (found === undefined) throw new Error(`a section of ${file} without the file`);
  return found;
}

/** The map is the agent's to change; here it is only made and removed. */
function ownFiles(isThere: boolean, { paths, hookFileOnDisk }: HookWish): FileChange[] {
  const { folder, canAsk } = paths;
  const file = (path: string, after: string | null): FileChange => ({ path, before: hookFileOnDisk(path), after });
  const map = closedMap(folder);
  return [
    file(map, isThere ? (hookFileOnDisk(map) ?? "") : null),
    file(fallbackFile(folder), isThere ? FALLBACK_TEXT : null),
    file(askFile(folder), isThere && canAsk ? askText(paths) : null),
  ];
}

interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** Rules of a frontend that decide something run in this order: those of ours come in front. */
const RULES = ["http-request", "redirect", "use_backend", "use-server"];

function frontendInsertions(
  section: Section,
  sites: readonly string[],
  { groups, configuration: { files } }: Discovered,
  paths: HookPaths,
): Insertion[] {
  const file = fileOf(files, section);
  const end = section.lines.at(-1)?.end ?? section.header.end;
  const firstOf = (keywords: readonly string[]) =>
    section.lines.find(({ words }) => keywords.includes(words[0]?.text ?? ""))?.start ?? end;
  const hook = {
    sites,
    hasWildcards: groups.some(({ hosts }) => hosts.some((host) => host.startsWith("*."))),
    hasDefault: groups.some(({ id, hosts }) => sites.includes(id) && hosts.includes("*")),
  };
  return [
    ...linesAt(firstOf(RULES), frontendLines(hook, paths), section, file),
    ...section.lines.filter((line) => line.words[0]?.text === "redirect" && isRedirect(line)).flatMap(guard),
    ...linesAt(firstOf(["use_backend"]), CHOICE_LINES, section, file),
  ];
}

/** A `redirect` runs behind every `http-request`, also behind one that ends them. */
function guard(line: Line): Insertion[] {
  const words = textsOf(line);
  const end = line.words.at(-1)?.end ?? line.start;
  const at = words.findIndex((word) => word === "if" || word === "unless");
  if (at < 0) return [{ at: end, text: ` unless ${IS_CLOSED}` }];
  if (words[at] === "unless") return [{ at: end, text: ` || ${IS_CLOSED}` }];
  return line.words.flatMap(({ text, end: behind }, index) =>
    index === at || (index > at && (text === "||" || text === "or")) ? [{ at: behind, text: ` !${IS_CLOSED}` }] : [],
  );
}

/** Whole lines, with the indentation of the section's own. */
function linesAt(at: number, lines: readonly string[], section: Section, file: ReadFile): Insertion[] {
  if (lines.length === 0) return [];
  const [first] = section.lines;
  const own = first === undefined ? undefined : fileText(file, first);
  const indent = /^[ \t]*/.exec(own ?? "\t")?.[0] ?? "";
  return [
    {
      at,
      text: joined(
        lines.map((line) => indent + line),
        lineEnd(file),
      ),
    },
  ];
}

function fileText({ text }: ReadFile, { start, end }: Line): string {
  return text.slice(start, end);
}

function lineEnd({ text }: ReadFile): string {
  return /\r?\n/.exec(text)?.[0] ?? "\n";
}

function joined(lines: readonly string[], end: string): string {
  return lines.map((line) => line + end).join("");
}

/** From the last to the first, so that offsets stay true; at one place in their order. */
function withInsertions(text: string, insertions: readonly Insertion[]): string {
  return insertions
    .toSorted((a, b) => a.at - b.at)
    .reduceRight((made, { at, text: put }) => made.slice(0, at) + put + made.slice(at), text);
}
