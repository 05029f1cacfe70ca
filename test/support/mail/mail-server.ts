/** A real mail server on this computer, and what it has taken. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export const PASSWORD = "correct horse";

interface Mail {
  user: string | undefined;
  secure: boolean;
  to: string[];
  data: string;
}

/** Takes mails of `backsoon` with the password, to everybody but `gone@`. */
export async function startMailServer(options: SMTPServerOptions = {}) {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    logger: false,
    onAuth({ username, password }, _session, answer) {
      if (username === "backsoon" && password === PASSWORD) answer(null, { user: username });
      else answer(new Error(`Invalid password for ${username ?? ""}`));
    },
    onRcptTo({ address }, _session, answer) {
      answer(address.startsWith("gone@") ? Object.assign(new Error("No such user"), { responseCode: 550 }) : null);
    },
    onData(stream, session, answer) {
      let data = "";
      stream.on("data", (chunk: Buffer) => (data += chunk.toString()));
      stream.on("end", () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        mails.push({ user: session.user as string | undefined, secure: session.secure, to, data });
        answer(null);
      });
    },
    ...options,
  });
  // A client that breaks off is none of its faults.
  server.on("error", () => undefined);
  const listening = server.listen(0, "127.0.0.1");
  await once(listening, "listening");
  return {
    mails,
    port: (listening.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
