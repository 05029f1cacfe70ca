import { randomUUID } from "node:crypto";
import path from "node:path";
import type { CallArguments } from "../server-agent/core/admin-call.ts";
import type { Reply, RouteName, Snapshot } from "../server-agent/contract.ts";
import { type AgentSession, startAgentSession } from "./agent/agent-session.ts";
import { connectSocket, openTransport } from "./agent/socket-transport.ts";
import { done, failed } from "./failures.ts";
import type { Result, ServerProfile } from "./ipc-contract.ts";
import type { StateStore } from "./state-store.ts";
import type { OpenDocument } from "./stores/document.ts";

/** The servers the app knows: their stored profiles and one session each. */
export class Servers {
  readonly #profiles: OpenDocument<ServerProfile[]>;
  readonly #store: StateStore;
  readonly #sessions = new Map<string, AgentSession>();

  constructor(profiles: OpenDocument<ServerProfile[]>, store: StateStore) {
    this.#profiles = profiles;
    this.#store = store;
    for (const profile of profiles.value) this.attach(profile);
  }

  add({ name, socketPath }: { name: string; socketPath: string }): Result<{ serverId: string }> {
    const profile: ServerProfile = { id: randomUUID(), name: name.trim(), kind: "local", socketPath: path.normalize(socketPath) };
    const same = this.#store.state.servers.find((server) => server.profile.socketPath === profile.socketPath);
    if (same !== undefined) return failed("server.duplicate", `${profile.socketPath} is already known as “${same.profile.name}”.`);
    this.#profiles.save([...this.#profiles.value, profile]);
    this.attach(profile);
    return done({ serverId: profile.id });
  }

  rename(id: string, name: string): Result<null> {
    if (!this.#sessions.has(id)) return unknown(id);
    if (this.#profiles.value.some((profile) => profile.id === id))
      this.#profiles.save(this.#profiles.value.map((profile) => (profile.id === id ? { ...profile, name } : profile)));
    this.#store.dispatch({ type: "server-renamed", id, name });
    return done(null);
  }

  /** Forgets a stored server. Nothing changes on the server itself. */
  remove(id: string): Result<null> {
    if (!this.#profiles.value.some((profile) => profile.id === id)) return unknown(id);
    this.#profiles.save(this.#profiles.value.filter((profile) => profile.id !== id));
    this.detach(id);
    return done(null);
  }

  retry(id: string): Result<null> {
    const session = this.#sessions.get(id);
    if (session === undefined) return unknown(id);
    session.retry();
    return done(null);
  }

  /** Takes a server in without storing it. */
  attach(profile: ServerProfile): void {
    this.#store.dispatch({ type: "server-added", profile, at: new Date().toISOString() });
    const transport = openTransport(connectSocket(profile.socketPath), profile.socketPath);
    this.#sessions.set(profile.id, startAgentSession({ id: profile.id, transport, report: (event) => this.#store.dispatch(event) }));
  }

  detach(id: string): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    session.close();
    this.#sessions.delete(id);
    this.#store.dispatch({ type: "server-removed", id });
  }

  /** One call to a server's agent. */
  call<N extends RouteName>(id: string, name: N, given: CallArguments<N>): Promise<Result<Reply<N>>> {
    const session = this.#sessions.get(id);
    return session === undefined ? Promise.resolve(unknown(id)) : session.call(name, given);
  }

  /** What the server's agent said last; a failure when it has said nothing yet. */
  snapshot(id: string): Result<Snapshot> {
    const server = this.#store.state.servers.find(({ profile }) => profile.id === id);
    if (server === undefined) return unknown(id);
    if (server.snapshot !== null) return done(server.snapshot);
    return server.connection.state === "unreachable"
      ? { ok: false, failure: server.connection.failure }
      : failed("server.unreachable", `${server.profile.name} has not answered yet.`);
  }

  close(): void {
    for (const session of this.#sessions.values()) session.close();
    this.#sessions.clear();
  }
}

const unknown = (id: string) => failed("server.unknown", `There is no server ${id}; it may have been removed.`);
