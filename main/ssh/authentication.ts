/** Logs in with what the server accepts: keys, passwords, keyboard-interactive (RFC 4252, 4256). */
import ssh2 from "ssh2";
import { FailureError, messageOf } from "../failures.ts";
import type { Failure } from "../contract/failures.ts";
import type { KeyOffer } from "./key-offer.ts";
import type { Prompter, PromptsQuestion } from "./prompter.ts";
import { plainText } from "../text/plain-text.ts";
import type { Secrets } from "./secrets.ts";
import { type SshHost, addressOf } from "../ssh-config/ssh-host.ts";

type Method = ssh2.AnyAuthMethod;
type MethodName = ssh2.AuthenticationType;

/**
 * More keys than this are not tried: a server that refuses so many knows none of them, and its
 * guard may lock the address out.
 */
const MAX_KEYS = 24;
const MAX_ANSWERS = 3;
/**
 * Connections for one login. Each offers at least one key more, so that only a server that hangs up
 * without reason comes near.
 */
const MAX_ROUNDS = MAX_KEYS + MAX_ANSWERS;
/** Questions at a time, and one after the other in one connection; more is no login. */
const MAX_PROMPTS = 20;
const MAX_DIALOGUES = 20;
const MAX_TITLE_LENGTH = 200;
const MAX_TEXT_LENGTH = 2000;

/** One connection, as far as the login needs it. */
export interface LoginConnection {
  /** Aborted with its end. */
  signal: AbortSignal;
  /** Ends it. */
  failed: (failure: Failure) => void;
  /**
   * Runs what the server is not to be blamed for: a person, a keychain or an SSH agent takes its
   * time.
   */
  elsewhere: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * What is tried to log in to one host, in which order (RFC 4252): keys, keyboard-interactive,
 * password, each as long as the server allows it. It outlives the connection: a server that hangs
 * up after its MaxAuthTries is called again, and the next connection goes on where the last one
 * ended.
 */
export class Authentication {
  readonly #host: SshHost;
  readonly #prompter: Prompter;
  readonly #secrets: Secrets;
  #connection: LoginConnection;
  /** Not offered yet. */
  #offers: KeyOffer[] = [];
  /**
   * Was accepted as one of several steps (`AuthenticationMethods`), and has to be shown again by
   * the next connection.
   */
  #accepted: KeyOffer | undefined;
  #offered: { offer: KeyOffer; signed: boolean } | undefined;
  /** Methods that the server allowed when the key in question was offered. */
  #before: readonly string[] | undefined;
  #round = 0;
  #dialogues = 0;
  #triedBefore = 0;
  #askedPassword = 0;
  #askedPrompts = 0;
  #savedPasswordTried = false;
  #toRemember = new Map<string, string>();
  readonly #tried: string[] = [];
  readonly #notTried: string[] = [];
  #allowed: readonly string[] = [];
  /** Why it is over, when a person or a key file ended it and not the server. */
  failure: Failure | undefined;

  /** @param signal the end of what asks the person before the first connection */
  constructor(host: SshHost, prompter: Prompter, secrets: Secrets, signal: AbortSignal) {
    this.#connection = { signal, failed: () => undefined, elsewhere: (work) => work() };
    this.#host = host;
    this.#prompter = prompter;
    this.#secrets = secrets;
  }

  /** Keys to be offered, the likeliest first. */
  offer(offers: readonly KeyOffer[]): void {
    this.#offers = offers.slice(0, MAX_KEYS);
  }

  /** Something that would have been tried; a refusal by the server will mention it. */
  couldNotTry(why: string): [] {
    this.#notTried.push(why);
    return [];
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
    this.#dialogues = 0;
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
  async succeeded(): Promise<void> {
    for (const [account, secret] of this.#toRemember) await this.#secrets.set(account, secret);
    this.#toRemember.clear();
  }

  /** What the server refused, in words. */
  refusal(): Failure {
    const tried = this.#tried.length === 0 ? "There was nothing to try" : `Tried: ${this.#tried.join(", ")}`;
    const allowed = this.#allowed.length === 0 ? "" : ` The server allows: ${this.#allowed.join(", ")}.`;
    const notTried = this.#notTried.map((why) => ` ${why}`).join("");
    return {
      code: "ssh.auth-refused",
      message: `${addressOf(this.#host)} did not let you in. ${tried}.${allowed}${notTried} Check the user name, or choose the key whose public half is in the server's authorized_keys.`,
    };
  }

  /** For the passphrase of a key file: the saved one first, then the person. */
  readonly askPassphrase = async (file: string, wrong: boolean): Promise<string | undefined> => {
    const account = `passphrase:${file}`;
    if (!wrong) {
      const saved = await this.#saved(account);
      if (saved !== undefined) return saved;
    }
    return this.#askSecret("passphrase", file, account, wrong);
  };

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
      const offer = this.#offers.shift();
      if (offer !== undefined) {
        this.#offered = { offer, signed: false };
        this.#tried.push(offer.name);
        return { type: "agent", username, agent: this.#signerOf(offer) };
      }
    }
    if (left.includes("keyboard-interactive") && this.#askedPrompts < MAX_ANSWERS) {
      this.#askedPrompts += 1;
      this.#tried.push("keyboard-interactive");
      return {
        type: "keyboard-interactive",
        username,
        prompt: (title, instructions, _language, prompts, finish) =>
          void this.#answer(title, instructions, prompts, finish),
      };
    }
    if (left.includes("password")) {
      const password = await this.#password();
      if (password === undefined) return false;
      this.#tried.push("password");
      return { type: "password", username, password };
    }
    return false;
  }

  /** A saved password is tried once; then the person is asked. */
  async #password(): Promise<string | undefined> {
    const account = `password:${addressOf(this.#host)}`;
    if (!this.#savedPasswordTried) {
      this.#savedPasswordTried = true;
      const saved = await this.#saved(account);
      if (saved !== undefined) return saved;
    }
    if (this.#askedPassword >= MAX_ANSWERS) return undefined;
    this.#askedPassword += 1;
    const password = await this.#askSecret(
      "password",
      addressOf(this.#host),
      account,
      this.#tried.includes("password") || this.#askedPassword > 1,
    );
    if (password === undefined)
      throw new FailureError({ code: "ssh.cancelled", message: `No password was given for ${addressOf(this.#host)}.` });
    return password;
  }

  async #answer(
    title: string,
    instructions: string,
    prompts: readonly ssh2.Prompt[],
    finish: (answers: string[]) => void,
  ): Promise<void> {
    try {
      this.#dialogues += 1;
      const excess =
        prompts.length > MAX_PROMPTS
          ? `${prompts.length} questions at once`
          : this.#dialogues > MAX_DIALOGUES
            ? "one question after the other"
            : undefined;
      if (excess !== undefined)
        throw new FailureError({
          code: "ssh.auth-refused",
          message: `${addressOf(this.#host)} asks ${excess}, which no login needs. The connection was ended.`,
        });
      const question: PromptsQuestion = {
        host: this.#host,
        title: plainText(title, MAX_TITLE_LENGTH),
        instructions: plainText(instructions, MAX_TEXT_LENGTH),
        prompts: prompts.map(({ prompt, echo }) => ({
          text: plainText(prompt, MAX_TITLE_LENGTH),
          echo: echo === true,
        })),
      };
      const only = question.prompts.length === 1 ? question.prompts[0] : undefined;
      if (only !== undefined && !only.echo && /password/i.test(only.text)) {
        const password = await this.#password();
        if (password === undefined) throw new FailureError(this.refusal());
        finish([password]);
        return;
      }
      const { signal, elsewhere } = this.#connection;
      const answers = await elsewhere(() => this.#prompter.prompts(question, signal));
      if (answers === undefined)
        throw new FailureError({
          code: "ssh.cancelled",
          message: `The questions of ${addressOf(this.#host)} were not answered.`,
        });
      finish([...answers]);
    } catch (error) {
      this.#connection.failed(this.#fail(error));
    }
  }

  /** A keychain may ask the person to be unlocked. */
  #saved(account: string): Promise<string | undefined> {
    return this.#connection.elsewhere(() => this.#secrets.get(account));
  }

  async #askSecret(
    what: "password" | "passphrase",
    subject: string,
    account: string,
    wrong: boolean,
  ): Promise<string | undefined> {
    const { signal, elsewhere } = this.#connection;
    const answer = await elsewhere(() => this.#prompter.secret({ host: this.#host, what, subject, wrong }, signal));
    if (answer === undefined) return undefined;
    if (answer.remember) this.#toRemember.set(account, answer.secret);
    else this.#toRemember.delete(account);
    return answer.secret;
  }

  /**
   * ssh2 offers the keys of an "agent" one after the other and asks it to sign only when the server
   * wants that key: so each offer is an agent with one key.
   */
  #signerOf(offer: KeyOffer): ssh2.BaseAgent<Buffer> {
    const wanted = () => {
      if (this.#offered?.offer === offer) this.#offered.signed = true;
    };
    const sign: KeyOffer["sign"] = (data, hash) => this.#connection.elsewhere(() => offer.sign(data, hash));
    return new OneKeyAgent({ ...offer, sign }, wanted, (error) => this.#fail(error));
  }

  #asksPerson(): boolean {
    return (
      this.#allowed.some((method) => method === "password" || method === "keyboard-interactive") &&
      this.#askedPassword < MAX_ANSWERS &&
      this.#askedPrompts < MAX_ANSWERS
    );
  }

  #fail(error: unknown): Failure {
    return (this.failure ??=
      error instanceof FailureError
        ? error.failure
        : { code: "ssh.auth-refused", message: `The login failed: ${messageOf(error)}` });
  }
}

function sameMethods(one: readonly string[], other: readonly string[]): boolean {
  return [...one].sort().join() === [...other].sort().join();
}

class OneKeyAgent extends ssh2.BaseAgent<Buffer> {
  readonly #offer: KeyOffer;
  readonly #wanted: () => void;
  readonly #failed: (error: unknown) => void;

  constructor(offer: KeyOffer, wanted: () => void, failed: (error: unknown) => void) {
    super();
    this.#offer = offer;
    this.#wanted = wanted;
    this.#failed = failed;
  }

  override getIdentities(found: ssh2.IdentityCallback<Buffer>): void {
    found(undefined, [this.#offer.publicKey]);
  }

  override sign(
    _publicKey: Buffer,
    data: Buffer,
    options: ssh2.SigningRequestOptions | ssh2.SignCallback,
    signed?: ssh2.SignCallback,
  ): void {
    const done = typeof options === "function" ? options : signed;
    const hash = typeof options === "function" ? undefined : options.hash;
    this.#wanted();
    this.#offer.sign(data, hash).then(
      (signature) => done?.(null, signature),
      (error: unknown) => {
        this.#failed(error);
        done?.(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }
}
