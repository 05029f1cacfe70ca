import type { Config, VirtualHost } from "../../contract/config.ts";
import type { Operation } from "../../contract/maintenance.ts";

interface OperationConflict {
  operation: Operation;
  /** JSON Pointer to the place that is not as the operation needs it. */
  path: string;
  message: string;
}

export type Applied = { ok: true; config: Config } | { ok: false; conflict: OperationConflict };

/**
 * Applies operations one after the other. Strict: an operation whose virtual hosts are not there
 * (or already there) is a conflict, and nothing is applied. The document given is not changed; what
 * no operation touches is carried over as it is, key order included, so that the inverse restores
 * it byte for byte.
 */
export function applyOperations(config: Config, operations: readonly Operation[]): Applied {
  let virtualHosts: readonly VirtualHost[] = config.virtualHosts;
  for (const operation of operations) {
    const applied = applyOne(virtualHosts, operation);
    if (typeof applied === "string")
      return { ok: false, conflict: { operation, path: pathOf(virtualHosts, operation), message: applied } };
    virtualHosts = applied;
  }
  return { ok: true, config: { ...config, virtualHosts: [...virtualHosts] } };
}

/** The operations that undo these: each one's inverse, in reverse order. */
export function invertOperations(operations: readonly Operation[]): Operation[] {
  return operations.map(invert).reverse();
}

function invert(operation: Operation): Operation {
  switch (operation.op) {
    case "insert-virtual-host":
      return { ...operation, op: "remove-virtual-host" };
    case "remove-virtual-host":
      return { ...operation, op: "insert-virtual-host" };
    case "add-hosts":
      return { ...operation, op: "remove-hosts" };
    case "remove-hosts":
      return { ...operation, op: "add-hosts" };
    case "move-virtual-host":
      return { op: "move-virtual-host", id: operation.id, from: operation.above, above: operation.from };
  }
}

/** The new list, or what is in the way. */
function applyOne(virtualHosts: readonly VirtualHost[], operation: Operation): readonly VirtualHost[] | string {
  switch (operation.op) {
    case "insert-virtual-host":
      if (virtualHosts.some(({ id }) => id === operation.virtualHost.id))
        return `There is already a virtual host ${operation.virtualHost.id}.`;
      return insertAbove(virtualHosts, operation.virtualHost, operation.above);
    case "remove-virtual-host":
      if (!virtualHosts.some(({ id }) => id === operation.virtualHost.id))
        return `There is no virtual host ${operation.virtualHost.id}.`;
      return virtualHosts.filter(({ id }) => id !== operation.virtualHost.id);
    case "move-virtual-host": {
      const moved = virtualHosts.find(({ id }) => id === operation.id);
      if (moved === undefined) return `There is no virtual host ${operation.id}.`;
      const others = virtualHosts.filter((virtualHost) => virtualHost !== moved);
      return insertAbove(others, moved, operation.above);
    }
    case "add-hosts":
      return changeHosts(virtualHosts, operation.id, (hosts) => [
        ...hosts,
        ...operation.hosts.filter((host) => !hosts.includes(host)),
      ]);
    case "remove-hosts":
      return changeHosts(virtualHosts, operation.id, (hosts) =>
        hosts.filter((host) => !operation.hosts.includes(host)),
      );
  }
}

function insertAbove(
  virtualHosts: readonly VirtualHost[],
  inserted: VirtualHost,
  above: string,
): readonly VirtualHost[] | string {
  const index = virtualHosts.findIndex(({ id }) => id === above);
  return index < 0
    ? `There is no virtual host ${above} to put ${inserted.id} above.`
    : virtualHosts.toSpliced(index, 0, inserted);
}

function changeHosts(
  virtualHosts: readonly VirtualHost[],
  id: string,
  change: (hosts: readonly string[]) => string[],
): readonly VirtualHost[] | string {
  const index = virtualHosts.findIndex((virtualHost) => virtualHost.id === id);
  const changed = virtualHosts[index];
  if (changed === undefined) return `There is no virtual host ${id}.`;
  const hosts = change(changed.hosts);
  return hosts.length === 0 ? `${id} would have no host left.` : virtualHosts.with(index, { ...changed, hosts });
}

function pathOf(virtualHosts: readonly VirtualHost[], operation: Operation): string {
  const wanted = "id" in operation ? operation.id : operation.virtualHost.id;
  const index = virtualHosts.findIndex(({ id }) => id === wanted);
  return index < 0 ? "/virtualHosts" : `/virtualHosts/${index}`;
}
