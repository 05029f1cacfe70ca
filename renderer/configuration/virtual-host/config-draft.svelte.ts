/**
 * A virtual host, or the rest of the configuration, while it is edited, in fields or as JSON: one
 * document for both, with the applications that were changed or added for a virtual host. The agent
 * checks it; nothing changes before it is saved.
 */
import { agentSays } from "../../../main/language/agent-says.ts";
import { t } from "../../../main/language/translate.ts";
import type { Change, Config, Problem, Rule, VirtualHost } from "../../../main/contract/agent.ts";
import { diffConfig } from "../../../server-agent/core/config/diff-config.ts";
import { call, FailureError } from "../../lib/bridge.ts";
import { usedUpstreams } from "../../lib/sites.ts";
import { effectsOf, type Effect } from "../affected.ts";
import type { ConfigChanges } from "../config-changes.svelte.ts";
import { documentOf, isStale, problemsOfDocument, withDocument, type Target } from "../editing.ts";
import type { FormContext } from "../fields/form-context.ts";
import { isBlank, isObject, type JsonObject, valueAt } from "../fields/values.ts";
import { placeOrder } from "./place-words.ts";

type Upstreams = NonNullable<Config["upstreams"]>;
type DraftTarget = Exclude<Target, { what: "configuration" }>;

export class ConfigDraft implements FormContext {
  document: JsonObject = $state.raw({});
  /** What the agent found at the last check; paths are those of the document. */
  problems: readonly Problem[] = $state.raw([]);
  /** What is valid, but probably not meant: it can be saved. */
  warnings: readonly Problem[] = $state.raw([]);
  /** Somebody wanted to save it: what is not filled in yet is a problem from now on. */
  wasTried = $state(false);
  /** It is on the server. */
  wasSaved = false;
  /** An authority is added to the server, in a form of its own; `done` says under which name. */
  adding: { draft: ConfigDraft; done: (name: string | undefined) => void } | undefined = $state.raw();
  #work: Promise<unknown> = Promise.resolve();
  #upstreams: Upstreams = $state.raw({});
  /** What `problems` are about. */
  #checked: object = {};
  #asked = 0;
  readonly #serverId: string;
  readonly #changes: ConfigChanges;
  readonly #target: DraftTarget;
  readonly #opened: Config;
  readonly #original: string;

  /** @param opened the configuration when it was begun */
  constructor(serverId: string, changes: ConfigChanges, target: DraftTarget, opened: Config) {
    this.#serverId = serverId;
    this.#changes = changes;
    this.#target = target;
    this.#opened = opened;
    this.document = documentOf(opened, target) as JsonObject;
    this.#original = JSON.stringify(this.document);
  }

  get what(): DraftTarget["what"] {
    return this.#target.what;
  }

  /** Of the virtual host, as it was. */
  get id(): string | undefined {
    return this.#target.what === "virtual-host" ? this.#target.id : undefined;
  }

  get rules(): Rule[] {
    return this.document.rules as Rule[];
  }

  get isTouched(): boolean {
    return JSON.stringify(this.document) !== this.#original || Object.keys(this.#upstreams).length > 0;
  }

  get upstreams(): Upstreams {
    return { ...this.#changes.config?.upstreams, ...this.#upstreams };
  }

  /** The whole configuration with the draft in it. */
  get changed(): Config | undefined {
    return this.#changes.config === undefined ? undefined : this.#within(this.#changes.config, this.document);
  }

  get differences(): Change[] {
    const { config } = this.#changes;
    return config === undefined || this.changed === undefined || !this.isTouched
      ? []
      : diffConfig(config, this.changed);
  }

  /** Whom saving it affects; of a draft with problems it cannot be said. */
  get effects(): Effect[] {
    return this.problems.length > 0 ? [] : this.effectsOf(this.document);
  }

  /** The same for the document of the JSON editor. */
  effectsOf(document: unknown): Effect[] {
    const { config } = this.#changes;
    return config === undefined ? [] : effectsOf(config, this.#within(config, document));
  }

  problemAt(path: string, isWhole: boolean): string | undefined {
    const found = this.problems.find(
      (problem) => problem.path === path || (isWhole && problem.path.startsWith(`${path}/`)),
    );
    return found === undefined ? undefined : this.wordsOf(found);
  }

  /**
   * `undefined`: it was changed since, or it is not filled in yet and nobody wanted to save it.
   */
  wordsOf({ path, message }: Problem): string | undefined {
    const value = valueAt(this.#whole, path);
    // What is elsewhere is not edited here.
    if (path !== "" && value !== valueAt(this.#checked, path)) return undefined;
    if (!isBlank(value)) return agentSays(message);
    return this.wasTried ? t("Fill this in.") : undefined;
  }

  othersWith(upstream: string): string[] {
    return (this.#changes.config?.virtualHosts ?? [])
      .filter((each) => each.id !== this.id && usedUpstreams(each).includes(upstream))
      .map(({ id }) => id);
  }

  waitFor(work: Promise<unknown>): void {
    this.#work = Promise.allSettled([this.#work, work]);
  }

  get authorities(): NonNullable<Config["acme"]> {
    return this.#changes.config?.acme ?? {};
  }

  addAuthority(): Promise<string | undefined> {
    const { config } = this.#changes;
    if (config === undefined) return Promise.resolve(undefined);
    const draft = new ConfigDraft(this.#serverId, this.#changes, { what: "server" }, config);
    return new Promise((resolve) => {
      const done = (name: string | undefined): void => {
        this.adding = undefined;
        resolve(name);
      };
      this.adding = { draft, done };
    });
  }

  putUpstream(name: string, upstream: object): void {
    this.#upstreams = { ...this.#upstreams, [name]: upstream as Upstreams[string] };
  }

  freeUpstreamName(): string {
    const { id } = this.document as unknown as VirtualHost;
    const wanted = id === "" || id === "default" ? "app" : id;
    let name = wanted;
    for (let number = 2; Object.hasOwn(this.upstreams, name); number += 1) name = `${wanted}-${number}`;
    return name;
  }

  /** Asks the agent. An answer that a later question has overtaken is not shown, only returned. */
  async check(): Promise<readonly Problem[]> {
    this.#asked += 1;
    const asked = this.#asked;
    const checked = this.#whole;
    const { problems, warnings } = await this.findingsIn(this.document);
    if (asked === this.#asked) {
      this.#checked = checked;
      this.problems = problems;
      this.warnings = warnings;
    }
    return problems;
  }

  /** What the agent finds in a document in place of the draft's. */
  async findingsIn(document: unknown): Promise<Record<"problems" | "warnings", Problem[]>> {
    const { config } = this.#changes;
    if (config === undefined) return { problems: [], warnings: [] };
    const { problems, warnings = [] } = await call("config.check", {
      serverId: this.#serverId,
      config: this.#within(config, document),
    });
    const inOrder = (found: readonly Problem[]): Problem[] => {
      const rest = found.filter((each) => !isOfUpstream(each));
      const all = [...problemsOfDocument(config, this.#target, rest), ...found.filter(isOfUpstream)];
      return all.sort((one, other) => placeOrder(one.path) - placeOrder(other.path));
    };
    return { problems: inOrder(problems), warnings: inOrder(warnings) };
  }

  /**
   * @returns the problems that keep it from being saved; none: it was saved.
   * @throws {FailureError} as `put` does
   */
  async save(): Promise<readonly Problem[]> {
    await this.#work;
    this.wasTried = true;
    const problems = await this.check();
    if (problems.length === 0) await this.put();
    return problems;
  }

  /** @throws {FailureError} what the agent refuses, and when somebody else changed the same */
  async put(): Promise<void> {
    const { config } = this.#changes;
    if (config === undefined) return;
    if (isStale(this.#opened, config, this.#target) || this.#hasStaleUpstream(config))
      throw new FailureError({
        code: "config.stale",
        message: t("It was changed on the server since you opened it. Close, and open it again to see the change."),
      });
    await this.#changes.put(this.#within(config, this.document), this.#reason());
    this.wasSaved = true;
  }

  #reason(): string {
    if (this.what === "server") return t("server edited");
    const { id } = this.document as unknown as VirtualHost;
    return this.id === undefined ? t("{id} added", { id }) : t("{id} edited", { id });
  }

  #within(config: Config, document: unknown): Config {
    const used = isObject(document) ? usedUpstreams(document as unknown as VirtualHost) : [];
    // One that was begun and then left out is none.
    const changed = Object.entries(this.#upstreams).filter(
      ([name]) => used.includes(name) || Object.hasOwn(config.upstreams ?? {}, name),
    );
    const within = withDocument(config, this.#target, document);
    return changed.length === 0
      ? within
      : { ...within, upstreams: { ...config.upstreams, ...Object.fromEntries(changed) } };
  }

  #hasStaleUpstream(config: Config): boolean {
    return Object.keys(this.#upstreams).some(
      (name) => JSON.stringify(config.upstreams?.[name]) !== JSON.stringify(this.#opened.upstreams?.[name]),
    );
  }

  /** What paths of problems lead into. */
  get #whole(): object {
    return this.what === "server" ? this.document : { ...this.document, upstreams: this.upstreams };
  }
}

function isOfUpstream({ path }: Problem): boolean {
  return path.startsWith("/upstreams/");
}
