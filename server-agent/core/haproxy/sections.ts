/** The sections of a configuration, in the order in which HAProxy reads its files. */
import { type Environment, type Line, readLines, textsOf } from "./lines.ts";
import { type OwnProbe, type Separated, separate } from "./own-lines.ts";

export interface ConfigurationFile {
  readonly path: string;
  readonly text: string;
}

export interface Section {
  /** Such as `global`, `defaults`, `frontend`. */
  readonly keyword: string;
  readonly name: string;
  readonly file: string;
  readonly header: Line;
  /** What follows the header and has words. */
  readonly lines: readonly Line[];
  /** The defaults that hold for it. */
  readonly defaults: Section | undefined;
  /** Some of it stands between `.if` and `.endif`, where only HAProxy knows what holds. */
  readonly isConditional: boolean;
  /** Whose lines of ours stand in it. */
  readonly probes: readonly OwnProbe[];
}

/** A file without our lines; `number` of each line is the one that it has on disk. */
export interface ReadFile extends Separated {
  readonly path: string;
  /** As it is on disk. */
  readonly onDisk: string;
  readonly lines: readonly Line[];
}

export interface ConfigurationSections {
  /** The main file is the first. */
  readonly files: readonly ReadFile[];
  readonly sections: readonly Section[];
}

const KEYWORDS = new Set(
  (
    "global defaults frontend backend listen peers resolvers userlist mailers cache program http-errors ring fcgi-app " +
    "log-forward log-profile crt-store traces acme"
  ).split(" "),
);

type Opened = { -readonly [Field in keyof Section]: Section[Field] };

export function readSections(texts: readonly ConfigurationFile[], environment: Environment): ConfigurationSections {
  const files = texts.map(({ path, text: onDisk }): ReadFile => {
    const own = separate(onDisk);
    const lines = readLines(own.text, environment).map((line, index) => ({ ...line, number: own.numbers[index] ?? 0 }));
    return { ...own, path, onDisk, lines };
  });
  const sections: Opened[] = [];
  let defaults: Section | undefined;
  for (const { path, lines, probes } of files) {
    let opened: (Opened & { lines: Line[]; probes: OwnProbe[] }) | undefined;
    let depth = 0;
    for (const [index, line] of lines.entries()) {
      opened?.probes.push(...probes.filter(({ before }) => before === index));
      const [keyword = "", name = ""] = textsOf(line);
      if (keyword === ".if") depth += 1;
      else if (keyword === ".endif") depth -= 1;
      if (keyword.startsWith(".") || keyword === "") {
        if (keyword === ".if" && opened !== undefined) opened.isConditional = true;
      } else if (KEYWORDS.has(keyword)) {
        opened = {
          keyword,
          name,
          file: path,
          header: line,
          lines: [],
          defaults: keyword === "defaults" ? undefined : (named(sections, line) ?? defaults),
          isConditional: depth > 0,
          probes: [],
        };
        sections.push(opened);
        if (keyword === "defaults") defaults = opened;
      } else opened?.lines.push(line);
    }
    opened?.probes.push(...probes.filter(({ before }) => before === lines.length));
  }
  return { files, sections };
}

/** `frontend web from these`. */
function named(sections: readonly Section[], line: Line): Section | undefined {
  const words = textsOf(line);
  const from = words.indexOf("from");
  return from < 1
    ? undefined
    : sections.findLast(({ keyword, name }) => keyword === "defaults" && name === words[from + 1]);
}

/** The last line of a section, or else of its defaults, that begins with these words. */
export function settingOf(section: Section, ...keyword: string[]): { line: Line; file: string } | undefined {
  const line = section.lines.findLast((one) => keyword.every((word, index) => one.words[index]?.text === word));
  if (line !== undefined) return { line, file: section.file };
  return section.defaults === undefined ? undefined : settingOf(section.defaults, ...keyword);
}

/** Every line of all sections of this kind that begins with a word. */
export function allLines({ sections }: ConfigurationSections, section: string, keyword: string): Placed[] {
  return sections
    .filter((one) => one.keyword === section)
    .flatMap(({ lines, file }) =>
      lines.filter(({ words }) => words[0]?.text === keyword).map((line) => ({ line, file })),
    );
}

export interface Placed {
  readonly line: Line;
  readonly file: string;
}
