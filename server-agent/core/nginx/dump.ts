/** Takes apart what `nginx -T` prints: every file that it read, in the order of reading. */

/** A file as nginx reads it, by the name under which nginx reads it. */
export interface DumpedFile {
  readonly path: string;
  readonly text: string;
}

const MARKER = /^# configuration file (\/[^\n]*):\n/gm;

/**
 * The dump does not say where a file ends, and files may have lines that look like its own. So what
 * stands on disk decides: a file ends where its text does.
 *
 * @param dump Names in it are absolute.
 * @param onDisk Text of a file, undefined where it cannot be read.
 * @returns the files, and the names of those whose text on disk is another one by now.
 */
export function splitDump(
  dump: string,
  onDisk: (path: string) => string | undefined,
): { files: DumpedFile[]; changed: string[] } {
  const files: DumpedFile[] = [];
  const changed: string[] = [];
  MARKER.lastIndex = 0;
  for (let marker = MARKER.exec(dump); marker !== null; marker = MARKER.exec(dump)) {
    const path = marker[1] ?? "";
    const start = MARKER.lastIndex;
    const text = onDisk(path);
    // nginx adds a line feed behind each.
    if (text !== undefined && dump.startsWith(`${text}\n`, start)) {
      files.push({ path, text });
      MARKER.lastIndex = start + text.length + 1;
      continue;
    }
    const next = MARKER.exec(dump)?.index ?? dump.length;
    files.push({ path, text: dump.slice(start, next - 1) });
    changed.push(path);
    MARKER.lastIndex = next;
  }
  return { files, changed };
}
