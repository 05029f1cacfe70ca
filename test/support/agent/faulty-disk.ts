/** A disk that fails where a test says so: full, broken, torn, or once in a while. */
import fc from "fast-check";
import { type Disk, SYSTEM_DISK } from "../../../server-agent/store/disk.ts";

/** What a call of the disk fails with. */
export const DISK_ERRORS = ["ENOSPC", "EIO", "EMFILE", "EROFS", "EDQUOT"] as const;
export type DiskError = (typeof DISK_ERRORS)[number];

export interface Fault {
  code: DiskError;
  /** The first call that fails, counted from 0. */
  from: number;
  /** So many fail in a row. */
  count: number;
}

export class FaultyDisk implements Disk {
  #fault: Fault | undefined;
  #calls = 0;

  /** Has calls fail from now on, until `heal`. */
  fail(fault: Fault): void {
    this.#calls = 0;
    this.#fault = fault;
  }

  /** Returns how many calls there were since `fail`. */
  heal(): number {
    this.#fault = undefined;
    return this.#calls;
  }

  mkdir(path: string): void {
    this.#call(() => SYSTEM_DISK.mkdir(path));
  }

  open(path: string, flags: "r" | "wx"): number {
    return this.#call(() => SYSTEM_DISK.open(path, flags));
  }

  write(descriptor: number, text: string): void {
    this.#call(
      () => SYSTEM_DISK.write(descriptor, text),
      // What fitted is there: a torn write.
      () => SYSTEM_DISK.write(descriptor, text.slice(0, text.length >> 1)),
    );
  }

  sync(descriptor: number): void {
    this.#call(() => SYSTEM_DISK.sync(descriptor));
  }

  close(descriptor: number): void {
    SYSTEM_DISK.close(descriptor);
  }

  link(from: string, to: string): void {
    this.#call(() => SYSTEM_DISK.link(from, to));
  }

  rename(from: string, to: string): void {
    this.#call(() => SYSTEM_DISK.rename(from, to));
  }

  remove(path: string): void {
    this.#call(() => SYSTEM_DISK.remove(path));
  }

  #call<T>(act: () => T, half: () => void = () => undefined): T {
    const call = this.#calls++;
    const fault = this.#fault;
    if (fault === undefined || call < fault.from || call >= fault.from + fault.count) return act();
    half();
    throw Object.assign(new Error(`${fault.code}: as the test wants it`), { code: fault.code });
  }
}

/**
 * A call that fails once, or none. One that fails for good cannot be put back, and says so: that is
 * what `done-or-refused` tests.
 */
export function oneFault(): fc.Arbitrary<Fault | undefined> {
  const once = fc.record({ code: fc.constantFrom(...DISK_ERRORS), from: fc.nat(12), count: fc.constant(1) });
  return fc.option(once, { nil: undefined, freq: 2 });
}
