/** Tells the user which stored files could not be used. */
import type { StateStore } from "./state-store.ts";
import type { DocumentProblem } from "../stores/document.ts";

/** Shows what became of files that could not be used. */
export function noticeTroubles(
  store: StateStore,
  documents: Record<string, { readonly problem: DocumentProblem | undefined }>,
): void {
  for (const [name, { problem }] of Object.entries(documents))
    if (problem !== undefined)
      store.dispatch({
        type: "notice",
        notice: { id: `store-${name}`, level: "warning", title: problem.title, detail: problem.detail },
      });
}
