/** The keys of a running ssh-agent. */
import ssh2 from "ssh2";
import { FailureError, messageOf } from "../failures.ts";
import type { KeyOffer } from "./key-offer.ts";

/**
 * The keys that the SSH agent at `socket` holds, in its order. Rejects with
 * `ssh.agent-unavailable`.
 */
export async function offersOfAgent(socket: string): Promise<KeyOffer[]> {
  const agent = ssh2.createAgent(socket);
  const keys = await new Promise<readonly unknown[]>((resolve, reject) => {
    agent.getIdentities((error, found) => {
      if (error) reject(unavailable(socket, error));
      else resolve(found ?? []);
    });
  });
  return keys.flatMap((key) => {
    const parsed: ssh2.ParsedKey | ssh2.ParsedKey[] | Error = ssh2.utils.parseKey(key as ssh2.ParsedKey);
    if (parsed instanceof Error || Array.isArray(parsed)) return [];
    const sign: KeyOffer["sign"] = (data, hash) =>
      new Promise((resolve, reject) => {
        agent.sign(parsed, data, signingOptions(hash), (error, signature) => {
          if (signature === undefined)
            reject(
              new FailureError({
                code: "ssh.agent-unavailable",
                message: `The SSH agent at ${socket} did not sign: ${messageOf(error)}.`,
              }),
            );
          else resolve(signature);
        });
      });
    return [{ name: `${parsed.comment || parsed.type} (SSH agent)`, publicKey: parsed.getPublicSSH(), sign }];
  });
}

function signingOptions(hash: string | undefined): ssh2.SigningRequestOptions {
  return hash === "sha256" || hash === "sha512" ? { hash } : {};
}

function unavailable(socket: string, error: Error): FailureError {
  return new FailureError({
    code: "ssh.agent-unavailable",
    message: `No SSH agent answers at ${socket}: ${error.message}. Start it, or choose a key file.`,
  });
}
