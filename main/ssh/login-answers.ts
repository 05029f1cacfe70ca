/**
 * What the person, or the keychain for them, answers during the login to one host: passwords,
 * passphrases, and the questions of keyboard-interactive (RFC 4256).
 */
import { t } from "../language/translate.ts";
import type ssh2 from "ssh2";
import type { Failure } from "../contract/failures.ts";
import { FailureError } from "../failures.ts";
import { type SshHost, addressOf } from "../ssh-config/ssh-host.ts";
import { plainText } from "../text/plain-text.ts";
import type { Prompter, PromptsQuestion } from "./prompter.ts";
import type { Secrets } from "./secrets.ts";

/** Passwords, and dialogues, of one login. */
export const MAX_ANSWERS = 3;
/** Questions at a time, and one after the other in one connection; more is no login. */
const MAX_PROMPTS = 20;
const MAX_DIALOGUES = 20;
const MAX_TITLE_LENGTH = 200;
const MAX_TEXT_LENGTH = 2000;

/** Of prompts that want something else than the password of the account. */
const OTHER_PROMPT =
  /\b(?:one[- ]?time|otp|totp|codes?|passcode|token|pin|new|old|current|retype|re-?enter|again|change|expired|verification|second|2fa)\b/i;
/** Of the text around a prompt, where more may stand that means nothing. */
const OTHER_TEXT = /\b(?:one[- ]?time|otp|totp|passcode|token|expired|change your password|password change)\b/i;

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

export class LoginAnswers {
  readonly #host: SshHost;
  readonly #prompter: Prompter;
  readonly #secrets: Secrets;
  #dialogues = 0;
  #askedPassword = 0;
  #savedPasswordTried = false;
  /** Whether the dialogue at hand had its password, and changed it. */
  #dialogueHadPassword = false;
  #passwordChanged = false;
  #toRemember = new Map<string, string>();

  constructor(host: SshHost, prompter: Prompter, secrets: Secrets) {
    this.#host = host;
    this.#prompter = prompter;
    this.#secrets = secrets;
  }

  get #passwordAccount(): string {
    return `password:${addressOf(this.#host)}`;
  }

  /** Whether the person may be asked for a password once more. */
  get hasPasswordsLeft(): boolean {
    return this.#askedPassword < MAX_ANSWERS;
  }

  /** To be called before each connection. */
  begin(): void {
    this.#dialogues = 0;
  }

  /** To be called before each attempt with keyboard-interactive. */
  beginDialogue(): void {
    this.#dialogueHadPassword = false;
  }

  /** Remembers what turned out to be right and was asked to be remembered. */
  async succeeded(): Promise<void> {
    if (this.#passwordChanged) {
      this.#toRemember.delete(this.#passwordAccount);
      await this.#secrets.forget(this.#passwordAccount);
    }
    for (const [account, secret] of this.#toRemember) await this.#secrets.set(account, secret);
    this.#toRemember.clear();
  }

  /** For the passphrase of a key file: the saved one first, then the person. */
  async passphrase(file: string, wrong: boolean, connection: LoginConnection): Promise<string | undefined> {
    const account = `passphrase:${file}`;
    if (!wrong) {
      const saved = await this.#saved(account, connection);
      if (saved !== undefined) return saved;
    }
    return this.#askSecret("passphrase", { subject: file, account, wrong }, connection);
  }

  /**
   * A saved password is tried once; then the person is asked, `undefined` after the last time.
   * Rejects with `ssh.cancelled`.
   * @param wrong whether one was refused before
   */
  async password(wrong: boolean, connection: LoginConnection): Promise<string | undefined> {
    const account = this.#passwordAccount;
    if (!this.#savedPasswordTried) {
      this.#savedPasswordTried = true;
      const saved = await this.#saved(account, connection);
      if (saved !== undefined) return saved;
    }
    if (!this.hasPasswordsLeft) return undefined;
    this.#askedPassword += 1;
    const question = { subject: addressOf(this.#host), account, wrong: wrong || this.#askedPassword > 1 };
    const password = await this.#askSecret("password", question, connection);
    if (password === undefined)
      throw new FailureError({
        code: "ssh.cancelled",
        message: t("No password was given for {address}.", { address: addressOf(this.#host) }),
      });
    return password;
  }

  /**
   * Answers to questions of the server; `undefined` when no password is left to give. Rejects with
   * `FailureError`.
   */
  async dialogue(
    asked: { title: string; instructions: string; prompts: readonly ssh2.Prompt[] },
    wrong: boolean,
    connection: LoginConnection,
  ): Promise<string[] | undefined> {
    this.#dialogues += 1;
    const address = addressOf(this.#host);
    const excess =
      asked.prompts.length > MAX_PROMPTS
        ? t("{address} asks {count} questions at once, which no login needs. The connection was ended.", {
            address,
            count: asked.prompts.length,
          })
        : this.#dialogues > MAX_DIALOGUES
          ? t("{address} asks one question after the other, which no login needs. The connection was ended.", {
              address,
            })
          : undefined;
    if (excess !== undefined) throw new FailureError({ code: "ssh.auth-refused", message: excess });
    const question: PromptsQuestion = {
      host: this.#host,
      title: plainText(asked.title, MAX_TITLE_LENGTH),
      instructions: plainText(asked.instructions, MAX_TEXT_LENGTH),
      prompts: asked.prompts.map(({ prompt, echo }) => ({
        text: plainText(prompt, MAX_TITLE_LENGTH),
        echo: echo === true,
      })),
    };
    if (!this.#dialogueHadPassword && asksForPassword(question)) {
      this.#dialogueHadPassword = true;
      const password = await this.password(wrong, connection);
      return password === undefined ? undefined : [password];
    }
    this.#passwordChanged ||= question.prompts.some(({ text }) => /new\b.*password/i.test(text));
    const answers = await connection.elsewhere(() => this.#prompter.prompts(question, connection.signal));
    if (answers === undefined)
      throw new FailureError({
        code: "ssh.cancelled",
        message: t("The questions of {address} were not answered.", { address }),
      });
    return [...answers];
  }

  /** A keychain may ask the person to be unlocked. */
  #saved(account: string, { elsewhere }: LoginConnection): Promise<string | undefined> {
    return elsewhere(() => this.#secrets.get(account));
  }

  async #askSecret(
    what: "password" | "passphrase",
    { subject, account, wrong }: { subject: string; account: string; wrong: boolean },
    { signal, elsewhere }: LoginConnection,
  ): Promise<string | undefined> {
    const answer = await elsewhere(() => this.#prompter.secret({ host: this.#host, what, subject, wrong }, signal));
    if (answer === undefined) return undefined;
    if (answer.remember) this.#toRemember.set(account, answer.secret);
    else this.#toRemember.delete(account);
    return answer.secret;
  }
}

/**
 * Whether the only question is the password of the account, which may be saved. A code, or a new
 * password, is shown in the server's own words and never saved.
 */
function asksForPassword({ title, instructions, prompts }: PromptsQuestion): boolean {
  const [only, ...more] = prompts;
  return (
    only !== undefined &&
    more.length === 0 &&
    !only.echo &&
    /\bpassword\b/i.test(only.text) &&
    !OTHER_PROMPT.test(only.text) &&
    !OTHER_TEXT.test(`${title} ${instructions}`)
  );
}
