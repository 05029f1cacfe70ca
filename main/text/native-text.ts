/** Texts of servers for places outside the page: menus, titles, notifications. */
import { visibleText } from "../../server-agent/core/visible-text.ts";

const MAX_LENGTH = 80;

/**
 * Text of others as menus and notifications of the system can show it, which have no way to clip or
 * to isolate it: one line, without what cannot be seen, of 80 characters at most where
 * nothing else is said.
 */
export function nativeText(text: string, longest = MAX_LENGTH): string {
  const plain = visibleText(text, " ").replaceAll(/\s+/g, " ").trim();
  const characters = Array.from(plain.slice(0, 4 * longest));
  return characters.length > longest ? `${characters.slice(0, longest - 1).join("")}…` : characters.join("");
}
