/** How the agent asks a web server whether a part of its configuration has the hook. */
import type { Way } from "../proof/entry.ts";

/**
 * By what question a part of the configuration is reached on one of its listeners. The hook is in
 * each part, so each is asked for itself.
 */
export interface ListenerQuestion extends Way {
  readonly site: string;
  /** The name to ask for, in TLS as well. */
  readonly host: string;
  readonly block: { readonly file: string; readonly line: number };
  /** The configuration on disk has the hook there. */
  readonly onDisk: boolean;
}
