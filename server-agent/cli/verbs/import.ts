/** `import`: a configuration from that of another web server, and a report of each line of it. */
import { spawnSync } from "node:child_process";
import { readdirSync, realpathSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { textOf } from "../../adapters/files-on-disk.ts";
import type { ReportLine, Outcome } from "../../core/import/document/report.ts";
import type { Surroundings } from "../../core/import/document/surroundings.ts";
import { FORMATS, type Format, guessFormat, importConfig } from "../../core/import/import-config.ts";
import { listOf, quote } from "../../core/wording.ts";
import { EXIT } from "../../exit-codes.ts";
import { messageOf } from "../../log.ts";
import { mediaTypeOf } from "../../worker/files/media-type.ts";
import { count } from "../count.ts";
import { UsageError } from "../usage-error.ts";

export async function importVerb(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { from: { type: "string" }, out: { type: "string" }, json: { type: "boolean" } },
  });
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new UsageError("import takes one FILE");
  const file = resolve(name);
  const written = await readText(file);
  const format = formatOf(values.from, name, written);
  const text = format === "caddy" ? adapted(file, written) : written;
  const imported = importConfig(format, file, text, surroundings);
  if (!imported.ok) {
    process.stderr.write(`${imported.file}:${String(imported.line)}: ${imported.message}\n`);
    return EXIT.usage;
  }
  const { config, report } = imported;
  const document = `${JSON.stringify(config, null, 2)}\n`;
  if (values.out !== undefined) await writeFile(values.out, document);
  if (values.json === true) process.stdout.write(`${JSON.stringify({ config, report })}\n`);
  else {
    if (values.out === undefined) process.stdout.write(document);
    process.stderr.write(describe(name, report));
  }
  return EXIT.ok;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (failure) {
    throw new UsageError(`cannot read ${file}: ${messageOf(failure)}`);
  }
}

function formatOf(from: string | undefined, name: string, text: string): Format {
  const known = FORMATS.find((format) => format === from);
  if (known !== undefined) return known;
  if (from !== undefined) throw new UsageError(`--from is ${listOf(FORMATS.map(quote))}, not ${quote(from)}`);
  const guessed = basename(name) === "Caddyfile" ? "caddy" : guessFormat(text);
  if (guessed === undefined)
    throw new UsageError(`the format of ${name} is not recognized; set it with --from ${FORMATS.join("|")}`);
  return guessed;
}

/** A Caddyfile is read by Caddy itself. @throws {UsageError} */
function adapted(file: string, written: string): string {
  if (/^\s*\{\s*"/.test(written)) return written;
  const { error, status, stdout, stderr } = spawnSync(
    "caddy",
    ["adapt", "--pretty", "--adapter", "caddyfile", "--config", file],
    {
      encoding: "utf8",
      maxBuffer: MAX_ADAPTED_BYTES,
    },
  );
  if (error !== undefined)
    throw new UsageError(
      `cannot run caddy to read ${file} (${error.message}); pass the output of \`caddy adapt --pretty --config ${file}\` instead`,
    );
  if (status !== 0) throw new UsageError(`caddy cannot read ${file}: ${stderr.trim()}`);
  return stdout;
}

const MAX_ADAPTED_BYTES = 64 * 1024 * 1024;

const surroundings: Surroundings = {
  textOf,
  filesIn(folder) {
    try {
      return readdirSync(folder, { withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map(({ name }) => join(folder, name))
        .sort();
    } catch {
      return [];
    }
  },
  foldersWith,
  mediaTypeOf: (extension) => mediaTypeOf(`file.${extension}`).value,
};

const MAX_FOLDERS = 50_000;

function foldersWith(name: string, below: string): string[] | undefined {
  const found: string[] = [];
  const seen = new Set<string>();
  const folders = [below];
  for (const folder of folders) {
    if (seen.size >= MAX_FOLDERS) return undefined;
    try {
      // Links may lead round in a circle.
      const real = realpathSync(folder);
      if (seen.has(real)) continue;
      seen.add(real);
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.name === name && folder !== below) found.push(folder);
        if (entry.isDirectory() || entry.isSymbolicLink()) folders.push(join(folder, entry.name));
      }
    } catch {
      // Not a folder, or not to be read: Apache would not show it either.
    }
  }
  return found.sort();
}

/** What needs a look comes last, where the terminal shows it. */
const SECTIONS: readonly [Outcome, string][] = [
  ["carried", "carried over"],
  ["changed", "changed"],
  ["left", "not carried over"],
  ["closed", "closed"],
];

function describe(name: string, report: readonly ReportLine[]): string {
  const sections = SECTIONS.map(([outcome, title]) => ({
    title,
    lines: report.filter((line) => line.outcome === outcome),
  })).filter(({ lines }) => lines.length > 0);
  const listed = sections.map(
    ({ title, lines }) => `${title[0]?.toUpperCase() ?? ""}${title.slice(1)}:\n${lines.map(lineText).join("")}\n`,
  );
  const sums = sections.map(({ title, lines }) => `${String(lines.length)} ${title}`).join(", ");
  return `${listed.join("")}${name}: ${count(report.length, "directive")}; ${sums}\n`;
}

function lineText({ file, line, text, notes }: ReportLine): string {
  return `  ${file}:${String(line)}: ${text}\n${notes.map((note) => `      ${note}\n`).join("")}`;
}
