/** The certificates of a server, asked for again whenever its agent says that something changed. */
import { untrack } from "svelte";
import type { SiteCertificate } from "../../main/contract/agent.ts";
import type { Failure } from "../../main/contract/failures.ts";
import type { ServerState } from "../../main/contract/servers.ts";
import { call, failureOf } from "../lib/bridge.ts";

/** An agent does not say when an order begins. */
const ORDERING_INTERVAL_MS = 3000;

export class CertificateList {
  /** `undefined` until the agent has answered. */
  certificates: readonly SiteCertificate[] | undefined = $state.raw();
  failure: Failure | undefined = $state.raw();
  #asked = 0;
  readonly #server: () => ServerState;

  /** In a component, which it lives as long as. */
  constructor(server: () => ServerState) {
    this.#server = server;
    const isConnected = $derived(server().connection.state === "connected");
    // Of the agent's latest word about itself and its configuration.
    const told = $derived(`${server().snapshot?.agent.clock ?? ""} ${server().snapshot?.agent.generation ?? ""}`);
    $effect(() => {
      if (isConnected && told !== "") untrack(() => void this.load());
    });
    $effect(() => {
      if (this.certificates?.some(({ acme }) => acme?.ordering) !== true || !isConnected) return;
      const timer = setTimeout(() => void this.load(), ORDERING_INTERVAL_MS);
      return () => clearTimeout(timer);
    });
  }

  async load(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    try {
      const certificates = await call("certificates.list", { serverId: this.#server().profile.id });
      if (asked !== this.#asked) return;
      this.certificates = certificates;
      this.failure = undefined;
    } catch (error) {
      if (asked === this.#asked) this.failure = failureOf(error);
    }
  }
}
