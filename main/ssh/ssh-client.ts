/** One SSH connection to one host, up to the end of its login. */
import { t } from "../language/translate.ts";
import type { LookupFunction } from "node:net";
import type { Duplex } from "node:stream";
import ssh2 from "ssh2";
import { FailureError } from "../failures.ts";
import type { Failure } from "../contract/failures.ts";
import type { Authentication } from "./authentication.ts";
import { fingerprint, hostKeyOf } from "../host-keys/host-key.ts";
import type { HostKeys } from "../host-keys/host-keys.ts";
import { preferKnownTypes } from "../host-keys/known-hosts.ts";
import { letBlobKeysIn } from "./one-key-agent.ts";
import type { Prompter } from "./prompter.ts";
import { firstHop, ofProxy } from "./first-hop.ts";
import { HOST_KEY_ALGORITHMS, KEY_EXCHANGES, ServerOffer } from "./algorithms.ts";
import { levelOf, sshFailure } from "./ssh-failure.ts";
import { type SshHost, addressOf } from "../ssh-config/ssh-host.ts";
import { SshWire } from "./ssh-wire.ts";
import { plainText } from "../text/plain-text.ts";
import { PausableTimeout } from "../timing/pausable-timeout.ts";

export interface ConnectOptions {
  host: SshHost;
  /** The way to the host through the one before; `undefined`: from here, as `host.way` says. */
  through: Duplex | undefined;
  authentication: Authentication;
  hostKeys: HostKeys;
  prompter: Prompter;
  signal: AbortSignal;
  /** How long the other side may take to show its host key (ms). */
  patienceMs?: number;
  /**
   * How long a login may take after that (ms). A second factor may be a telephone that somebody has
   * to find; what is asked here does not count.
   */
  loginMs?: number;
  /**
   * How often a connection without traffic is asked whether it lives (ms); after three without an
   * answer it is lost.
   */
  keepaliveMs?: number;
  /** Finds the addresses of a name; the system's when left out. */
  lookup?: LookupFunction;
}

/**
 * Connects to one host, checks its key and logs in. Rejects with `FailureError`. Afterwards the
 * client's `close` event tells the end, and errors end it.
 */
export async function connectClient(options: ConnectOptions): Promise<SshWire> {
  for (;;) {
    const attempt = await attemptOnce(options);
    if (attempt.kind === "in") {
      await options.authentication.succeeded();
      return attempt.wire;
    }
    // A server hangs up after its MaxAuthTries. What is left is tried on a new connection; a
    // channel through another host cannot be used twice.
    const goesOn = attempt.failure.code === TOO_MANY && options.authentication.hasMore && options.through === undefined;
    if (!goesOn)
      throw new FailureError(
        attempt.failure.code === TOO_MANY
          ? (options.authentication.failure ?? options.authentication.refusal())
          : attempt.failure,
      );
  }
}

const MAX_PROMPT_LENGTH = 500;
const TOO_MANY = "ssh.auth-refused";
type Attempt = { kind: "in"; wire: SshWire } | { kind: "failed"; failure: Failure };

async function attemptOnce({
  host,
  through,
  authentication,
  hostKeys,
  prompter,
  signal,
  patienceMs = 15_000,
  loginMs = 120_000,
  keepaliveMs = 10_000,
  lookup,
}: ConnectOptions): Promise<Attempt> {
  const algorithms: ssh2.Algorithms = {
    kex: [...KEY_EXCHANGES],
    serverHostKey: preferKnownTypes(
      HOST_KEY_ALGORITHMS,
      await hostKeys.knownTypes(host),
    ) as ssh2.ServerHostKeyAlgorithm[],
    // What is compressed may be a thousand times as long as what came.
    compress: ["none"],
  };
  return new Promise((resolve) => {
    const client = new ssh2.Client();
    const socket = through ?? firstHop(host, lookup);
    const offer = new ServerOffer();
    socket.on("data", (chunk: Buffer) => offer.add(chunk));
    const wire = new SshWire(client, socket);
    const over = new AbortController();
    let accepted: Buffer | undefined;
    let hostKeyFailure: Failure | undefined;
    let lastError: unknown;
    const end = (failure: Failure) => {
      clearTimeout(timer);
      serverTime.stop();
      signal.removeEventListener("abort", cancelled);
      over.abort();
      resolve({ kind: "failed", failure: accepted === undefined ? ofProxy(failure, socket) : failure });
      wire.hangUp();
    };
    const late = () =>
      end({
        code: "ssh.timeout",
        message: t(
          "{address} did not answer within {seconds} s. A firewall may drop the packets, or the port is wrong.",
          { address: addressOf(host), seconds: Math.round(patienceMs / 1000) },
        ),
      });
    let timer = setTimeout(late, patienceMs);
    const progressed = () => {
      clearTimeout(timer);
      timer = setTimeout(late, patienceMs);
    };
    const waitsForPerson = () => clearTimeout(timer);
    const serverTime = new PausableTimeout(loginMs, () =>
      end({
        code: "ssh.timeout",
        message: t(
          "{address} neither let you in nor refused within {seconds} s. Its login may wait for something that does not come.",
          { address: addressOf(host), seconds: Math.round(loginMs / 1000) },
        ),
      }),
    );
    const cancelled = () =>
      end({
        code: "ssh.cancelled",
        message: t("The connection to {address} was given up.", { address: addressOf(host) }),
      });
    signal.addEventListener("abort", cancelled, { once: true });
    if (signal.aborted) {
      cancelled();
      return;
    }

    const verify = async (blob: Buffer): Promise<boolean> => {
      const key = hostKeyOf(blob);
      if (key === undefined) {
        hostKeyFailure = {
          code: "ssh.not-ssh",
          message: t("{address} shows a host key that cannot be read.", { address: addressOf(host) }),
        };
        return false;
      }
      const verdict = await hostKeys.judge(host, key);
      if (verdict.kind === "known") return true;
      if (verdict.kind === "refused") {
        hostKeyFailure = verdict.failure;
        return false;
      }
      waitsForPerson();
      if (
        (await prompter.trustHostKey(
          { host, key: { type: key.type, fingerprint: fingerprint(blob) }, others: verdict.others },
          over.signal,
        )) === undefined
      ) {
        hostKeyFailure = {
          code: "ssh.host-key-unknown",
          message: t("The host key of {address} was not accepted, so nothing was sent to it.", {
            address: addressOf(host),
          }),
        };
        return false;
      }
      hostKeys.trust(host, key);
      return true;
    };
    const nextMethod = authentication.begin({
      signal: over.signal,
      failed: end,
      elsewhere: (work) => serverTime.pausedBy(work),
    });

    client.on("error", (error) => {
      lastError = error;
      // A key that could not sign is not the end: the next method follows, unless the person gave
      // up.
      if (levelOf(error) === "agent" || levelOf(error) === "client-authentication") {
        if (authentication.failure !== undefined) end(authentication.failure);
        else if (/all configured/i.test(error.message)) end(authentication.refusal());
        return;
      }
      end(
        hostKeyFailure ??
          authentication.failure ??
          (isTooMany(error) ? authentication.refusal() : sshFailure(error, host, offer)),
      );
    });
    client.on("change password", (prompt) => {
      authentication.failure = {
        code: "ssh.auth-refused",
        message: t(
          "The password of {address} has to be changed first. The server says: {words} Change it there with “passwd”, in a terminal with ssh.",
          { address: addressOf(host), words: plainText(prompt, MAX_PROMPT_LENGTH) },
        ),
      };
      end(authentication.failure);
    });
    client.on("close", () => {
      end(
        hostKeyFailure ??
          authentication.failure ??
          sshFailure(lastError ?? new Error(wire.fault ?? t("the server hung up")), host),
      );
    });
    client.on("ready", () => {
      clearTimeout(timer);
      serverTime.stop();
      signal.removeEventListener("abort", cancelled);
      client.removeAllListeners("error");
      client.removeAllListeners("close");
      // Whoever has the connection hears its `close`, which a server that does not close its side
      // would keep from coming.
      client.on("error", () => wire.hangUp());
      resolve({ kind: "in", wire });
    });
    try {
      client.connect({
        sock: socket,
        username: host.user,
        algorithms,
        readyTimeout: 0,
        keepaliveInterval: keepaliveMs,
        keepaliveCountMax: 3,
        // Asked again at every renewal of the keys. Until it is answered ssh2 damages what it
        // sends, so the answer is there at once: yes to the key of this connection, no to others.
        hostVerifier: (key: Buffer, accept: (known: boolean) => void) => {
          if (accepted !== undefined) {
            accept(accepted.equals(key));
            return;
          }
          void verify(key)
            .catch((error: unknown) => {
              hostKeyFailure = sshFailure(error, host);
              return false;
            })
            .then((known) => {
              if (known) accepted = Buffer.from(key);
              progressed();
              accept(known);
            });
        },
        authHandler: (left, partial, next) => {
          clearTimeout(timer);
          serverTime.start();
          nextMethod(left, partial, next);
        },
      });
      letBlobKeysIn(client);
    } catch (error) {
      end(sshFailure(error, host));
    }
  });
}

/** OpenSSH says it in the text of its SSH_MSG_DISCONNECT. */
function isTooMany(error: Error): boolean {
  return /too many authentication failures/i.test(error.message);
}
