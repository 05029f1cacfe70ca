/** Tells the user which stored files could not be used. */
import type { StateStore } from "./state-store.ts";
import type { Trouble } from "../stores/document.ts";

/** Shows what became of files that could not be used. */
export function noticeTroubles(
  store: StateStore,
  documents: Record<string, { readonly trouble: Trouble | undefined }>,
): void {
  for (const [name, { trouble }] of Object.entries(documents))
    if (trouble !== undefined)
      store.dispatch({
        type: "notice",
        notice: { id: `store-${name}`, level: "warning", title: trouble.title, detail: trouble.detail },
      });
}
