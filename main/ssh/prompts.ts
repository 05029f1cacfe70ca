/** Questions to the user as state: the page shows them and sends the answers. */
import { randomUUID } from "node:crypto";
import { failed, done } from "../failures.ts";
import type { Question, QuestionAnswer } from "../contract/servers.ts";
import type { Result } from "../contract/failures.ts";
import type { Prompter } from "./prompter.ts";
import { type SshHost, addressOf } from "../ssh-config/ssh-host.ts";
import type { StateStore } from "../state/state-store.ts";
import { t } from "../language/translate.ts";

type Asked = Question extends infer Q
  ? Q extends Question
    ? Omit<Q, "id" | "serverId" | "server" | "address">
    : never
  : never;

/** Prompts to the person, as state: the page shows them, and `answer` closes them. */
export class Prompts {
  readonly #store: StateStore;
  readonly #open = new Map<string, (answer: QuestionAnswer | null) => void>();

  constructor(store: StateStore) {
    this.#store = store;
  }

  answer(id: string, answer: QuestionAnswer | null): Result<null> {
    const settle = this.#open.get(id);
    if (settle === undefined)
      return failed("not-found", t("This question is closed; the connection that asked it has ended."));
    settle(answer);
    return done(null);
  }

  /**
   * The person, as connections to one server see them.
   * @param server its name, and its id once it is in the list
   */
  prompter(server: { id: string | null; name: string }): Prompter {
    const ask = (host: SshHost, asked: Asked, signal: AbortSignal): Promise<QuestionAnswer | null> =>
      new Promise((resolve) => {
        const id = randomUUID();
        const settle = (answer: QuestionAnswer | null) => {
          if (!this.#open.delete(id)) return;
          signal.removeEventListener("abort", withdraw);
          this.#store.dispatch({ type: "question-closed", id });
          resolve(answer);
        };
        const withdraw = () => settle(null);
        this.#open.set(id, settle);
        this.#store.dispatch({
          type: "asked",
          question: { id, serverId: server.id, server: server.name, address: addressOf(host), ...asked },
        });
        if (signal.aborted) withdraw();
        else signal.addEventListener("abort", withdraw, { once: true });
      });
    return {
      trustHostKey: async ({ host, key, others }, signal) =>
        (await ask(host, { kind: "host-key", key, others: [...others] }, signal)) === null ? undefined : true,
      secret: async ({ host, what, subject, wrong }, signal) => {
        const answer = await ask(
          host,
          { kind: "secret", what, subject, wrong, keychain: this.#store.state.keychain.state !== "memory" },
          signal,
        );
        return answer === null ? undefined : { secret: answer.values[0] ?? "", remember: answer.remember };
      },
      prompts: async ({ host, title, instructions, prompts }, signal) =>
        (
          await ask(
            host,
            { kind: "prompts", title, instructions, prompts: prompts.map((prompt) => ({ ...prompt })) },
            signal,
          )
        )?.values,
    };
  }
}
