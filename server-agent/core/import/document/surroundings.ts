/** What an import asks about the machine that it runs on. The reading itself is done elsewhere. */
export interface Surroundings {
  /** Text of a file; undefined where it cannot be read. */
  readonly textOf: (path: string) => string | undefined;
  /** Absolute paths of the files in a folder, sorted; empty where there is no such folder. */
  readonly filesIn: (folder: string) => readonly string[];
  /**
   * Folders below one, however deep, that have a file of this name, sorted; undefined where there
   * are too many folders to look into.
   */
  readonly foldersWith: (name: string, below: string) => readonly string[] | undefined;
  /** The media type that the agent serves files of an extension as. */
  readonly mediaTypeOf: (extension: string) => string;
}

/** A fault in what is imported: nothing is made of it. */
export interface ImportFault {
  readonly ok: false;
  readonly file: string;
  readonly line: number;
  readonly message: string;
}
