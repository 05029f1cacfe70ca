/**
 * Keeps what was seen of each maintenance for its receipt, as the app may be closed in between.
 * Written a moment later: a hundred sites that are closed together are one write.
 */
import type { PublicLooks, PublicProof } from "../contract/maintenance.ts";
import { NO_LOOKS, withLook } from "../contract/shared/public-proof.ts";
import { messageOf } from "../failures.ts";
import type { OpenDocument } from "../stores/document.ts";
import type { KeptLooks as Stored } from "../stores/public-looks.ts";

/** Receipts whose looks are kept, the latest seen. */
const MAX_KEPT_RECEIPTS = 2000;
const WRITE_DELAY_MS = 1000;

export class KeptLooks {
  readonly #document: OpenDocument<Stored>;
  readonly #log: (line: string) => void;
  readonly #kept: Map<string, Stored[number]>;
  #writing: NodeJS.Timeout | undefined;

  constructor(document: OpenDocument<Stored>, log: (line: string) => void) {
    this.#document = document;
    this.#log = log;
    this.#kept = new Map(document.value.map((each) => [keyOf(each.serverId, each.receiptId), each]));
  }

  of(serverId: string, receiptId: string): PublicLooks {
    return this.#kept.get(keyOf(serverId, receiptId))?.looks ?? NO_LOOKS;
  }

  add(serverId: string, receiptId: string, seen: PublicProof): void {
    const before = this.of(serverId, receiptId);
    const looks = withLook(before, seen);
    if (looks === before) return;
    const key = keyOf(serverId, receiptId);
    this.#kept.delete(key);
    this.#kept.set(key, { serverId, receiptId, looks });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT_RECEIPTS && oldest !== undefined) this.#kept.delete(oldest);
    this.#writeSoon();
  }

  /** Of a server that tells its receipts: those that it has forgotten are forgotten here. */
  keepOnly(serverId: string, receiptIds: ReadonlySet<string>): void {
    for (const [key, each] of this.#kept)
      if (each.serverId === serverId && !receiptIds.has(each.receiptId)) {
        this.#kept.delete(key);
        this.#writeSoon();
      }
  }

  close(): void {
    if (this.#writing !== undefined) this.#write();
  }

  #writeSoon(): void {
    this.#writing ??= setTimeout(() => this.#write(), WRITE_DELAY_MS);
  }

  #write(): void {
    clearTimeout(this.#writing);
    this.#writing = undefined;
    try {
      this.#document.save([...this.#kept.values()]);
    } catch (failure) {
      // Until the app ends it is known all the same.
      this.#log(`what visitors get was not kept: ${messageOf(failure)}`);
    }
  }
}

function keyOf(serverId: string, receiptId: string): string {
  return JSON.stringify([serverId, receiptId]);
}
