/** A change of the configuration, from what is wanted to what was committed. */
import type { Change } from "../../contract/agent.ts";
import type { Config } from "../../contract/config.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import type { StagedListeners } from "../../adapters/builtin/listeners.ts";
import type { Service } from "../../adapters/service.ts";

/**
 * A document as somebody sent it, or one that a plan has made and validated already, with the
 * difference it makes where that is known.
 */
export type WantedDocument =
  { kind: "sent"; document: unknown } | { kind: "planned"; config: Config; compileMs: number; changes?: Change[] };

/** A change to be made: who wants which document, and why. */
export interface ChangeRequest {
  wanted: WantedDocument;
  author: string;
  reason: string;
  /** Receipts that this change opens or closes by itself. */
  own?: OwnReceipts;
  /** The stage that it is the commit of. */
  stage?: string;
  /** It is the start or the end of a window, or the end that its pages tell. */
  byWindow?: boolean;
}

export interface OwnReceipts {
  /** Ids of those that it closes. */
  closes: ReadonlySet<string>;
  /**
   * All of them in their new state, made when the number and the time of the generation are known.
   */
  make(generation: number, at: string): Receipt[];
}

/**
 * A change that everything is ready for. Nothing has changed; no other change may come before it is
 * committed or discarded.
 */
export interface PreparedChange {
  readonly request: ChangeRequest;
  readonly service: Service;
  readonly listeners: StagedListeners;
  readonly changes: Change[];
  /** Receipts that are undone exactly where the change closes them without being about them. */
  readonly exact: ReadonlySet<string>;
}

export interface Committed {
  generation: number;
  /**
   * Receipts that were opened or closed, with what was observed: first its own, then those that
   * follow from the document.
   */
  receipts: Receipt[];
  /** How many of them the change itself is about. */
  own: number;
}
