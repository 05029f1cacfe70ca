import type { Config } from "../../contract/config.ts";
import { diffConfig } from "../../core/config/diff-config.ts";
import type { Service } from "../../adapters/service.ts";
import { messageOf } from "../../log.ts";
import { done, type Result, refuse } from "../../result.ts";
import type { CertificateReadings } from "../certificates/certificate-facts.ts";
import { persistGeneration } from "./persist-generation.ts";
import { checkFiles } from "./check-files.ts";
import { exactlyUndone, receiptTransitions } from "./receipt-transitions.ts";
import { Switch, type SwitchParts } from "./switch.ts";
import { refuseConfig } from "./switch-refusals.ts";

/**
 * How long a starting agent waits for addresses that the workers of a killed one still hold (ms).
 */
const BIND_TIMEOUT_MS = 5000;

/**
 * The stored generation again: this process may be the first after a crash or a reboot. What cannot
 * be written leaves the web servers as they are, which is as the former agent has left them.
 */
async function publishBeside({ beside, log }: SwitchParts, service: Service): Promise<void> {
  try {
    await beside.publish(service);
  } catch (failure) {
    log.error("could not tell the web servers which sites are closed; they still use the previous list", {
      why: messageOf(failure),
    });
  }
}

/** Where the first generation of this process comes from, if it is a new one. */
export interface Seed {
  author: string;
  reason: string;
  /** The document that it replaces. */
  before: Config | undefined;
}

/**
 * Starts workers with the first generation of this process: the stored one as it is, or a new one.
 * A new one is stored only when it really can serve, so that a mistake in the seed can be corrected
 * in the seed. No visitor is accepted before `open`. Refuses with `config.bind`, `config.invalid`,
 * `store.failed`, or `internal` when no worker starts.
 *
 * @param readings Gets what was read of certificates.
 */
export async function startSwitch(
  parts: SwitchParts,
  service: Service,
  seed: Seed | undefined,
  readings: CertificateReadings,
): Promise<Result<Switch>> {
  const { listeners, pool, receipts: book } = parts;
  // What is stored has served: a certificate that is broken by now must not keep the sites down.
  const found = seed === undefined ? undefined : await checkFiles(service.config, seed.before, Date.now(), readings);
  if (found !== undefined && found.problems.length > 0) return refuseConfig(found.problems);
  const staged = await listeners.stage(service.config, BIND_TIMEOUT_MS);
  if (!staged.ok) return refuse("config.bind", "A listener cannot be bound.", { problems: staged.problems });
  const started = await pool.start(service);
  if (!started.ok) {
    listeners.discard(staged.staged);
    return started.problems.length > 0 ? refuseConfig(started.problems) : refuse("internal", started.message);
  }
  const first = new Switch(parts, service, started.workers);
  const stored = {
    generation: service.generation,
    createdAt: new Date().toISOString(),
    author: seed?.author ?? "agent",
    reason: seed?.reason ?? "found at start",
    changes: seed?.before === undefined ? [] : diffConfig(seed.before, service.config),
  };
  const known = book.list();
  const exact = await exactlyUndone(service.config, known, (generation) => first.documentOf(generation));
  const receipts = receiptTransitions(service.config, stored, [], known, exact);
  if (seed !== undefined) {
    const persisted = persistGeneration(parts, { ...stored, receipts, config: service.config });
    if (!persisted.ok) {
      pool.dismiss(started.workers);
      listeners.discard(staged.staged);
      return persisted;
    }
  }
  listeners.apply(staged.staged);
  await publishBeside(parts, service);
  book.follow(receipts, [], 0);
  return done(first);
}
