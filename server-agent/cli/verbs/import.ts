/** `import`: a configuration from that of another web server, and a report of each line of it. */
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import {
  IMPORT_FORMATS,
  type ImportFormat,
  type ImportLine,
  type ImportOutcome,
  type ImportRequest,
} from "../../contract/importing/import.ts";
import { listOf, quote } from "../../core/wording.ts";
import { EXIT } from "../../exit-codes.ts";
import { convert } from "../../importing/convert.ts";
import { count } from "../count.ts";
import { UsageError } from "../usage-error.ts";

export async function importVerb(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      from: { type: "string" },
      out: { type: "string" },
      json: { type: "boolean" },
      // For the agent itself: what was sent to the admin API comes on standard input.
      request: { type: "boolean" },
    },
  });
  if (values.request === true) {
    const request = JSON.parse(await text(process.stdin)) as ImportRequest;
    process.stdout.write(JSON.stringify(convert(request)));
    return EXIT.ok;
  }
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new UsageError("import takes one FILE");
  const converted = convert({ path: resolve(name), format: formatOf(values.from) });
  if (!converted.ok) {
    const { why, message } = converted;
    if (why === "format") throw new UsageError(`${message}; set it with --from ${IMPORT_FORMATS.join("|")}`);
    if (why === "file") throw new UsageError(message);
    process.stderr.write(`${message}\n`);
    return EXIT.usage;
  }
  const { config, report } = converted.imported;
  const document = `${JSON.stringify(config, null, 2)}\n`;
  if (values.out !== undefined) await writeFile(values.out, document);
  if (values.json === true) process.stdout.write(`${JSON.stringify({ config, report })}\n`);
  else {
    if (values.out === undefined) process.stdout.write(document);
    process.stderr.write(describe(name, report));
  }
  return EXIT.ok;
}

function formatOf(from: string | undefined): ImportFormat | undefined {
  const known = IMPORT_FORMATS.find((format) => format === from);
  if (known === undefined && from !== undefined)
    throw new UsageError(`--from is ${listOf(IMPORT_FORMATS.map(quote))}, not ${quote(from)}`);
  return known;
}

/** What needs a look comes last, where the terminal shows it. */
const SECTIONS: readonly [ImportOutcome, string][] = [
  ["carried", "carried over"],
  ["changed", "changed"],
  ["left", "not carried over"],
  ["closed", "closed"],
];

function describe(name: string, report: readonly ImportLine[]): string {
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

function lineText({ file, line, text, notes }: ImportLine): string {
  return `  ${file}:${String(line)}: ${text}\n${notes.map((note) => `      ${note}\n`).join("")}`;
}
