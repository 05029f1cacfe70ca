/**
 * A user's file that says where addresses are (MaxMind DB format 2.0). It is in memory as a whole:
 * a look-up must not wait for the disk. One that was replaced is read anew while the one before
 * answers, and goes on answering where the new one is damaged.
 */
import { readFileSync, type Stats, statSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { Reader, type Response } from "mmdb-lib";
import { type Geo, NOWHERE } from "../../core/routing/request-facts.ts";
import { messageOf } from "../../log.ts";
import { BoundedMap } from "./bounded-map.ts";
import { geoOf } from "./geo-record.ts";
import { refuseUnreadable } from "./readable-file.ts";

/** A changed file is seen within this time (ms). */
const FRESH_MS = 10_000;
/** Each worker has it in memory. Files of countries have 10 MB, those of cities about 100. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;
/** Visitors come with several requests each. */
const MAX_REMEMBERED = 10_000;
/** Between the tree of addresses and what it leads to. */
const SEPARATOR_BYTES = 16;

export class GeoFile {
  readonly path: string;
  readonly #log: (line: string) => void;
  #reader: Reader<Response> | undefined = undefined;
  #known = new BoundedMap<Geo>(MAX_REMEMBERED);
  #version = "";
  /** What was logged last. */
  #complaint = "";
  /** Epoch milliseconds. */
  #lookedAt = Date.now();

  /** Reads the file before it returns. One that cannot be read is logged, and knows no address. */
  constructor(path: string, log: (line: string) => void) {
    this.path = path;
    this.#log = log;
    try {
      const stats = statSync(path);
      this.#version = versionOf(stats);
      refuseUnreadable(stats, MAX_FILE_BYTES);
      this.#reader = open(readFileSync(path));
    } catch (failure) {
      log(`cannot read ${path}, so no visitor is in any country: ${messageOf(failure)}`);
    }
  }

  /** @param address Canonical text, or `""`. @param now Epoch milliseconds. */
  locate(address: string, now: number): Geo {
    if (Math.abs(now - this.#lookedAt) >= FRESH_MS) {
      this.#lookedAt = now;
      void this.refresh();
    }
    let geo = this.#known.get(address);
    if (geo === undefined) this.#known.set(address, (geo = this.#lookUp(address)));
    return geo;
  }

  /** Reads the file again if it has changed. */
  async refresh(): Promise<void> {
    try {
      const stats = await stat(this.path);
      const version = versionOf(stats);
      if (version === this.#version) return;
      refuseUnreadable(stats, MAX_FILE_BYTES);
      const bytes = await readFile(this.path);
      // One that is still being written is taken at the next look.
      if (versionOf(await stat(this.path)) !== version) return;
      this.#version = version;
      this.#reader = open(bytes);
      this.#known = new BoundedMap(MAX_REMEMBERED);
      this.#complaint = "";
    } catch (failure) {
      const why = messageOf(failure);
      if (why !== this.#complaint) this.#log(`cannot read ${this.path}, so what was read before counts: ${why}`);
      this.#complaint = why;
    }
  }

  #lookUp(address: string): Geo {
    if (this.#reader === undefined || address === "") return NOWHERE;
    try {
      return geoOf(this.#reader.get(address));
    } catch {
      // What the file has for this address is damaged, and the request has to be answered.
      return NOWHERE;
    }
  }
}

/** Why a file cannot be used; undefined if it can. */
export async function geoFileFault(path: string): Promise<string | undefined> {
  try {
    refuseUnreadable(await stat(path), MAX_FILE_BYTES);
    open(await readFile(path));
    return undefined;
  } catch (failure) {
    return messageOf(failure);
  }
}

/** @throws {Error} Of what is no MMDB file. */
function open(bytes: Buffer): Reader<Response> {
  let reader: Reader<Response>;
  try {
    reader = new Reader<Response>(bytes);
  } catch {
    throw new Error("it is no MMDB file, or damaged");
  }
  const { binaryFormatMajorVersion: version, searchTreeSize } = reader.metadata;
  if (version !== 2) throw new Error(`it has version ${String(version)} of the MMDB format; 2 is known`);
  if (!(searchTreeSize + SEPARATOR_BYTES < bytes.length)) throw new Error("its end is missing, or it is damaged");
  return reader;
}

function versionOf({ mtimeMs, size, ino }: Stats): string {
  return [mtimeMs, size, ino].join(" ");
}
