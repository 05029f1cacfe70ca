/** The end of an agent: with all it has, or with its last connections after a hand-over. */
import type { AdminServer } from "./admin/admin-server.ts";
import type { Services } from "./supervisor/start/services.ts";
import type { Serving } from "./supervisor/start/serving.ts";

export class Shutdown {
  readonly #serving: Serving;
  readonly #services: Services;
  readonly #admin: AdminServer;
  #closing: Promise<void> | undefined;

  constructor(serving: Serving, services: Services, admin: AdminServer) {
    this.#serving = serving;
    this.#services = services;
    this.#admin = admin;
    serving.events.on("handed-over", () => this.#leave());
  }

  /** `seconds`: how long what is in flight may take; 0 cuts it. Can be called again with less. */
  async close(seconds: number): Promise<void> {
    if (this.#closing !== undefined) await this.#serving.pool.stop(seconds);
    this.#closing ??= this.#close(seconds);
    await this.#closing;
  }

  async #close(seconds: number): Promise<void> {
    if (!this.#services.handOver.isDone) this.#services.systemd.stopping();
    const { queue, pool, listeners, state } = this.#serving;
    this.#closeTls();
    const { scheduler, health, channels, handOver, stages, prover, publisher, traffic, saver, webServers } =
      this.#services;
    this.#services.revertIfWrong.close();
    this.#services.logRotation.close();
    this.#services.systemd.close();
    scheduler.close();
    health.close();
    webServers.close();
    channels.close();
    const changesDone = queue.close();
    await handOver.abort();
    stages.close();
    if (seconds > 0) await changesDone;
    if (handOver.isDone) {
      await pool.stop(seconds);
      return;
    }
    prover.close();
    await pool.stop(seconds);
    listeners.close();
    publisher.close();
    traffic.close();
    this.#closeStreams();
    await this.#admin.close();
    await saver.close();
    state.close();
  }

  /** A successor has everything: writes nothing more, and takes no more calls. */
  #leave(): void {
    const { scheduler, health, channels, prover, publisher, traffic, webServers } = this.#services;
    this.#closeTls();
    this.#services.revertIfWrong.close();
    this.#services.logRotation.close();
    this.#services.systemd.close();
    scheduler.close();
    health.close();
    webServers.close();
    traffic.stop();
    channels.close();
    prover.close();
    publisher.close();
    this.#closeStreams();
    void this.#admin.close();
    this.#serving.state.close();
  }

  #closeTls(): void {
    this.#serving.certificates.close();
    this.#serving.targets.close();
    this.#serving.ticketKeys.close();
    this.#services.acme.close();
  }

  #closeStreams(): void {
    this.#services.stream.close();
    this.#services.inFlight.close();
  }
}
