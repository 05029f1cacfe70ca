/** How the agent asks a web server whether a part of its configuration has the hook. */
import type { SiteListener } from "../../contract/web-servers.ts";

/**
 * By what question a part of the configuration is reached on one of its listeners. The hook is in
 * each part, so each is asked for itself.
 */
export interface ListenerQuestion {
  readonly site: string;
  readonly listener: SiteListener;
  /** Where to connect to: an address of the loopback interface for a listener on all addresses. */
  readonly connectTo: string;
  /** The name to ask for, in TLS as well. */
  readonly host: string;
  readonly block: { readonly file: string; readonly line: number };
  /** The configuration on disk has the hook there. */
  readonly onDisk: boolean;
  /** Why it cannot be asked, a sentence. */
  readonly skip?: string;
}
