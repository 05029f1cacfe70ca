/**
 * Requests in flight, pushed by main for as long as a part of the screen shows them. The one place
 * that knows all that the page watches.
 */
import type { RequestWatch, WatchedRequests } from "../../main/contract/requests.ts";
import { appState } from "./app-state.svelte.ts";
import { call, failureOf } from "./bridge.ts";
import { toasts } from "./toasts.svelte.ts";
import { t } from "../../main/language/translate.ts";

let watches: readonly RequestWatch[] = [];
let made = 0;
let isSending = false;

export interface RequestView {
  /** The latest observation; `undefined` until main has answered. */
  readonly current: WatchedRequests | undefined;
  stop: () => void;
}

/** Watches until `stop`: those of a server, of one of its sites, or below a generation. */
export function watchRequests(wanted: Omit<RequestWatch, "id">): RequestView {
  const id = String((made += 1));
  watches = [...watches, { id, ...wanted }];
  send();
  return {
    get current() {
      return appState.current.requests[id];
    },
    stop: () => {
      watches = watches.filter((watch) => watch.id !== id);
      send();
    },
  };
}

/** What ends and what begins at the same time is one message. */
function send(): void {
  if (isSending) return;
  isSending = true;
  queueMicrotask(() => {
    isSending = false;
    call("requests.watch", { watches: [...watches] }).catch((error: unknown) =>
      toasts.fail(t("Requests in flight cannot be shown"), failureOf(error)),
    );
  });
}
