/**
 * Imports for clients of the admin API, each in a process of its own: however long a text takes, or
 * whatever files it names, no switch waits for it.
 */
import { execFile } from "node:child_process";
import { MAX_IMPORT_BYTES, type Imported, type ImportRequest } from "../contract/importing/import.ts";
import { type Log, messageOf } from "../log.ts";
import { commandOf, ownProgram } from "../program-command.ts";
import { done, refuse, type Result } from "../result.ts";
import type { Converted } from "./convert.ts";

const MAX_IMPORTS = 2;
const TIMEOUT_MS = 30_000;
/** As of every reply. */
const MAX_RESULT_BYTES = 8 * 1024 * 1024;
const MAX_HEAP_MB = 512;

export class Importer {
  readonly #log: Log;
  #running = 0;

  constructor({ log }: { log: Log }) {
    this.#log = log;
  }

  /**
   * Changes nothing. Refuses with `options.invalid` where a field is wrong, with `import.unusable`
   * where the text is, and with `agent.busy`.
   */
  async import(request: ImportRequest): Promise<Result<Imported>> {
    const bytes = [request, ...(request.files ?? [])].reduce((sum, { text = "" }) => sum + Buffer.byteLength(text), 0);
    if (bytes > MAX_IMPORT_BYTES) return tooLarge("Its text has", bytes);
    if (this.#running >= MAX_IMPORTS) return refuse("agent.busy", "Other imports are running. Try again in a moment.");
    this.#running += 1;
    try {
      return resultOf(await this.#convert(request), request.path);
    } finally {
      this.#running -= 1;
    }
  }

  #convert(request: ImportRequest): Promise<Converted | "too-large" | "too-long"> {
    const { file, args } = commandOf(ownProgram);
    const options = {
      timeout: TIMEOUT_MS,
      killSignal: "SIGKILL",
      maxBuffer: MAX_RESULT_BYTES,
      env: { ...process.env, NODE_OPTIONS: `--max-old-space-size=${String(MAX_HEAP_MB)}` },
    } as const;
    return new Promise((resolve, reject) => {
      const child = execFile(file, [...args, "import", "--request"], options, (error, stdout, stderr) => {
        if (error === null) resolve(JSON.parse(stdout) as Converted);
        else if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") resolve("too-large");
        else if (error.killed === true || error.signal === "SIGABRT") resolve("too-long");
        else {
          this.#log.error("import failed", { why: stderr.trim().split("\n")[0] ?? messageOf(error) });
          reject(new Error(messageOf(error)));
        }
      });
      // It may end before it has read everything; how it ended is told above.
      child.stdin?.on("error", () => undefined);
      child.stdin?.end(JSON.stringify(request));
    });
  }
}

function resultOf(converted: Converted | "too-large" | "too-long", path: string): Result<Imported> {
  if (converted === "too-large") return tooLarge("What it becomes has more than", MAX_RESULT_BYTES);
  if (converted === "too-long")
    return refuse(
      "import.unusable",
      `It takes longer than ${String(TIMEOUT_MS / 1000)} s, or more than ${String(MAX_HEAP_MB)} MB of memory. Run \`backsoon-agent import\` on the server instead.`,
    );
  if (converted.ok) return done(converted.imported);
  const { why, message } = converted;
  if (why === "content") return refuse("import.unusable", `${message}.`.replace(/\.\.$/, "."));
  const field = why === "file" ? "/path" : "/format";
  const words = why === "file" ? message : `it is not recognized in ${path}: set it`;
  return refuse("options.invalid", `${field}: ${words}`, { problems: [{ path: field, code: why, message: words }] });
}

function tooLarge(what: string, bytes: number): Result<never> {
  const size = `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  return refuse(
    "import.unusable",
    `${what} ${size}; at most ${String(MAX_IMPORT_BYTES / 1024 / 1024)} MB can be imported at once. Run \`backsoon-agent import\` on the server instead.`,
  );
}
