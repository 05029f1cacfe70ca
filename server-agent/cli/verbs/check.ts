import { parseArgs } from "node:util";
import type { Problem } from "../../contract/errors.ts";
import { EXIT } from "../../exit-codes.ts";
import { readConfigFile } from "../../supervisor/start/initial-generation.ts";
import { checkFiles } from "../../supervisor/switch/check-files.ts";
import { count } from "../count.ts";
import { UsageError } from "../usage-error.ts";

export async function check(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: "boolean" } },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError("check takes one FILE");
  const loaded = await readConfigFile(file);
  const { problems, warnings } = loaded.ok
    ? await checkFiles(loaded.config, undefined, Date.now())
    : { problems: loaded.problems, warnings: [] };
  const ok = problems.length === 0;
  if (values.json === true) process.stdout.write(`${JSON.stringify({ ok, problems, warnings })}\n`);
  else if (loaded.ok && ok)
    process.stdout.write(
      `${file} can serve: ${count(loaded.config.virtualHosts.length, "virtual host")} on ${count(loaded.config.listeners.length, "listener")}\n`,
    );
  else process.stderr.write(loaded.ok ? `${file} cannot serve:\n${listed(problems)}` : `${loaded.message}\n`);
  if (warnings.length > 0 && values.json !== true) process.stderr.write(`Warnings:\n${listed(warnings)}`);
  return ok ? EXIT.ok : EXIT.usage;
}

function listed(problems: readonly Problem[]): string {
  return problems.map(({ path, message }) => `  ${path}: ${message}\n`).join("");
}
