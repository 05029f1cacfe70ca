/** A reminder as an e-mail. Pure. */
import { visibleLines, visibleText } from "../../core/visible-text.ts";
import { isUrgent, type Message } from "./channel-message.ts";
import { fitted } from "./chat-text.ts";

/** RFC 5322, 2.1.1: what fits in one line with its header's name, once folded and encoded. */
const MAX_SUBJECT = 200;
const MAX_TEXT = 10_000;

export interface EmailText {
  subject: string;
  text: string;
  /** The same message has the same one: who gets it twice sees that. */
  messageId: string;
  headers: Record<string, string>;
  priority: "high" | "normal";
}

/** @param domain of the sender's address */
export function emailText({ id, type, data }: Message, channel: string, domain: string): EmailText {
  const { title, text, server } = data;
  const footer = `-- \nSent by Backsoon on ${visibleText(server)}, channel ${channel}.`;
  return {
    subject: fitted(visibleText(type === "backsoon.test" ? title : `${title} (${server})`, " "), MAX_SUBJECT),
    text: `${fitted(visibleLines(`${title}\n\n${text}`), MAX_TEXT)}\n\n${footer}\n`,
    messageId: `<${id}@${domain}>`,
    // RFC 3834, 5: nobody's vacation program answers.
    headers: { "Auto-Submitted": "auto-generated" },
    priority: isUrgent(data) ? "high" : "normal",
  };
}
