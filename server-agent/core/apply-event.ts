import type { Event, Snapshot } from "../contract.ts";

/**
 * The snapshot after an event of the stream. An event that the snapshot contains already is ignored. Revisions count up by one; whoever decodes the stream subscribes again where one is
 * missing, as what was missed is gone.
 */
export function applyEvent(snapshot: Snapshot, event: Event): Snapshot {
  if (event.revision <= snapshot.revision) return snapshot;
  const next = { ...snapshot, revision: event.revision, at: event.at };
  switch (event.type) {
    case "config":
      return { ...next, config: event.config, generations: event.generations, agent: event.agent };
    case "generations":
      return { ...next, generations: event.generations };
    case "maintenance": {
      const known = snapshot.maintenance.some((receipt) => receipt.id === event.receipt.id);
      return {
        ...next,
        maintenance: known
          ? snapshot.maintenance.map((receipt) => (receipt.id === event.receipt.id ? event.receipt : receipt))
          : [event.receipt, ...snapshot.maintenance],
      };
    }
    case "metrics":
      return { ...next, metrics: event.metrics };
    case "agent":
      return { ...next, agent: event.agent };
  }
}
