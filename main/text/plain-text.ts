/** Words of strangers (a server, a file) on their way to a person. Pure. */
import { visibleLines } from "../../server-agent/core/visible-text.ts";

/** The text made visible, and cut to a length that somebody reads. */
export function plainText(text: string, longest: number): string {
  return visibleLines(text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text);
}
