/** Import of the configuration of another web server: what is converted, and what became of it. */
import { z } from "zod";
import { Config } from "../config.ts";
import { absolutePath } from "../fields.ts";

export const IMPORT_FORMATS = ["cherokee", "nginx", "caddy", "apache"] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** Of all texts together, in bytes; as JSON they fit into one call. */
export const MAX_IMPORT_BYTES = 5 * 1024 * 1024;
const MAX_IMPORT_FILES = 1000;

export const ImportRequest = z.strictObject({
  path: absolutePath.describe("Its main file. Relative names in it start at the folder of this file."),
  text: z.string().optional().describe("Text of the main file. Default: the file on the server."),
  files: z
    .array(z.strictObject({ path: absolutePath, text: z.string() }))
    .max(MAX_IMPORT_FILES)
    .optional()
    .describe("Files that it includes. Those that are not listed are read on the server."),
  format: z.enum(IMPORT_FORMATS).optional().describe("Default: detected from the text."),
});
export type ImportRequest = z.infer<typeof ImportRequest>;

/** In the order of weight: the heaviest of a directive counts. */
export const IMPORT_OUTCOMES = ["carried", "changed", "left", "closed"] as const;
export const ImportOutcome = z
  .enum(IMPORT_OUTCOMES)
  .describe(
    "`carried`: means the same. `changed`: means something else, or not all of it. `left`: not carried over. `closed`: not carried over, and what it was about is closed, so that nothing is open that was not.",
  );
export type ImportOutcome = z.infer<typeof ImportOutcome>;

export const ImportLine = z.strictObject({
  file: z.string(),
  line: z.int(),
  text: z.string().describe("The directive, as it is written."),
  outcome: ImportOutcome,
  notes: z.array(z.string()).describe("As what it is carried over, how that differs, or why not and what to do."),
});
export type ImportLine = z.infer<typeof ImportLine>;

export const Imported = z.strictObject({
  format: z.enum(IMPORT_FORMATS),
  config: Config,
  report: z.array(ImportLine).describe("One line for each directive, in the order of reading."),
});
export type Imported = z.infer<typeof Imported>;
