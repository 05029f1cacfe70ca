import type { BoundListener } from "../../contract/agent.ts";
import type { Config } from "../../contract/config.ts";

/** The listeners of web servers, as the document has them. */
export function foreignListeners({ listeners }: Pick<Config, "listeners">): BoundListener[] {
  return listeners.flatMap((listener): BoundListener[] => {
    const { foreign, tls, ...rest } = listener;
    if (foreign === undefined) return [];
    return [{ ...rest, ...(tls === undefined ? {} : { tls: tls !== false }), foreign }];
  });
}
