/** The practice server: a local agent with a sample shop and visitors, to try things on. */
import { t } from "../language/translate.ts";
import path from "node:path";
import { done, failed } from "../failures.ts";
import type { PracticeState } from "../contract/servers.ts";
import type { Result } from "../contract/failures.ts";
import type { ProgramPaths } from "./program-paths.ts";
import type { Servers } from "../servers/servers.ts";
import type { StateStore } from "../state/state-store.ts";
import { type ChildProgram, startProgram } from "./child-program.ts";
import { FromKeeper, type ToKeeper } from "./keeper-protocol.ts";

const SERVER_ID = "practice";

/** The app's own practice server: one keeper process that holds everything else. */
export class PracticeServer {
  readonly #paths: ProgramPaths;
  readonly #servers: Servers;
  readonly #store: StateStore;
  readonly #log: (line: string) => void;
  #keeper: ChildProgram | undefined;
  #starting: Promise<Result<{ serverId: string }>> | undefined;

  constructor(paths: ProgramPaths, servers: Servers, store: StateStore, log: (line: string) => void) {
    this.#paths = paths;
    this.#servers = servers;
    this.#store = store;
    this.#log = log;
  }

  /** Starts it, or joins a start that is under way. @param beside nginx, which serves the sites */
  start(visitors: boolean, beside = false): Promise<Result<{ serverId: string }>> {
    if (this.#store.state.practice.state === "running") return Promise.resolve(done({ serverId: SERVER_ID }));
    this.#starting ??= this.#start(visitors, beside).finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  visitors(run: boolean): Result<null> {
    if (this.#keeper === undefined || this.#store.state.practice.state !== "running")
      return failed("practice.failed", t("The practice server does not run."));
    this.#tell(run);
    return done(null);
  }

  async stop(): Promise<Result<null>> {
    const keeper = this.#keeper;
    if (keeper === undefined) return done(null);
    this.#keeper = undefined;
    this.#leave({ state: "absent" });
    await keeper.close(8000);
    return done(null);
  }

  async #start(visitors: boolean, beside: boolean): Promise<Result<{ serverId: string }>> {
    this.#show({ state: "starting", step: t("Starting") });
    const keeper = startProgram(
      this.#paths.node,
      path.join(this.#paths.practice, "keeper.mjs"),
      [this.#paths.agent, ...(beside ? ["beside"] : [])],
      (line) => this.#log(`practice: ${line}`),
    );
    this.#keeper = keeper;
    const ready = await new Promise<Result<{ serverId: string }>>((resolve) => {
      const fail = (message: string) => {
        const result = failed("practice.failed", t("The practice server stopped: {why}", { why: message }));
        if (this.#keeper === keeper) {
          this.#keeper = undefined;
          this.#leave({ state: "failed", failure: result.failure });
        }
        resolve(result);
      };
      keeper.onLine((line) => this.#heard(line, keeper, fail, () => resolve(done({ serverId: SERVER_ID }))));
      void keeper.ended.then(fail);
    });
    if (ready.ok && visitors) this.#tell(true);
    return ready;
  }

  #heard(line: string, keeper: ChildProgram, fail: (message: string) => void, ready: () => void): void {
    if (this.#keeper !== keeper) return;
    const message = parse(line);
    switch (message?.type) {
      case "step":
        this.#show({ state: "starting", step: stepWords(message.step) });
        break;
      case "ready":
        this.#show({ state: "running", serverId: SERVER_ID, url: message.url, visitors: false });
        this.#servers.attach({
          id: SERVER_ID,
          name: t("Practice server"),
          kind: "practice",
          socketPath: message.socketPath,
        });
        ready();
        break;
      case "visitors": {
        const practice = this.#store.state.practice;
        if (practice.state === "running") this.#show({ ...practice, visitors: message.running });
        break;
      }
      case "failed":
        fail(message.message);
        break;
      case undefined:
        this.#log(`practice: ${line}`);
    }
  }

  #leave(practice: PracticeState): void {
    this.#servers.detach(SERVER_ID);
    this.#show(practice);
  }

  #show(practice: PracticeState): void {
    this.#store.set("practice", practice);
  }

  #tell(run: boolean): void {
    const message: ToKeeper = { type: "visitors", run };
    this.#keeper?.send(JSON.stringify(message));
  }
}

function stepWords(step: Extract<FromKeeper, { type: "step" }>["step"]): string {
  switch (step) {
    case "shop":
      return t("Opening the sample shop");
    case "agent":
      return t("Starting the agent");
    case "nginx":
      return t("Starting nginx");
  }
}

function parse(line: string): FromKeeper | undefined {
  try {
    return FromKeeper.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
