/** Logs in with what the server accepts: keys, passwords, keyboard-interactive (RFC 4252, 4256). */
import { t } from "../language/translate.ts";
import type ssh2 from "ssh2";
import { FailureError, messageOf } from "../failures.ts";
import type { Failure } from "../contract/failures.ts";
import { LoginAnswers, type LoginConnection, MAX_ANSWERS } from "./login-answers.ts";
import { OneKeyAgent } from "./one-key-agent.ts";
import type { Prompter } from "./prompter.ts";
import type { Secrets } from "./secrets.ts";
import { type SshHost, addressOf } from "../ssh-config/ssh-host.ts";
import type { AskPassphrase } from "../ssh-keys/key-file.ts";
import type { KeyOffer, LockedKey } from "../ssh-keys/key-offer.ts";

type Method = ssh2.AnyAuthMethod;
type MethodName = ssh2.AuthenticationType;

/**
 * More keys than this are not tried: a server that refuses so many knows none of them, and its
 * guard may lock the address out.
 */
const MAX_KEYS = 24;
/**
 * Connections for one login. Each offers at least one key more, so that only a server that hangs up
 * without reason comes near.
 */
const MAX_ROUNDS = MAX_KEYS + MAX_ANSWERS;
/**
 * What is tried to log in to one host, in which order (RFC 4252): keys, keyboard-interactive,
 * password, each as long as the server allows it. It outlives the connection: a server that hangs
 * up after its MaxAuthTries is called again, and the next connection goes on where the last one
 * ended.
 */
export class Authentication {
  readonly #host: SshHost;
  readonly #answers: LoginAnswers;
  #connection: LoginConnection = {
    signal: new AbortController().signal,
    failed: () => undefined,
    elsewhere: (work) => work(),
  };
  /** Not offered yet. */
  #offers: (KeyOffer | LockedKey)[] = [];
  /**
   * Was accepted as one of several steps (`AuthenticationMethods`), and has to be shown again by
   * the next connection.
   */
  #accepted: KeyOffer | undefined;
  #offered: { offer: KeyOffer; signed: boolean } | undefined;
  /** Methods that the server allowed when the key in question was offered. */
  #before: readonly string[] | undefined;
  #round = 0;
  #triedBefore = 0;
  #askedPrompts = 0;
  readonly #tried: string[] = [];
  readonly #notTried: string[] = [];
  #allowed: readonly string[] = [];
  /** Why it is over, when a person or a key file ended it and not the server. */
  failure: Failure | undefined;

  constructor(host: SshHost, prompter: Prompter, secrets: Secrets) {
    this.#host = host;
    this.#answers = new LoginAnswers(host, prompter, secrets);
  }

  /**
   * Keys to be offered, the likeliest first, and sentences on what would have been: a refusal by
   * the server will have them.
   */
  offer(keys: readonly (KeyOffer | LockedKey)[], notTried: readonly string[]): void {
    this.#offers = keys.slice(0, MAX_KEYS);
    this.#notTried.push(...notTried);
    if (keys.length > MAX_KEYS)
      this.#notTried.push(
        t(
          "Of {count} keys the first {most} were tried; choose the right one in the app, or name it with IdentityFile.",
          { count: keys.length, most: MAX_KEYS },
        ),
      );
  }

  /** Whether another connection could still get further than the last one did. */
  get hasMore(): boolean {
    if (this.failure !== undefined || this.#tried.length === this.#triedBefore) return false;
    return this.#round < (this.#offers.length > 0 ? MAX_ROUNDS : this.#asksPerson() ? MAX_ANSWERS + 2 : 0);
  }

  /** To be called before each connection; returns what ssh2 asks for the next method. */
  begin(connection: LoginConnection): ssh2.AuthHandlerMiddleware {
    this.#connection = connection;
    this.#round += 1;
    this.#answers.begin();
    this.#triedBefore = this.#tried.length;
    this.#offered = undefined;
    if (this.#accepted !== undefined) this.#offers.unshift(this.#accepted);
    this.#accepted = undefined;
    return (left, _partial, next) => {
      this.#next(left as MethodName[] | null).then(
        (method) => next(method as Method),
        (error: unknown) => {
          this.#fail(error);
          next(false as never);
        },
      );
    };
  }

  /** Remembers what turned out to be right and was asked to be remembered. */
  succeeded(): Promise<void> {
    return this.#answers.succeeded();
  }

  /** What the server refused, in words. */
  refusal(): Failure {
    const tried =
      this.#tried.length === 0
        ? t("There was nothing to try.")
        : t("Tried: {names}.", { names: this.#tried.join(", ") });
    const allowed =
      this.#allowed.length === 0 ? "" : ` ${t("The server allows: {names}.", { names: this.#allowed.join(", ") })}`;
    const notTried = this.#notTried.map((why) => ` ${why}`).join("");
    return {
      code: "ssh.auth-refused",
      message: t(
        "{address} did not let you in. {what} Check the user name, or choose the key whose public half is in the server's authorized_keys.",
        { address: addressOf(this.#host), what: `${tried}${allowed}${notTried}` },
      ),
    };
  }

  /** For the passphrase of a key file: the saved one first, then the person. */
  readonly askPassphrase: AskPassphrase = (file, wrong) => this.#answers.passphrase(file, wrong, this.#connection);

  async #next(left: readonly MethodName[] | null): Promise<Method | false> {
    const username = this.#host.user;
    if (left === null) return { type: "none", username };
    if (this.#offered?.signed === true) {
      // The server wanted this key's signature and is still not content. Whether it was one of
      // several steps, ssh2 does not hand on with keys of an agent; the answer to another "none"
      // tells which methods are left.
      this.#accepted = this.#offered.offer;
      this.#before = left;
      this.#offered = undefined;
      return { type: "none", username };
    }
    if (this.#before !== undefined && sameMethods(this.#before, left)) this.#accepted = undefined;
    this.#before = undefined;
    this.#offered = undefined;
    this.#allowed = left;
    if (left.includes("publickey")) {
      const offer = await this.#nextOffer();
      if (offer !== undefined) {
        this.#offered = { offer, signed: false };
        this.#tried.push(offer.name);
        return { type: "agent", username, agent: this.#signerOf(offer) };
      }
    }
    if (left.includes("keyboard-interactive") && this.#askedPrompts < MAX_ANSWERS) {
      this.#askedPrompts += 1;
      this.#tried.push("keyboard-interactive");
      this.#answers.beginDialogue();
      return {
        type: "keyboard-interactive",
        username,
        prompt: (title, instructions, _language, prompts, finish) =>
          void this.#answer({ title, instructions, prompts }, finish),
      };
    }
    if (left.includes("password")) {
      const password = await this.#answers.password(this.#tried.includes("password"), this.#connection);
      if (password === undefined) return false;
      this.#tried.push("password");
      return { type: "password", username, password };
    }
    return false;
  }

  /** One that has to be unlocked first, and is not, is passed over. */
  async #nextOffer(): Promise<KeyOffer | undefined> {
    for (let key = this.#offers.shift(); key !== undefined; key = this.#offers.shift()) {
      if (!("unlock" in key)) return key;
      try {
        return await key.unlock();
      } catch (error) {
        if (key.required) throw error;
        this.#notTried.push(messageOf(error));
      }
    }
    return undefined;
  }

  async #answer(
    asked: { title: string; instructions: string; prompts: readonly ssh2.Prompt[] },
    finish: (answers: string[]) => void,
  ): Promise<void> {
    try {
      const answers = await this.#answers.dialogue(asked, this.#tried.includes("password"), this.#connection);
      if (answers === undefined) throw new FailureError(this.refusal());
      finish(answers);
    } catch (error) {
      this.#connection.failed(this.#fail(error));
    }
  }

  #signerOf(offer: KeyOffer): OneKeyAgent {
    return new OneKeyAgent(offer, async (data, hash) => {
      const offered = this.#offered?.offer === offer ? this.#offered : undefined;
      const { elsewhere, signal } = this.#connection;
      try {
        const signature = await elsewhere(() => offer.sign(data, hash, signal));
        if (offered !== undefined) offered.signed = true;
        return signature;
      } catch (error) {
        // A card that is away, a question that was cancelled: the next key may do.
        if (offer.required) this.#fail(error);
        else this.#notTried.push(messageOf(error));
        throw error;
      }
    });
  }

  #asksPerson(): boolean {
    return (
      this.#allowed.some((method) => method === "password" || method === "keyboard-interactive") &&
      this.#answers.hasPasswordsLeft &&
      this.#askedPrompts < MAX_ANSWERS
    );
  }

  #fail(error: unknown): Failure {
    return (this.failure ??=
      error instanceof FailureError
        ? error.failure
        : { code: "ssh.auth-refused", message: t("The login failed: {why}", { why: messageOf(error) }) });
  }
}

function sameMethods(one: readonly string[], other: readonly string[]): boolean {
  return [...one].sort().join() === [...other].sort().join();
}
