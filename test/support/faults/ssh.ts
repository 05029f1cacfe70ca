import { expect } from "vitest";
import { isLoss } from "../../../main/failures.ts";
import { openSecrets } from "../../../main/ssh/secrets.ts";
import { openSshLink } from "../../../main/ssh/ssh-link.ts";
import type { SessionEvent } from "../../../main/state/app-state.ts";
import { makeFolder } from "../../../tools/driving/agent.ts";
import { type WatchedSession, watchSession } from "../desktop/session-watch.ts";
import { type Relay, startRelay } from "../http/relay.ts";
import { logInTo, memoryHostKeys, noKeychain, sshHost, testPerson } from "../ssh/ssh.ts";
import { makeKey, startSshd, type TestSshd } from "../ssh/sshd.ts";
import { agreedState, type Bench, type Cells, startBench, whileStopped } from "./bench.ts";

/** When an answer counts as missing: soon enough for a test, late enough for a busy machine. */
const ANSWER_MS = 2500;

interface Way extends AsyncDisposable {
  readonly bench: Bench;
  readonly server: TestSshd;
  /** Starts it anew, as it was. */
  serveAgain(): Promise<void>;
  readonly relay: Relay;
  readonly watched: WatchedSession;
}

/** An app's session with the agent, through a relay and an sshd. */
async function startWay({ delayMs = 0, answerMs = ANSWER_MS } = {}): Promise<Way> {
  const ends = new AsyncDisposableStack();
  const key = await makeKey(await makeFolder(), "key");
  const authorizedKeys = [key.publicKey];
  const server = ends.use(await startSshd({ authorizedKeys }));
  const relay = ends.use(await startRelay(server.port, { delayMs }));
  const bench = ends.use(await startBench());
  const parts = {
    hostKeys: memoryHostKeys(),
    person: testPerson(),
    secrets: openSecrets(noKeychain, () => undefined),
  };
  const host = sshHost(relay.port, { identityFiles: [{ path: key.file, required: true }] });
  const link = openSshLink((signal) => logInTo([host], parts, signal), {
    program: "backsoon-agent",
    socketPath: bench.agent.socketPath,
  });
  ends.defer(() => link.close());
  const watched = watchSession(link, { answerMs });
  ends.defer(() => watched.close());
  await watched.until(isAnswer);
  bench.visitNews();
  const serveAgain = async (): Promise<void> => {
    ends.use(await startSshd({ authorizedKeys, folder: server.folder, port: server.port }));
  };
  return { bench, server, serveAgain, relay, watched, [Symbol.asyncDispose]: () => ends.disposeAsync() };
}

function isAnswer({ type }: SessionEvent): boolean {
  return type === "answered";
}
function isLost({ type }: SessionEvent): boolean {
  return type === "lost";
}

/** A change is asked for, and the connection breaks: what the app says of it is not wrong. */
async function changeWhile({ watched, bench }: Way, breakIt: () => Promise<void> | void): Promise<void> {
  const change = watched.session.call("startMaintenance", { body: { site: "shop" } });
  await breakIt();
  const reply = await change;
  await watched.until(isAnswer);
  const isClosed = await agreedState(bench.agent);
  if (reply.ok) expect(isClosed).toBe(true);
  else expect(isLoss(reply.failure), reply.failure.message).toBe(true);
  await bench.check();
}

export const ssh: Cells<"ssh"> = {
  async stopped() {
    await using way = await startWay();
    const { watched, server, bench } = way;
    await whileStopped(server.pids(), async () => {
      await watched.until(isLost);
    });
    await watched.until(isAnswer);
    expect(await watched.session.call("startMaintenance", { body: { site: "shop" } })).toMatchObject({ ok: true });
    expect(await agreedState(bench.agent)).toBe(true);
    await bench.check();
  },

  async killed() {
    await using way = await startWay();
    await changeWhile(way, async () => {
      await way.server.stop();
      await way.watched.until(isLost);
      await way.serveAgain();
    });
  },

  async halfOpen() {
    await using way = await startWay();
    await changeWhile(way, async () => {
      way.relay.goSilent();
      await way.watched.until(isLost);
      way.relay.recover();
    });
  },

  async slow() {
    await using way = await startWay({ delayMs: 100, answerMs: 15_000 });
    const { watched, bench } = way;
    const reply = await watched.session.call("startMaintenance", { body: { site: "shop" } });
    expect(reply).toMatchObject({ ok: true });
    expect(await agreedState(bench.agent)).toBe(true);
    expect(watched.events.filter(isLost)).toEqual([]);
    await bench.check();
  },
};
