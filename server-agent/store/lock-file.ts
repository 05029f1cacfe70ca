/**
 * One agent per state directory. The lock names the process that holds it, with the start time of
 * that process, so that a lock left by a crash is recognised even when its pid has been given to
 * another program since. Before each write the owner looks whether the lock is still its own: so
 * even one that was taken for dead (it stood still, in another container) writes nothing beside
 * another one.
 *
 * While an agent hands over, the lock names its successor and, as `former`, itself: it is held as
 * long as one of the two lives, so that nobody can come in between.
 */
import { randomBytes } from "node:crypto";
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../log.ts";
import { codeOf } from "./disk.ts";
import {
  answerQuestions,
  describe,
  isAlive,
  isRunning,
  type Owner,
  parseOwner,
  readOrUndefined,
  removeIfPossible,
} from "./lock-owner.ts";

export interface LockFile {
  /**
   * Before anything is written: takes it now, where the disk did not let that happen at the start.
   * @throws the system's error, or that another agent has it by now
   */
  hold(): void;
  release(): void;
  /**
   * Names this process as the successor, beside the present owner. Throws the system's error; then
   * the lock is as before.
   */
  share(successor: number): void;
  /** Names this process alone. Throws the system's error. */
  own(): void;
}
export type LockOutcome =
  { ok: true; lock: LockFile; stale: number | undefined; notWritten?: string } | { ok: false; pid: number };

/**
 * Takes the lock of a state directory, or says which live process holds it. On a disk that is full
 * or read-only (`notWritten`: why) it is taken before the first write.
 */
export function takeLock(directory: string): LockOutcome {
  try {
    return tryLock(directory);
  } catch (failure) {
    if (codeOf(failure) === undefined) throw failure;
    const holder = holderOf(directory, readOrUndefined(join(directory, "lock")));
    if (holder !== undefined) return { ok: false, pid: holder.pid };
    return { ok: true, lock: lateLock(directory), stale: undefined, notWritten: messageOf(failure) };
  }
}

function tryLock(directory: string): LockOutcome {
  const path = join(directory, "lock");
  const mine = textOf(describe(process.pid));
  const temporary = temporaryPath(directory);
  let stale: number | undefined;
  try {
    writeFileSync(temporary, mine, { mode: 0o600 });
    for (let attempt = 0; attempt < 10; attempt++) {
      if (tryLink(temporary, path)) {
        sweep(directory);
        return { ok: true, lock: lockFile(directory, mine), stale };
      }
      const text = readOrUndefined(path);
      if (text === undefined) continue;
      const holder = holderOf(directory, text);
      if (holder !== undefined) return { ok: false, pid: holder.pid };
      stale = parseOwner(text)?.pid ?? 0;
      setAsideStale(path, text);
    }
  } finally {
    removeIfPossible(temporary);
  }
  throw new Error(`${path} changes all the time; is another agent being started again and again?`);
}

/** The lock that an agent which hands over shares with this process. Throws when it does not. */
export function inheritLock(directory: string): LockFile {
  const text = readOrUndefined(join(directory, "lock")) ?? "";
  if (parseOwner(text)?.pid !== process.pid) throw new Error("the agent that hands over has not passed on the lock");
  return lockFile(directory, text);
}

/** The live process that a lock names. */
function holderOf(directory: string, text = ""): Owner | undefined {
  const owner = parseOwner(text);
  return [owner, owner?.former].find((candidate) => candidate !== undefined && isAlive(candidate, directory));
}

/** A lock that could not be written yet. */
function lateLock(directory: string): LockFile {
  let taken: LockFile | undefined;
  const hold = (): LockFile => {
    if (taken !== undefined) return taken;
    const outcome = tryLock(directory);
    if (!outcome.ok) throw takenBy(directory, outcome.pid);
    return (taken = outcome.lock);
  };
  return {
    hold: () => hold().hold(),
    release: () => taken?.release(),
    share: (successor) => hold().share(successor),
    own: () => hold().own(),
  };
}

function takenBy(directory: string, pid: number): Error {
  return new Error(`${directory} belongs to another agent by now (pid ${pid})`);
}

function lockFile(directory: string, text: string): LockFile {
  const path = join(directory, "lock");
  const stopAnswering = answerQuestions(directory);
  let mine = text;
  const rewrite = (owner: Owner): void => {
    const temporary = temporaryPath(directory);
    try {
      writeFileSync(temporary, textOf(owner), { mode: 0o600 });
      renameSync(temporary, path);
    } catch (failure) {
      rmSync(temporary, { force: true });
      throw failure;
    }
    mine = textOf(owner);
  };
  return {
    hold: () => {
      const now = readOrUndefined(path);
      if (now === undefined || now === mine) return;
      throw takenBy(directory, parseOwner(now)?.pid ?? 0);
    },
    release: () => {
      stopAnswering();
      // Whoever has it by now, it is not this process.
      if (parseOwner(mine)?.pid === process.pid) release(path, mine);
    },
    share: (successor) => rewrite({ ...describe(successor), former: describe(process.pid) }),
    own: () => rewrite(describe(process.pid)),
  };
}

function temporaryPath(directory: string): string {
  // In two containers the pid may be the same.
  return join(directory, `.lock-${process.pid}-${randomBytes(6).toString("hex")}`);
}

/**
 * Removes what starts left behind that were killed while they took the lock; a start that is under
 * way keeps its own.
 */
function sweep(directory: string): void {
  for (const name of readdirSync(directory)) {
    const pid = /^(?:\.lock|lock\.stale)-(\d+)(?:-|$)/.exec(name)?.[1];
    if (pid !== undefined && !isRunning({ pid: Number(pid) })) removeIfPossible(join(directory, name));
  }
}

function textOf(owner: Owner): string {
  return `${JSON.stringify(owner)}\n`;
}

/** `link` fails if the name exists: of several starting agents exactly one gets it. */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw failure;
  }
}

/**
 * Moves the stale lock away. If it turns out to be a fresh one of an agent that was quicker, it is
 * put back.
 */
function setAsideStale(path: string, expected: string): void {
  const aside = `${path}.stale-${process.pid}-${randomBytes(6).toString("hex")}`;
  try {
    renameSync(path, aside);
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === "ENOENT") return;
    throw failure;
  }
  if (readFileSync(aside, "utf8") !== expected) tryLink(aside, path);
  unlinkSync(aside);
}

function release(path: string, mine: string): void {
  if (readOrUndefined(path) === mine) removeIfPossible(path);
}
