/** A file that was looked up, with the forms it can be sent in. */
import type { Fields } from "../http/incoming-request.ts";
import { acceptedCodings, CODINGS, type Coding } from "../coding/content-coding.ts";
import { canCompress } from "../coding/encoders.ts";
import type { Hit } from "./file-lookup.ts";
import { isSameFile } from "./open-file.ts";
import { Representation } from "./representation.ts";

/** Below this, compression saves less than its header costs. */
const MIN_COMPRESSED_BYTES = 1024;
/**
 * Above this, compressing anew for every visitor costs more than it saves; put a compressed file
 * beside it.
 */
const MAX_COMPRESSED_BYTES = 8 * 1024 * 1024;

export class FoundFile {
  readonly kind = "file";
  /** Epoch milliseconds of the last look at the disk. */
  readonly checkedAt: number;
  readonly identity: Representation;
  readonly #hit: Hit;
  readonly #precompressed: Partial<Record<Coding, Representation>> = {};
  #live: Partial<Record<Coding, Representation>> = {};
  readonly #compressLive: boolean;

  /** @param before What was known about the same path: bodies of unchanged files are taken over. */
  constructor(hit: Hit, checkedAt: number, before: FoundFile | undefined) {
    this.#hit = hit;
    this.checkedAt = checkedAt;
    const { size } = hit.file.stats;
    this.#compressLive = hit.mediaType.compressible && size >= MIN_COMPRESSED_BYTES && size <= MAX_COMPRESSED_BYTES;
    const varies = this.#compressLive || Object.keys(hit.precompressed).length > 0;
    const make = (source: Hit["file"], coding: Coding | undefined, old: Representation | undefined): Representation =>
      old?.settled === true &&
      old.form.varies === varies &&
      old.form.source.realPath === source.realPath &&
      isSameFile(old.form.source.stats, source.stats)
        ? old
        : new Representation({ source, mediaType: hit.mediaType, coding, live: false, varies });
    this.identity = make(hit.file, undefined, before?.identity);
    for (const coding of CODINGS) {
      const source = hit.precompressed[coding];
      if (source !== undefined)
        this.#precompressed[coding] = make(
          source,
          coding,
          before === undefined ? undefined : before.#precompressed[coding],
        );
    }
    if (before?.identity === this.identity) this.#live = settledOf(before.#live);
  }

  /** Name of the index file, where a folder was asked for. */
  get index(): string | undefined {
    return this.#hit.index;
  }

  /** Bytes that this file holds in memory, bodies and a flat sum for the rest. */
  get weight(): number {
    let weight = 1024;
    for (const representation of [this.identity, ...Object.values(this.#precompressed), ...Object.values(this.#live)])
      weight += representation.body?.length ?? 0;
    return weight;
  }

  /**
   * The form for this visitor. Ranges are of the plain file, so that a download resumes whatever
   * was accepted the first time.
   */
  choose(request: Fields): Representation {
    if (!this.identity.form.varies || request.field("range") !== undefined) return this.identity;
    const accepted = acceptedCodings(request.field("accept-encoding"));
    if (accepted.length === 0) return this.identity;
    for (const coding of accepted) {
      const representation = this.#precompressed[coding];
      if (representation !== undefined) return representation;
    }
    const coding = accepted.find(canCompress);
    if (!this.#compressLive || coding === undefined) return this.identity;
    return (this.#live[coding] ??= new Representation({
      source: this.#hit.file,
      mediaType: this.#hit.mediaType,
      coding,
      live: true,
      varies: true,
    }));
  }
}

/** Without what was loaded in the moment of a change, in which another one would not be seen. */
function settledOf(live: Partial<Record<Coding, Representation>>): Partial<Record<Coding, Representation>> {
  return Object.fromEntries(Object.entries(live).filter(([, { settled }]) => settled));
}
