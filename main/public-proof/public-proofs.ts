/**
 * What visitors get of sites that were put in maintenance or brought back, asked from here: after
 * each switch that it hears of, when somebody wants to know, and again and again while a site
 * is closed.
 */
import { t } from "../language/translate.ts";
import { ownValue } from "../../server-agent/core/own-value.ts";
import type { Receipt } from "../../server-agent/contract/maintenance.ts";
import type { Result } from "../contract/failures.ts";
import type { PublicLooks, PublicProof } from "../contract/maintenance.ts";
import type { ServerState } from "../contract/servers.ts";
import { isOpen } from "../contract/shared/states.ts";
import { done, failed, messageOf } from "../failures.ts";
import type { StateStore } from "../state/state-store.ts";
import type { OpenDocument } from "../stores/document.ts";
import type { PublicAddresses } from "../stores/public-addresses.ts";
import type { KeptLooks } from "./kept-looks.ts";
import type { Look } from "./look.ts";
import { questionOf } from "./question.ts";

export interface PublicProofsParts {
  store: StateStore;
  document: OpenDocument<PublicAddresses>;
  /** For the receipts. */
  kept: KeptLooks;
  look: Look;
  log: (line: string) => void;
}

/** A closed site is asked for again after this time (ms). */
const REPEAT_INTERVAL_MS = 60_000;
/** How often it is looked whose time has come (ms). */
const CHECK_INTERVAL_MS = 5000;
/** So many receipts at a time: a server with thousands of closed sites has to wait. */
const MAX_CONCURRENT_RECEIPTS = 20;
/**
 * What a server tells may have so many receipts asked for between two looks: its word must not make
 * this computer flood those whom it names.
 */
const MAX_RECEIPTS_PER_SERVER = 20;

export class PublicProofs {
  readonly #parts: PublicProofsParts;
  readonly #closing = new AbortController();
  readonly #asking = new Map<string, Promise<void>>();
  /** By server, since the last look. */
  readonly #begun = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  readonly #stopListening: () => void;

  constructor(parts: PublicProofsParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.#askDue(), CHECK_INTERVAL_MS);
    this.#stopListening = parts.store.onPatch((patch) => {
      if (patch.part === "server") this.#follow(patch.server);
      if (patch.part === "server-removed") parts.kept.keepOnly(patch.id, new Set());
    });
  }

  /** Asks now, after what is being asked. Refuses with `not-found`. */
  async ask(serverId: string, receiptId: string): Promise<Result<null>> {
    const found = this.#receiptOf(serverId, receiptId);
    if (found === undefined)
      return failed("not-found", t("There is no maintenance {receipt} on this server.", { receipt: receiptId }));
    await this.#asking.get(keyOf(serverId, receiptId));
    await this.#ask(serverId, found);
    return done(null);
  }

  /** From now on the site's names are asked there; `null`: by DNS. Asks at once. */
  async give(serverId: string, site: string, address: string | null): Promise<Result<null>> {
    const { document } = this.#parts;
    const others = document.value.filter((each) => each.serverId !== serverId || each.site !== site);
    document.save(address === null ? others : [...others, { serverId, site, address }]);
    const receipts = this.#serverOf(serverId)?.snapshot?.maintenance ?? [];
    const [latest] = receipts.filter((receipt) => receipt.site === site);
    if (latest !== undefined) await this.ask(serverId, latest.id);
    return done(null);
  }

  /** What was seen of one maintenance, for its receipt. */
  looksOf(serverId: string, receiptId: string): PublicLooks {
    return this.#parts.kept.of(serverId, receiptId);
  }

  close(): void {
    this.#closing.abort();
    this.#parts.kept.close();
    clearInterval(this.#timer);
    this.#stopListening();
  }

  /** What was switched is asked for; what the server has forgotten is forgotten. */
  #follow({ profile, snapshot, publicProofs }: ServerState): void {
    const receipts = snapshot?.maintenance ?? [];
    for (const receipt of receipts) {
      const known = ownValue(publicProofs, receipt.id);
      // Of what was over before this app looked, nobody waits to hear.
      const isNews = isOpen(receipt)
        ? known?.state !== receipt.state || known.generation !== snapshot?.agent.generation
        : known?.state === "in-maintenance";
      if (isNews) this.#askByItself(profile.id, receipt);
    }
    const present = new Set(receipts.map(({ id }) => id));
    for (const id of Object.keys(publicProofs)) if (!present.has(id)) this.#tell(profile.id, id, null);
    if (snapshot !== null) this.#parts.kept.keepOnly(profile.id, present);
  }

  #askDue(): void {
    this.#begun.clear();
    const now = Date.now();
    for (const { profile, snapshot, publicProofs } of this.#parts.store.state.servers)
      for (const receipt of snapshot?.maintenance ?? []) {
        const known = ownValue(publicProofs, receipt.id);
        const isOld =
          known?.generation !== snapshot?.agent.generation ||
          now - Date.parse(known?.observedAt ?? "") >= REPEAT_INTERVAL_MS;
        if (isOpen(receipt) ? isOld : known?.state === "in-maintenance") this.#askByItself(profile.id, receipt);
      }
  }

  /** Not where it is being asked, and not without limit: the next look asks for what is left. */
  #askByItself(serverId: string, receipt: Receipt): void {
    const begun = this.#begun.get(serverId) ?? 0;
    if (begun >= MAX_RECEIPTS_PER_SERVER || this.#asking.size >= MAX_CONCURRENT_RECEIPTS) return;
    if (this.#asking.has(keyOf(serverId, receipt.id))) return;
    this.#begun.set(serverId, begun + 1);
    void this.#ask(serverId, receipt);
  }

  #ask(serverId: string, receipt: Receipt): Promise<void> {
    const key = keyOf(serverId, receipt.id);
    const asking = this.#see(serverId, receipt)
      .catch((failure: unknown) => this.#parts.log(`what visitors get was not seen: ${messageOf(failure)}`))
      .finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  async #see(serverId: string, receipt: Receipt): Promise<void> {
    const { document, look } = this.#parts;
    const given = document.value.find((each) => each.serverId === serverId && each.site === receipt.site)?.address;
    const server = this.#serverOf(serverId);
    const question = server === undefined ? undefined : questionOf(server, receipt, given);
    if (question === undefined) return;
    const answers = await look(question, this.#closing.signal);
    if (this.#closing.signal.aborted) return;
    const { left, generation } = question;
    const observedAt = new Date().toISOString();
    const { state } = receipt;
    const seen: PublicProof = { observedAt, state, generation, answers, left, given: given ?? null };
    // Kept first: who hears of it may ask for what is kept.
    this.#parts.kept.add(serverId, receipt.id, seen);
    this.#tell(serverId, receipt.id, seen);
    // It was switched while it was asked: what was seen may be from before.
    const now = this.#receiptOf(serverId, receipt.id);
    if (now !== undefined && now.state !== state) await this.#see(serverId, now);
  }

  #tell(serverId: string, receiptId: string, proof: PublicProof | null): void {
    this.#parts.store.dispatch({ type: "seen-from-here", id: serverId, receiptId, proof });
  }

  #serverOf(serverId: string): ServerState | undefined {
    return this.#parts.store.state.servers.find(({ profile }) => profile.id === serverId);
  }

  #receiptOf(serverId: string, receiptId: string): Receipt | undefined {
    return this.#serverOf(serverId)?.snapshot?.maintenance.find(({ id }) => id === receiptId);
  }
}

function keyOf(serverId: string, receiptId: string): string {
  return `${serverId}/${receiptId}`;
}
