/** Two questions to an ssh-agent (draft-miller-ssh-agent): which keys it holds, and a signature. */
import net from "node:net";
import { sshString } from "./key-blob.ts";

const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;
const FLAG_RSA_SHA2_256 = 2;
const FLAG_RSA_SHA2_512 = 4;

/** OpenSSH's own limit (`MAX_AGENT_REPLY_LEN`). */
const MAX_ANSWER_BYTES = 256 * 1024;
const MAX_IDENTITIES = 2048;
/** A list needs nobody; who does not give it in this time is locked or no agent. */
const LIST_TIMEOUT_MS = 5000;
/** For a signature somebody may have to touch a token or to confirm. */
const SIGN_TIMEOUT_MS = 60_000;

export interface AgentIdentity {
  blob: Buffer;
  comment: string;
}

/** The keys that the agent at a socket holds, in its order. Rejects with an error in words. */
export async function agentIdentities(socket: string, signal: AbortSignal): Promise<AgentIdentity[]> {
  const answer = await ask(socket, Buffer.from([REQUEST_IDENTITIES]), LIST_TIMEOUT_MS, signal);
  if (answer.readUInt8(0) !== IDENTITIES_ANSWER) throw new Error("it does not say which keys it holds");
  const identities: AgentIdentity[] = [];
  const count = Math.min(answer.readUInt32BE(1), MAX_IDENTITIES);
  for (let at = 5; identities.length < count;) {
    const blob = stringAt(answer, at);
    const comment = stringAt(answer, at + 4 + blob.length);
    at += 8 + blob.length + comment.length;
    identities.push({ blob, comment: comment.toString("utf8") });
  }
  return identities;
}

/**
 * A signature blob with the name of its algorithm. Rejects with an error in words.
 * @param hash for RSA keys (RFC 8332)
 */
export async function agentSignature(
  socket: string,
  { blob, data, hash }: { blob: Buffer; data: Buffer; hash: string | undefined },
  signal: AbortSignal,
): Promise<Buffer> {
  const flags = Buffer.alloc(4);
  flags.writeUInt32BE(hash === "sha256" ? FLAG_RSA_SHA2_256 : hash === "sha512" ? FLAG_RSA_SHA2_512 : 0);
  const request = Buffer.concat([Buffer.from([SIGN_REQUEST]), sshString(blob), sshString(data), flags]);
  const answer = await ask(socket, request, SIGN_TIMEOUT_MS, signal);
  if (answer.readUInt8(0) !== SIGN_RESPONSE) throw new Error("it refused");
  return stringAt(answer, 1);
}

function stringAt(bytes: Buffer, at: number): Buffer {
  const length = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : Infinity;
  if (at + 4 + length > bytes.length) throw new Error("its answer cannot be read");
  return bytes.subarray(at + 4, at + 4 + length);
}

/** One question over a connection of its own; resolves to the answer's payload, never empty. */
function ask(path: string, request: Buffer, timeoutMs: number, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ path });
    const late = setTimeout(() => fail(new Error(`it did not answer within ${timeoutMs / 1000} s`)), timeoutMs);
    const settle = () => {
      clearTimeout(late);
      signal.removeEventListener("abort", cancelled);
      socket.destroy();
    };
    const fail = (error: Error) => {
      settle();
      reject(error);
    };
    const cancelled = () => fail(new Error("the connection was given up"));
    signal.addEventListener("abort", cancelled, { once: true });
    if (signal.aborted) {
      cancelled();
      return;
    }
    let came = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      came = Buffer.concat([came, chunk]);
      const length = came.length < 4 ? undefined : came.readUInt32BE(0);
      if (length === undefined) return;
      if (length === 0 || length > MAX_ANSWER_BYTES) fail(new Error("what answers there is no SSH agent"));
      else if (came.length >= 4 + length) {
        settle();
        resolve(came.subarray(4, 4 + length));
      }
    });
    socket.once("error", fail);
    socket.once("close", () => fail(new Error("it hung up")));
    socket.write(sshString(request));
  });
}
