/** Which links may leave the app: those to the user's own sites. Pure. */
import type { AppState } from "../contract/state.ts";

/** Exact host names that the known servers answer for: their operator may open his own sites. */
function siteHosts(state: AppState): Set<string> {
  return new Set(
    state.servers.flatMap(
      ({ snapshot }) =>
        snapshot?.config.virtualHosts.flatMap(({ hosts }) => hosts.filter((host) => !/[*~]/.test(host))) ?? [],
    ),
  );
}

/**
 * The address that may be handed to the system's browser, written anew from its parsed parts;
 * `undefined` when it may not. Only https to sites of the known servers, and plain http to this
 * computer's own practice server.
 */
export function externalTarget(raw: string, state: AppState): string | undefined {
  if (!URL.canParse(raw)) return undefined;
  const url = new URL(raw);
  if (url.username !== "" || url.password !== "") return undefined;
  if (url.protocol === "https:") return siteHosts(state).has(url.hostname) ? url.href : undefined;
  if (url.protocol !== "http:" || state.practice.state !== "running") return undefined;
  const practice = new URL(state.practice.url);
  const onThisComputer =
    url.hostname === "localhost" || url.hostname === "127.0.0.1" || url.hostname.endsWith(".localhost");
  return onThisComputer && url.port === practice.port ? url.href : undefined;
}
