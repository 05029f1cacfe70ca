/** A Caddyfile is read by Caddy itself. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { messageOf } from "../log.ts";

const MAX_ADAPTED_BYTES = 64 * 1024 * 1024;
/** Shorter than an import may take, so that nothing of it is left (ms). */
const MAX_ADAPT_MS = 20_000;

type Adapted = { ok: true; text: string } | { ok: false; message: string };

/**
 * What `caddy adapt` makes of it.
 *
 * @param sent Texts by path, in place of files on this machine; without any, Caddy reads these.
 */
export function adaptedCaddyfile(path: string, sent: ReadonlyMap<string, string>): Adapted {
  if (sent.size === 0) return adapted(path, path);
  const folder = mkdtempSync(join(tmpdir(), "backsoon-import-"));
  try {
    // Caddy takes the names of what a file imports from the file's folder.
    for (const [name, text] of sent) {
      const inside = relative(dirname(path), name);
      if (inside.startsWith("..")) continue;
      mkdirSync(dirname(join(folder, inside)), { recursive: true });
      writeFileSync(join(folder, inside), text, { mode: 0o600 });
    }
    const own = join(folder, basename(path));
    const made = adapted(own, path);
    return made.ok ? made : { ok: false, message: made.message.replaceAll(folder, dirname(path)) };
  } catch (failure) {
    // One name is the folder of another.
    return { ok: false, message: `the files that were sent cannot be laid out: ${messageOf(failure)}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function adapted(file: string, name: string): Adapted {
  const { error, status, stdout, stderr } = spawnSync(
    "caddy",
    ["adapt", "--pretty", "--adapter", "caddyfile", "--config", file],
    { encoding: "utf8", maxBuffer: MAX_ADAPTED_BYTES, timeout: MAX_ADAPT_MS, killSignal: "SIGKILL" },
  );
  if (error !== undefined)
    return {
      ok: false,
      message: `cannot run caddy to read ${name} (${error.message}); pass the output of \`caddy adapt --pretty --config ${name}\` instead`,
    };
  return status === 0
    ? { ok: true, text: stdout }
    : { ok: false, message: `caddy cannot read ${name}: ${stderr.trim()}` };
}
