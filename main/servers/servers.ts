/** The servers of the list: their profiles, sessions and calls. */
import { t } from "../language/translate.ts";
import { randomUUID } from "node:crypto";
import path from "node:path";
import type { CallArguments } from "../../server-agent/core/client/admin-call.ts";
import type { Reply, RouteName } from "../../server-agent/contract/routes.ts";
import type { Snapshot } from "../../server-agent/contract/events.ts";
import { type AgentSession, startAgentSession } from "../agent/agent-session.ts";
import type { RequestFilter, SeenRequests } from "../agent/request-watches.ts";
import { type Connector, openTransport, socketConnector } from "../agent/socket-transport.ts";
import { type Naming, renamed, type SessionEvent } from "../state/app-state.ts";
import { done, failed } from "../failures.ts";
import type { NewServer, SeenAddress, ServerProfile, SshProfile, SshTarget } from "../contract/servers.ts";
import type { Result } from "../contract/failures.ts";
import type { StateStore } from "../state/state-store.ts";
import type { OpenDocument } from "../stores/document.ts";

/** The servers the app knows: their stored profiles and one session each. */
export class Servers {
  readonly #profiles: OpenDocument<ServerProfile[]>;
  readonly #store: StateStore;
  readonly #sshConnector: (profile: SshProfile) => Connector;
  #connected: (serverId: string) => void = () => undefined;
  readonly #sessions = new Map<string, AgentSession>();
  readonly #connectors = new Map<string, Connector>();

  constructor(
    profiles: OpenDocument<ServerProfile[]>,
    store: StateStore,
    sshConnector: (profile: SshProfile) => Connector,
  ) {
    this.#profiles = profiles;
    this.#store = store;
    this.#sshConnector = sshConnector;
    for (const profile of profiles.value) this.attach(profile);
  }

  add(added: NewServer): Result<{ serverId: string }> {
    const profile = profileOf(added);
    const same = this.#store.state.servers.find((server) => placeOf(server.profile) === placeOf(profile));
    if (same !== undefined)
      return failed(
        "server.duplicate",
        t("{place} is already known as “{name}”.", { place: placeOf(profile), name: same.profile.name }),
      );
    this.#profiles.save([...this.#profiles.value, profile]);
    this.attach(profile);
    return done({ serverId: profile.id });
  }

  /** Those of a list that are not known yet, stored in one go. @returns how many these are */
  addAll(list: readonly NewServer[]): number {
    const known = new Set(this.#store.state.servers.map(({ profile }) => placeOf(profile)));
    const profiles: ServerProfile[] = [];
    for (const added of list) {
      const profile = profileOf(added);
      if (known.has(placeOf(profile))) continue;
      known.add(placeOf(profile));
      profiles.push(profile);
    }
    if (profiles.length > 0) this.#profiles.save([...this.#profiles.value, ...profiles]);
    for (const profile of profiles) this.attach(profile);
    return profiles.length;
  }

  rename(id: string, naming: Naming): Result<null> {
    if (!this.#sessions.has(id)) return unknown(id);
    if (this.#profiles.value.some((profile) => profile.id === id))
      this.#profiles.save(
        this.#profiles.value.map((profile) => (profile.id === id ? renamed(profile, naming) : profile)),
      );
    this.#store.dispatch({ type: "server-renamed", id, ...naming });
    return done(null);
  }

  /** Another way to the same server. What was observed on the old one is forgotten. */
  reach(id: string, { socketPath, ssh }: { socketPath: string; ssh?: SshTarget | undefined }): Result<null> {
    const before = this.#profiles.value.find((profile) => profile.id === id);
    if (before === undefined) return unknown(id);
    const profile: ServerProfile = {
      ...before,
      socketPath: path.posix.normalize(socketPath),
      ...(before.kind === "ssh" && ssh !== undefined ? { ssh } : {}),
    };
    const same = this.#profiles.value.find((other) => other.id !== id && placeOf(other) === placeOf(profile));
    if (same !== undefined)
      return failed(
        "server.duplicate",
        t("{place} is already known as “{name}”.", { place: placeOf(profile), name: same.name }),
      );
    this.#profiles.save(this.#profiles.value.map((other) => (other.id === id ? profile : other)));
    this.#sessions.get(id)?.close();
    this.attach(profile);
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

  /** After sleep or a change of the network: connections that seem alive may not be. */
  retryAll(): void {
    for (const session of this.#sessions.values()) session.retry();
  }

  /** Takes a server in without storing it, or once more in place of what it was. */
  attach(profile: ServerProfile): void {
    this.#store.dispatch({ type: "server-added", profile, at: new Date().toISOString() });
    const connector = profile.kind === "ssh" ? this.#sshConnector(profile) : socketConnector(profile.socketPath);
    const transport = openTransport(connector, placeOf(profile));
    this.#connectors.set(profile.id, connector);
    this.#sessions.set(
      profile.id,
      startAgentSession({ id: profile.id, transport, report: (event) => this.#report(event) }),
    );
  }

  detach(id: string): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    session.close();
    this.#sessions.delete(id);
    this.#connectors.delete(id);
    this.#store.dispatch({ type: "server-removed", id });
  }

  /** Hears of each server that has become connected. */
  onConnected(listener: (serverId: string) => void): void {
    this.#connected = listener;
  }

  #report(event: SessionEvent): void {
    const before = this.#store.state.servers.find(({ profile }) => profile.id === event.id)?.connection.state;
    this.#store.dispatch(event);
    if (event.type === "answered" && before !== "connected") this.#connected(event.id);
  }

  /** One call to a server's agent. */
  call<N extends RouteName>(id: string, name: N, given: CallArguments<N>): Promise<Result<Reply<N>>> {
    const session = this.#sessions.get(id);
    return session === undefined ? Promise.resolve(unknown(id)) : session.call(name, given);
  }

  /** Follows what is in flight on a server. @returns stops it */
  watchRequests(id: string, filter: RequestFilter, report: (seen: SeenRequests) => void): () => void {
    const session = this.#sessions.get(id);
    if (session !== undefined) return session.watchRequests(filter, report);
    report({ failure: unknown(id).failure });
    return () => undefined;
  }

  /** The address from which this computer comes to a server. Rejects with `FailureError`. */
  async seenAddress(id: string): Promise<Result<SeenAddress>> {
    const connector = this.#connectors.get(id);
    if (connector === undefined) return unknown(id);
    return done((await connector.seenAddress?.()) ?? { address: "127.0.0.1", by: "local" });
  }

  /** What the server's agent said last; a failure when it has said nothing yet. */
  snapshot(id: string): Result<Snapshot> {
    const server = this.#store.state.servers.find(({ profile }) => profile.id === id);
    if (server === undefined) return unknown(id);
    if (server.snapshot !== null) return done(server.snapshot);
    return server.connection.state === "unreachable"
      ? { ok: false, failure: server.connection.failure }
      : failed("server.unreachable", t("{server} has not answered yet.", { server: server.profile.name }));
  }

  close(): void {
    for (const session of this.#sessions.values()) session.close();
    this.#sessions.clear();
  }
}

function profileOf(added: NewServer): ServerProfile {
  return {
    ...added,
    id: randomUUID(),
    name: added.name.trim(),
    socketPath: path.posix.normalize(added.socketPath),
  };
}

/** The admin socket, as people and error messages name it. */
function placeOf(profile: ServerProfile): string {
  if (profile.kind !== "ssh") return profile.socketPath;
  const { user, host, port } = profile.ssh;
  return `${user === undefined ? "" : `${user}@`}${host}${port === undefined ? "" : `:${port}`}:${profile.socketPath}`;
}

function unknown(id: string) {
  return failed("server.unknown", t("There is no server {id}; it may have been removed.", { id }));
}
