import { parseArgs } from "node:util";
import { EXIT } from "../../exit-codes.ts";
import { readConfigFile } from "../../supervisor/start/initial-generation.ts";
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
  if (values.json === true)
    process.stdout.write(`${JSON.stringify({ ok: loaded.ok, problems: loaded.ok ? [] : loaded.problems })}\n`);
  else if (loaded.ok)
    process.stdout.write(
      `${file} can serve: ${count(loaded.config.virtualHosts.length, "virtual host")} on ${count(loaded.config.listeners.length, "listener")}\n`,
    );
  else process.stderr.write(`${loaded.message}\n`);
  return loaded.ok ? EXIT.ok : EXIT.usage;
}
