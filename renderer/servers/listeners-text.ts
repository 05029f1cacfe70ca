import { t } from "../../main/language/translate.ts";
import type { BoundListener } from "../../main/contract/agent.ts";
import { webServerTitle } from "../../main/contract/shared/foreign.ts";

/** Where visitors are accepted, and by whom where it is not the agent; one entry each. */
export function listenersText(listeners: readonly BoundListener[]): string[] {
  const own = listeners.filter(({ foreign }) => foreign === undefined);
  const foreign = Map.groupBy(
    listeners.filter((listener) => listener.foreign !== undefined),
    (listener) => listener.foreign ?? "",
  );
  return [
    ...(own.length === 0
      ? [t("none of its own")]
      : [own.map((listener) => `${listener.name} ${placeOf(listener)}`).join(", ")]),
    ...[...foreign].map(([server, members]) => `${webServerTitle(server)}: ${members.map(placeOf).join(", ")}`),
  ];
}

function placeOf({ address, port, tls }: BoundListener): string {
  return `${address.includes(":") ? `[${address}]` : address}:${String(port)}${tls === true ? " TLS" : ""}`;
}
