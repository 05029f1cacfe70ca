/** Hands a message to a mail server. What the server says is quoted; what it was told is not. */
import type { StoredChannel } from "../../store/stored-channel.ts";
import { visibleText } from "../../core/visible-text.ts";
import type { Message } from "./channel-message.ts";
import { emailText } from "./email-message.ts";
import type { Undelivered } from "./webhook-answer.ts";

export type EmailChannel = Extract<StoredChannel, { kind: "email" }>;

/** Of the connection, the greeting and each answer. */
const ANSWER_TIMEOUT_MS = 10_000;
const MAX_SAID_LENGTH = 160;

/** @returns why it was not taken; `undefined` when it was */
export async function sendEmail(
  { id, host, port, security, user, password, from, to }: EmailChannel,
  message: Message,
  closing: AbortSignal,
): Promise<Undelivered | undefined> {
  // Most agents send none.
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(user === undefined ? {} : { auth: { user, pass: password ?? "" } }),
    connectionTimeout: ANSWER_TIMEOUT_MS,
    greetingTimeout: ANSWER_TIMEOUT_MS,
    socketTimeout: ANSWER_TIMEOUT_MS,
    dnsTimeout: ANSWER_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const mail = { from: { name: message.data.server, address: from }, to, ...emailText(message, id, domainOf(from)) };
  const aborted = new Promise<never>((_resolve, reject) => {
    const stop = (): void => reject(new Error("the agent ended before it was answered"));
    if (closing.aborted) stop();
    closing.addEventListener("abort", stop, { once: true });
  });
  try {
    const { rejected } = await Promise.race([transport.sendMail(mail), aborted]);
    // The others have it; once more would be twice for them.
    if (rejected.length > 0)
      return { why: `the mail server refused ${rejected.map(addressOf).join(", ")}`, isFinal: true };
    return undefined;
  } catch (failure) {
    return { why: reasonOf(failure as SmtpFailure, security) };
  } finally {
    transport.close();
  }
}

/** What the library adds to its errors. */
interface SmtpFailure extends Error {
  code?: string;
  response?: string;
  responseCode?: number;
}

function reasonOf({ code, message, response }: SmtpFailure, security: EmailChannel["security"]): string {
  const said = response === undefined ? "" : `: ${oneLine(response)}`;
  switch (code) {
    case "EAUTH":
    case "ENOAUTH":
      return `the mail server refused the user name or the password${said}`;
    case "EENVELOPE":
      return `the mail server refused the sender or the receivers${said}`;
    case "EMESSAGE":
      return `the mail server refused the message${said}`;
    case "EDNS":
      return "there is no mail server of this name";
    case "ETIMEDOUT":
      return `no answer within ${ANSWER_TIMEOUT_MS / 1000} s; check host, port and security`;
    default:
      return `the connection failed: ${socketWords(message)}${remedyFor(message, security)}`;
  }
}

function remedyFor(message: string, security: EmailChannel["security"]): string {
  if (/certificate/i.test(message)) return "; NODE_EXTRA_CA_CERTS names a file with certificates that the agent trusts";
  if (security === "tls" && message.includes("wrong version number"))
    return "; the server begins unencrypted: use `starttls`";
  return security === "starttls" && message.includes("STARTTLS") ? "; the server may want `tls`" : "";
}

/** Of OpenSSL's errors only the words. */
function socketWords(message: string): string {
  return oneLine(/SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message);
}

function oneLine(text: string): string {
  return visibleText(text, " ").replaceAll(/\s+/g, " ").trim().slice(0, MAX_SAID_LENGTH);
}

function addressOf(receiver: string | { address: string }): string {
  return typeof receiver === "string" ? receiver : receiver.address;
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1);
}
