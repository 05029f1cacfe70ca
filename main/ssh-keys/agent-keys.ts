/** The keys of a running ssh-agent, as offers. */
import { FailureError, messageOf } from "../failures.ts";
import { plainText } from "../text/plain-text.ts";
import { algorithmOf, innerSignature, typeOfKey } from "./key-blob.ts";
import type { KeyOffer } from "./key-offer.ts";
import { type AgentIdentity, agentIdentities, agentSignature } from "./ssh-agent.ts";
import { t } from "../language/translate.ts";

const MAX_COMMENT_LENGTH = 100;
const KNOWN_TYPE = /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521))$/;

/**
 * The keys that the SSH agent at `socket` holds, in its order; certificates and keys in hardware as
 * well. `unknown`: types that no login here can use. Rejects with `ssh.agent-unavailable`.
 */
export async function offersOfAgent(
  socket: string,
  signal: AbortSignal,
): Promise<{ offers: KeyOffer[]; unknown: string[] }> {
  const identities = await agentIdentities(socket, signal).catch((error: unknown) => {
    throw new FailureError({
      code: "ssh.agent-unavailable",
      message: t("The keys of the SSH agent at {socket} were not tried: {why}.", { socket, why: messageOf(error) }),
    });
  });
  const isKnown = ({ blob }: AgentIdentity) => KNOWN_TYPE.test(typeOfKey(blob)) || algorithmOf(blob) !== undefined;
  return {
    offers: identities.filter(isKnown).map((identity) => offerOf(socket, identity)),
    unknown: identities.filter((identity) => !isKnown(identity)).map(nameOf),
  };
}

function nameOf({ blob, comment }: AgentIdentity): string {
  return `${plainText(comment === "" ? typeOfKey(blob) : comment, MAX_COMMENT_LENGTH)} (SSH agent)`;
}

function offerOf(socket: string, identity: AgentIdentity, certificate?: Buffer): KeyOffer {
  const { blob } = identity;
  const publicKey = certificate ?? blob;
  const algorithm = algorithmOf(publicKey);
  const name =
    certificate === undefined ? nameOf(identity) : t("{name} with its certificate", { name: nameOf(identity) });
  return {
    name,
    required: false,
    publicKey,
    algorithm,
    withCertificate: (other) => offerOf(socket, identity, other),
    sign: async (data, hash, signal) => {
      const wanted = algorithm?.startsWith("rsa-sha2-512") === true ? "sha512" : hash;
      try {
        const signature = await agentSignature(socket, { blob, data, hash: wanted }, signal);
        const inner = algorithm === undefined ? innerSignature(signature) : signature;
        if (inner === undefined) throw new Error(t("its signature cannot be read"));
        return inner;
      } catch (error) {
        throw new FailureError({
          code: "ssh.agent-unavailable",
          message: t("The SSH agent at {socket} did not sign with {name}: {why}.", {
            socket,
            name,
            why: messageOf(error),
          }),
        });
      }
    },
  };
}
