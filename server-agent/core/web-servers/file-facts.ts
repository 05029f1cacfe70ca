/** What the file system says of a configuration file. */
export interface FileFacts {
  /** The file itself, behind all links. */
  readonly real: string;
  /** How many names the file has (hard links). */
  readonly names: number;
}

/** Undefined for what is not there. */
export type FactsOf = (path: string) => FileFacts | undefined;
