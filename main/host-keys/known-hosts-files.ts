/** Reads the `known_hosts` files of OpenSSH; they are never written. */
import { readSmallTextFile } from "../ssh-config/small-text-file.ts";
import { type KnownHostsFile, parseKnownHosts } from "./known-hosts-lines.ts";
import { t } from "../language/translate.ts";

/** Tens of thousands of hosts. */
const MAX_FILE_BYTES = 32 * 1_048_576;

export interface KnownHostsRead extends KnownHostsFile {
  /**
   * Files that exist and could not be read: what they say, perhaps that a key is revoked, is not
   * known.
   */
  unread: { file: string; message: string }[];
}

/** Reads known_hosts files in the order given; a missing one is empty, and so is a folder. */
export async function readKnownHosts(paths: readonly string[]): Promise<KnownHostsRead> {
  const read = await Promise.all(
    paths.map(async (file) => ({ file, content: await readSmallTextFile(file, MAX_FILE_BYTES) })),
  );
  const found: KnownHostsRead = { entries: [], problems: [], unread: [] };
  for (const { file, content } of read) {
    if (content.kind === "unreadable")
      found.unread.push({ file, message: t("{file} cannot be read: {why}.", { file, why: content.why }) });
    if (content.kind !== "text") continue;
    const { entries, problems } = parseKnownHosts(content.text, file);
    found.entries.push(...entries);
    found.problems.push(...problems);
  }
  return found;
}
