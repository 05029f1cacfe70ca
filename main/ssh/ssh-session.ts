/** What can be done over a login: channels to an agent, commands, uploads. */
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type ssh2 from "ssh2";
import { ChannelStream } from "./channel-stream.ts";
import { NoRoomError } from "../agent/no-room.ts";
import { FailureError, messageOf } from "../failures.ts";
import type { Failure } from "../contract/failures.ts";
import { plainText } from "../text/plain-text.ts";
import { type SshHost, addressOf } from "../ssh-config/ssh-host.ts";
import { exitCodeOf, OPEN_TIMEOUT_MS, type MaybeChannel, type SshWire } from "./ssh-wire.ts";
import { t } from "../language/translate.ts";

/** How to reach the agent on the other side. */
export interface AgentPlace {
  /** Of its admin socket, on the server. */
  socketPath: string;
  /** The agent's program on the server, for where forwarding is forbidden. */
  program: string;
}

/** One SSH connection to a server, with as many channels as there are calls. */
export class SshSession {
  readonly #wires: readonly SshWire[];
  readonly host: SshHost;
  readonly #openMs: number;
  readonly #ended = new AbortController();
  #channel: "unknown" | "streamlocal" | "dial-stdio" = "unknown";

  /**
   * @param wires logged in, the jump hosts first.
   * @param openMs how long the server may take to open a channel, and to start what is behind it
   */
  constructor(wires: readonly SshWire[], host: SshHost, openMs = OPEN_TIMEOUT_MS) {
    this.#wires = wires;
    this.host = host;
    this.#openMs = openMs;
    for (const { client } of wires) client.once("close", () => this.end());
  }

  /** Aborted when the connection is over, for whatever reason. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /**
   * Why the connection was ended from here; `undefined` when it was not, or for no fault of the
   * server.
   */
  get fault(): Failure | undefined {
    const why = this.#wires.find(({ fault }) => fault !== undefined)?.fault;
    return why === undefined
      ? undefined
      : {
          code: "ssh.lost",
          message: t("The connection to {address} was ended from here: {why}.", { address: this.address, why }),
        };
  }

  /** How the agent's socket is reached; `unknown` before the first channel. */
  get channel(): "unknown" | "streamlocal" | "dial-stdio" {
    return this.#channel;
  }

  get address(): string {
    return addressOf(this.host);
  }

  get #wire(): SshWire {
    const last = this.#wires.at(-1);
    if (last === undefined) throw new Error("a session has a connection");
    return last;
  }

  /** Nothing stands in between: no jump host, no `ProxyCommand`. */
  get isDirect(): boolean {
    return this.#wires.length === 1 && this.host.way.proxyCommand === undefined;
  }

  /** A channel to the agent's admin socket. Rejects with `FailureError`. */
  async dial(place: AgentPlace): Promise<Duplex> {
    if (this.#channel !== "dial-stdio") {
      const channel = await this.#forward(place.socketPath);
      if (channel !== undefined) {
        this.#channel = "streamlocal";
        return channel;
      }
    }
    // OpenSSH refuses what is forbidden with the same code as what nobody answers. The agent's
    // program can tell which it was.
    const channel = await this.#dialStdio(place);
    this.#channel = "dial-stdio";
    return channel;
  }

  /** Runs a command. Rejects with `FailureError` when the server does not even begin it. */
  async exec(command: string): Promise<ssh2.ClientChannel> {
    const begun = await this.#whenThereIsRoom(() => this.#execOnce(command));
    if (begun instanceof Error) throw this.#lost(t("it does not run commands ({message})", { message: begun.message }));
    return begun;
  }

  /** Rejects with `FailureError`: `ssh.no-sftp` when the server takes no files. */
  async sftp(): Promise<ssh2.SFTPWrapper> {
    const begun = await this.#whenThereIsRoom(() =>
      this.#asked<ssh2.SFTPWrapper | Error>((resolve) =>
        this.#wire.client.sftp((error, sftp) => resolve(error ?? sftp)),
      ),
    );
    if (!(begun instanceof Error)) return begun;
    const advice = isChannelRefusal(begun)
      ? t("It allows no more sessions on one connection; raise MaxSessions in its sshd_config.")
      : NO_SFTP_PACKET.test(begun.message)
        ? t(
            "Something was printed before the first packet: let the account's shell print only on terminals (in ~/.bashrc, for example), or set “Subsystem sftp internal-sftp” in sshd_config.",
          )
        : t("Turn on its sftp subsystem.");
    throw new FailureError({
      code: "ssh.no-sftp",
      message: t("{address} does not take files over SFTP ({message}). {advice}", {
        address: this.address,
        message: begun.message,
        advice,
      }),
    });
  }

  /**
   * A session channel, or the error with which the server refuses it. One that was closed counts at
   * the server (MaxSessions) until the program behind it has ended; so a refusal is not the last
   * word.
   */
  async #whenThereIsRoom<T>(open: () => Promise<T | Error>): Promise<T | Error> {
    for (let attempt = 0; ; attempt += 1) {
      const begun = await open();
      const pause = ROOM_PAUSES_MS[attempt];
      if (!isChannelRefusal(begun) || pause === undefined) return begun;
      await delay(pause);
    }
  }

  /** The channel of a command, or the error with which the server refuses it. */
  #execOnce(command: string): Promise<ssh2.ClientChannel | Error> {
    return this.#asked((resolve) =>
      this.#wire.client.exec(command, (error, channel) => resolve(error ?? this.#wire.opened(channel))),
    );
  }

  end(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    for (const wire of this.#wires.toReversed()) wire.hangUp();
  }

  #forward(socketPath: string): Promise<Duplex | undefined> {
    return this.#asked((resolve) => {
      try {
        this.#wire.client.openssh_forwardOutStreamLocal(socketPath, (error, channel) =>
          resolve(error === undefined ? new ChannelStream(this.#wire.opened(channel), this.ended) : undefined),
        );
      } catch {
        // ssh2 does not even ask servers other than OpenSSH.
        resolve(undefined);
      }
    });
  }

  /**
   * The login shell may print a greeting before the program runs; what counts begins after the line
   * with which the agent's program says that it has the socket.
   */
  async #dialStdio({ socketPath, program }: AgentPlace): Promise<Duplex> {
    const command = `${programWord(program)} dial-stdio --announce --socket ${quoted(socketPath)}`;
    const channel = await this.#execOnce(command);
    // No waiting here: whoever dials may have another channel to wait for.
    if (isChannelRefusal(channel))
      throw new NoRoomError({
        code: "ssh.dial-failed",
        message: t(
          "{address} allows no more sessions on one connection, and forbids forwarding. Raise MaxSessions in its sshd_config to 10, or allow forwarding (AllowStreamLocalForwarding).",
          { address: this.address },
        ),
      });
    if (channel instanceof Error)
      throw this.#lost(t("it does not run commands ({message})", { message: channel.message }));
    return new Promise((resolve, reject) => {
      let said = Buffer.alloc(0);
      let complaint = "";
      const fail = (failure: (words: string) => Failure) => {
        settle();
        channel.destroy();
        // A shell that refuses logins says so on its standard output.
        const words = complaint.trim() === "" ? said.toString("utf8") : complaint;
        reject(new FailureError(failure(words.trim())));
      };
      const over = () =>
        fail((words) => dialFailure(exitCodeOf(channel) ?? undefined, words, { socketPath, program }, this.host));
      // It counts there as a session (MaxSessions), for which nobody waits any more.
      const late = setTimeout(() => fail((words) => slowDial(this.#openMs, words, program, this.host)), this.#openMs);
      // Read piece by piece, not as flowing data: what comes after belongs to whoever gets the
      // channel.
      const onReadable = () => {
        for (let chunk = channel.read() as Buffer | null; chunk !== null; chunk = channel.read() as Buffer | null)
          said = Buffer.concat([said, chunk]);
        const at = said.indexOf(CONNECTED);
        if (at === -1) {
          if (said.length > MAX_GREETING_BYTES) over();
          return;
        }
        settle();
        resolve(new ChannelStream(channel, this.ended, said.subarray(at + CONNECTED.length)));
      };
      const settle = () => {
        clearTimeout(late);
        channel.removeListener("readable", onReadable);
        channel.removeListener("close", over);
        this.ended.removeEventListener("abort", over);
      };
      // Must be read in any case, else the channel's window fills up.
      channel.stderr.on(
        "data",
        (chunk: Buffer) => (complaint = `${complaint}${chunk.toString("utf8")}`.slice(0, MAX_STDERR_LENGTH)),
      );
      channel.on("readable", onReadable);
      channel.once("close", over);
      this.ended.addEventListener("abort", over, { once: true });
    });
  }

  /** A channel, or how the server refused it. Rejects with `FailureError`. */
  async #asked<T extends MaybeChannel>(ask: (opened: (outcome: T) => void) => unknown): Promise<T> {
    try {
      return await this.#wire.asked(ask, this.ended, this.#openMs);
    } catch (error) {
      throw this.#lost(messageOf(error));
    }
  }

  #lost(why: string): FailureError {
    return new FailureError({
      code: "ssh.lost",
      message: t("The SSH connection to {address} failed: {why}.", { address: this.address, why }),
    });
  }
}

const CONNECTED = Buffer.from("backsoon-agent: connected\n");
/** After a refused channel (ms). */
const ROOM_PAUSES_MS = [50, 100, 200, 400, 800, 1600];
/** What ssh2 says of bytes that are none of SFTP's (draft-ietf-secsh-filexfer-02, 3). */
const NO_SFTP_PACKET = /packet length|unknown packet type|VERSION packet/i;
const MAX_GREETING_BYTES = 64 * 1024;
const MAX_STDERR_LENGTH = 2000;

/** SSH_MSG_CHANNEL_OPEN_FAILURE (RFC 4254, 5.1): ssh2 adds its reason code. */
function isChannelRefusal(outcome: unknown): boolean {
  return outcome instanceof Error && "reason" in outcome && typeof outcome.reason === "number";
}

/** A program's path or name as a shell word; `~` and `~name` stand for a home folder. */
function programWord(program: string): string {
  const [, home = "", rest = program] = /^(~[\w.+-]*\/)(.*)$/s.exec(program) ?? [];
  return `${home}${quoted(rest)}`;
}

/** For a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Of `backsoon-agent dial-stdio` (server-agent/exit-codes.ts): nothing listens at the socket. */
const NO_AGENT_ANSWERS = 6;

function slowDial(openMs: number, complaint: string, program: string, host: SshHost): Failure {
  const began = t(
    "{address} did not start {program} within {seconds} s. What runs at each login there (~/.bashrc, for example) may wait for something. Try “ssh {host} true” in a terminal.",
    { address: addressOf(host), program, seconds: Math.round(openMs / 1000), host: host.label },
  );
  return { code: "ssh.dial-failed", message: `${began}${itSaid(complaint)}` };
}

/** A sentence of its own, behind another; nothing where nothing was said. */
function itSaid(words: string): string {
  return words === "" ? "" : ` ${t("It said: {words}", { words: plainText(words, MAX_STDERR_LENGTH) })}`;
}

function dialFailure(
  exitCode: number | undefined,
  complaint: string,
  { socketPath, program }: AgentPlace,
  host: SshHost,
): Failure {
  const address = addressOf(host);
  const said = itSaid(complaint);
  if (exitCode === 127 || exitCode === 126)
    return {
      code: "server.agent-missing",
      message: `${t("{address} does not connect to {socketPath}: no agent answers there, or forwarding is forbidden. The program {program} that could stand in is not there or may not be run.", { address, socketPath, program })}${said}`,
    };
  if (exitCode === NO_AGENT_ANSWERS)
    return {
      code: "server.socket-missing",
      message: `${t("No agent answers at {socketPath} on {address}. Install or start the agent, or correct the path.", { socketPath, address })}${said}`,
    };
  const ended =
    exitCode === undefined
      ? t("{address} does not connect to {socketPath}, and {program} that could stand in ended.", {
          address,
          socketPath,
          program,
        })
      : t("{address} does not connect to {socketPath}, and {program} that could stand in ended with code {exitCode}.", {
          address,
          socketPath,
          program,
          exitCode,
        });
  return { code: "ssh.dial-failed", message: `${ended}${said}` };
}
