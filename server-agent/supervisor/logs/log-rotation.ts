/**
 * Rotates access logs, for all workers together: a file is renamed, and the workers, who still have
 * it open, write what is pending to it before they open the new one. So no line is lost.
 */
import { rename, stat } from "node:fs/promises";
import type { Config } from "../../contract/config.ts";
import type { LogRotation as Rotation } from "../../contract/observing/access-log.ts";
import { accessLogOf } from "../../core/access-log/access-log-of.ts";
import { parseLogTarget } from "../../core/access-log/log-target.ts";
import { type Log, messageOf } from "../../log.ts";
import type { Clock } from "../clock.ts";

const CHECK_INTERVAL_MS = 5000;
const DEFAULT_KEEP = 7;

export interface LogRotationParts {
  readonly config: () => Config;
  /** Lets all workers open their logs anew. */
  readonly reopen: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

export class LogRotation {
  readonly #parts: LogRotationParts;
  /** Files that cannot be rotated, which was said. */
  readonly #failing = new Set<string>();
  #timer: NodeJS.Timeout | undefined = undefined;
  /** When it was looked last (epoch ms). */
  #lookedAt: number | undefined = undefined;

  constructor(parts: LogRotationParts) {
    this.#parts = parts;
  }

  begin(): void {
    this.#timer = setTimeout(() => {
      void this.look().then(() => {
        if (this.#timer !== undefined) this.begin();
      });
    }, CHECK_INTERVAL_MS).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Rotates what is due. */
  async look(): Promise<void> {
    const now = this.#parts.clock.now();
    const before = this.#lookedAt;
    this.#lookedAt = now;
    let isAnyRotated = false;
    for (const [file, rotate] of rotatedFiles(this.#parts.config())) {
      try {
        if (!(await isDue(file, rotate, now, before))) continue;
        await shift(file, rotate.keep ?? DEFAULT_KEEP);
        isAnyRotated = true;
        this.#failing.delete(file);
      } catch (failure) {
        if (!this.#failing.has(file))
          this.#parts.log.warn("access log cannot be rotated", { file, why: messageOf(failure) });
        this.#failing.add(file);
      }
    }
    if (isAnyRotated) this.#parts.reopen();
  }
}

function rotatedFiles(config: Config): Map<string, Rotation> {
  const files = new Map<string, Rotation>();
  for (const virtualHost of config.virtualHosts) {
    const { to, rotate } = accessLogOf(virtualHost, config) ?? {};
    if (to !== undefined && rotate !== undefined && parseLogTarget(to).type === "file") files.set(to, rotate);
  }
  return files;
}

/** @param before When it was looked last: what was written since may be of two days. */
async function isDue(file: string, rotate: Rotation, now: number, before: number | undefined): Promise<boolean> {
  const found = await stat(file).catch((failure: unknown) => {
    if (isMissing(failure)) return undefined;
    throw failure;
  });
  if (found?.isFile() !== true || found.size === 0) return false;
  if (rotate.megabytes !== undefined && found.size >= rotate.megabytes * 1_000_000) return true;
  return rotate.daily === true && dayOf(before ?? found.mtimeMs) !== dayOf(now);
}

function dayOf(time: number): string {
  return new Date(time).toDateString();
}

/** `log.1` becomes `log.2`, …, and the file `log.1`; the oldest is overwritten. */
async function shift(file: string, keep: number): Promise<void> {
  for (let number = keep - 1; number >= 1; number -= 1)
    await rename(`${file}.${number}`, `${file}.${number + 1}`).catch((failure: unknown) => {
      if (!isMissing(failure)) throw failure;
    });
  await rename(file, `${file}.1`);
}

function isMissing(failure: unknown): boolean {
  return (failure as NodeJS.ErrnoException).code === "ENOENT";
}
