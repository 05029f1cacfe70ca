/** Where visitors are, by the files of the document that serves. */
import { type Geo, NOWHERE } from "../../core/routing/request-facts.ts";
import { GeoFile } from "./geo-file.ts";

export class GeoFiles {
  readonly #log: (line: string) => void;
  #paths: readonly string[] = [];
  #files: readonly GeoFile[] = [];

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /**
   * Of several files, the first that knows something of an address counts.
   *
   * @param paths Of the document; files that are not among them are forgotten.
   * @param now Epoch milliseconds.
   */
  locate(paths: readonly string[] | undefined, address: string, now: number): Geo {
    if (paths === undefined) return NOWHERE;
    if (paths !== this.#paths) this.#use(paths);
    const found = this.#files.map((file) => file.locate(address, now));
    const [only] = found;
    if (only !== undefined && found.length === 1) return only;
    return {
      country: found.find(({ country }) => country !== undefined)?.country,
      continent: found.find(({ continent }) => continent !== undefined)?.continent,
      asn: found.find(({ asn }) => asn !== undefined)?.asn,
    };
  }

  #use(paths: readonly string[]): void {
    const before = this.#files;
    this.#paths = paths;
    this.#files = paths.map((path) => before.find((file) => file.path === path) ?? new GeoFile(path, this.#log));
  }
}
