/**
 * Says to HAProxy which names are closed: first in the file that it reads at its next start, then
 * in the memory of the running one. Workers of before a reload that still have visitors are told
 * too, where there is a socket of the main process.
 */
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { mapText } from "../../core/haproxy/closed-names.ts";
import type { RuntimeSocket } from "../../core/haproxy/settings.ts";
import { formerWorkers, type Order, orderTo, replaceMap, shownMap } from "./orders.ts";

export interface Told {
  readonly pid: number;
  /** The map, in HAProxy and on disk. */
  readonly map: string;
  readonly names: ReadonlyMap<string, string>;
  readonly runtime: RuntimeSocket | undefined;
  /** Socket of the main process. */
  readonly master: RuntimeSocket | undefined;
}

/** A worker that takes over meanwhile has read the file of before, or of after. */
const MAX_ROUNDS = 5;

/** Rejects with an `Error`; then the file is as before. */
export async function publishNames({ pid, map, names, runtime, master }: Told): Promise<void> {
  const before = textOf(map);
  if (before === undefined) {
    if (names.size === 0) return;
    throw new Error(`${map} is not there: HAProxy does not have the hook`);
  }
  const after = mapText(names);
  if (after !== before) replaceFile(map, after);
  try {
    if (runtime === undefined) throw new Error("HAProxy has no runtime socket with `level admin`");
    await tell(orderTo(runtime), map, names);
  } catch (error) {
    // What does not run reads the file when it starts.
    if (!existsSync(`/proc/${String(pid)}`)) return;
    if (after !== before) replaceFile(map, before);
    throw error;
  }
  if (master !== undefined) await tellFormer(orderTo(master), map, names);
}

async function tell(order: Order, map: string, names: ReadonlyMap<string, string>): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const shown = await shownMap(order, map);
    if (shown === undefined) {
      if (names.size === 0) return;
      throw new Error("the running HAProxy does not have the hook");
    }
    if (isSame(shown, names)) return;
    await replaceMap(order, map, names);
  }
  throw new Error("the running HAProxy does not keep what it is told");
}

/** They end by themselves, so what they answer does not matter. */
async function tellFormer(master: Order, map: string, names: ReadonlyMap<string, string>): Promise<void> {
  for (const pid of await formerWorkers(master))
    await replaceMap((order) => master(`@!${pid} ${order.replaceAll(";", `;@!${pid} `)}`), map, names).catch(
      () => undefined,
    );
}

function isSame(shown: ReadonlyMap<string, string>, names: ReadonlyMap<string, string>): boolean {
  return shown.size === names.size && [...names].every(([name, site]) => shown.get(name) === site);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function replaceFile(path: string, text: string): void {
  const { uid, gid, mode } = statSync(path);
  const beside = join(dirname(path), `.${basename(path)}.next`);
  const file = openSync(beside, "w", 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  chownSync(beside, uid, gid);
  chmodSync(beside, mode & 0o7777);
  renameSync(beside, path);
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
