/**
 * Who holds a lock, and whether it lives. Pids are those of one namespace: where the owner is in
 * another container its pid says nothing here, and it is asked instead.
 */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, readlinkSync, rmSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Owner {
  pid: number;
  /**
   * Start time of the process since the start of the machine, in clock ticks; absent where the
   * system does not tell.
   */
  started?: string;
  boot?: string;
  /** In which the pid is one; absent in locks of earlier versions. */
  namespace?: string;
  /** The agent that hands over to this one. */
  former?: Owner;
}

/** What the kernel can give at most (PID_MAX_LIMIT): 0 and less would mean groups of processes. */
const MAX_PID = 4_194_304;
/** A living owner answers within milliseconds; after a crash in a container a start waits. */
const ANSWER_TIMEOUT_MS = 1000;
const ASK_AGAIN_MS = 10;
/** A file whose removal is the answer; see `sweep` of lock-file.ts for those that are left. */
const QUESTION = /^\.lock-\d+-ask-[0-9a-f]+$/;

/** What a lock says of its owner; nothing if it is no lock of an agent. */
export function parseOwner(text: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const owner = ownerOf(value);
    const former = ownerOf((value as { former?: unknown } | null)?.former);
    return owner === undefined || former === undefined ? owner : { ...owner, former };
  } catch {
    return undefined;
  }
}

function ownerOf(value: unknown): Owner | undefined {
  const { pid, started, boot, namespace } = (value ?? {}) as Partial<Record<keyof Owner, unknown>>;
  if (typeof pid !== "number" || !Number.isInteger(pid) || pid < 1 || pid > MAX_PID) return undefined;
  return {
    pid,
    ...(typeof started === "string" ? { started } : {}),
    ...(typeof boot === "string" ? { boot } : {}),
    ...(typeof namespace === "string" ? { namespace } : {}),
  };
}

/** A process of this namespace. */
export function describe(pid: number): Owner {
  const boot = readOrUndefined("/proc/sys/kernel/random/boot_id")?.trim();
  const namespace = ownNamespace();
  // Field 22.
  const started = statFields(pid)?.[19];
  return {
    pid,
    ...(started === undefined ? {} : { started }),
    ...(boot === undefined ? {} : { boot }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** Whether the owner of a lock in this directory lives. */
export function isAlive(owner: Owner, directory: string): boolean {
  const here = describe(owner.pid);
  if (owner.boot !== undefined && here.boot !== undefined && owner.boot !== here.boot) return false;
  if (owner.namespace !== undefined && owner.namespace !== here.namespace) return hasAnswer(directory);
  return isRunning(owner, here.started);
}

/** Whether a process of this namespace is that one still. */
export function isRunning({ pid, started }: Owner, startedNow = statFields(pid)?.[19]): boolean {
  // A process cannot meet its own lock: in a container that was started again the pid of the
  // crashed agent is often the same one.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return !hasEnded(pid) && (started === undefined || startedNow === undefined || started === startedNow);
}

/**
 * Answers whoever asks whether the owner of this directory lives, until it is called off. Where the
 * system does not let that happen nobody answers.
 */
export function answerQuestions(directory: string): () => void {
  try {
    const watcher = watch(directory, { persistent: false }, (_event, name) => {
      if (name !== null && QUESTION.test(name)) removeIfPossible(join(directory, name));
    });
    watcher.on("error", () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => undefined;
  }
}

/** Asks, and waits for the answer: nothing else can be done before it is known. */
function hasAnswer(directory: string): boolean {
  const question = join(directory, `.lock-${process.pid}-ask-${randomBytes(6).toString("hex")}`);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  try {
    writeFileSync(question, "", { mode: 0o600 });
    for (let waitedMs = 0; waitedMs < ANSWER_TIMEOUT_MS; waitedMs += ASK_AGAIN_MS) {
      Atomics.wait(pause, 0, 0, ASK_AGAIN_MS);
      if (!existsSync(question)) return true;
    }
    return false;
  } catch {
    // A disk that cannot be written: before anything is, it is asked again.
    return false;
  } finally {
    removeIfPossible(question);
  }
}

function ownNamespace(): string | undefined {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return undefined;
  }
}

/**
 * A zombie is listed until its parent asks for it, and in a container nobody may ever ask; it holds
 * nothing any more.
 */
function hasEnded(pid: number): boolean {
  const state = statFields(pid)?.[0];
  return state === "Z" || state === "X";
}

/** proc(5) stat from field 3 on; the program's name in field 2 may hold blanks and brackets. */
function statFields(pid: number): string[] | undefined {
  return readOrUndefined(`/proc/${pid}/stat`)?.replace(/^.*\)/s, "").trim().split(" ");
}

export function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A disk that is read-only; it is removed by a later start.
  }
}

export function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
