/**
 * A session with an agent, in a process of its own whose memory and event loop can be measured:
 * `node session-entry.ts PLACE MILLISECONDS ANSWER`, where the place is a socket, or the port of an
 * SSH server that lets everybody in, and the agent may take ANSWER milliseconds for an answer. Ends
 * when the session is lost, or the time is over, and prints what came of it as JSON.
 */
import "../english.ts";
import { startAgentSession } from "../../../main/agent/agent-session.ts";
import { openTransport, socketConnector } from "../../../main/agent/socket-transport.ts";
import type { SessionEvent } from "../../../main/state/app-state.ts";
import type { Failure } from "../../../main/contract/failures.ts";
import { StateStore } from "../../../main/state/state-store.ts";
import { openSshLink } from "../../../main/ssh/ssh-link.ts";
import { someProfile, someState } from "./desktop-fixtures.ts";
import { logInTo, sshHost } from "../ssh/ssh.ts";

export interface SessionOutcome {
  failure: Failure | undefined;
  /** Characters that would have been sent to the page, and how many messages. */
  patches: { count: number; characters: number };
  /** Size of the state at the end, as JSON. */
  stateCharacters: number;
  sites: number;
  peakMb: number;
  /** Processor time, which other programs of the machine do not lengthen. */
  longestBlockMs: number;
  answered: number;
}

const [place = "", time = "1000", answerMs = "5000"] = process.argv.slice(2);
let longestBlockMs = 0;
let used = process.threadCpuUsage();
const watch = setInterval(() => {
  const { user, system } = process.threadCpuUsage(used);
  longestBlockMs = Math.max(longestBlockMs, Math.round((user + system) / 1000));
  used = process.threadCpuUsage();
}, 5);
const store = new StateStore(someState());
const patches = { count: 0, characters: 0 };
store.onPatch((patch) => {
  patches.count += 1;
  patches.characters += JSON.stringify(patch).length;
});
store.dispatch({ type: "server-added", profile: someProfile, at: new Date().toISOString() });
let answered = 0;
async function end(failure: Failure | undefined): Promise<void> {
  // What has blocked until now is measured by the next turn.
  await new Promise((resolve) => setTimeout(resolve, 50));
  clearInterval(watch);
  const outcome: SessionOutcome = {
    failure,
    patches,
    stateCharacters: JSON.stringify(store.state).length,
    sites: store.state.servers[0]?.snapshot?.config.virtualHosts.length ?? 0,
    peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
    longestBlockMs,
    answered,
  };
  process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0));
}
function report(event: SessionEvent): void {
  store.dispatch(event);
  if (event.type === "answered") answered += 1;
  if (event.type === "lost") void end(event.failure);
}
const connector = place.startsWith("/")
  ? socketConnector(place)
  : openSshLink((signal) => logInTo([sshHost(Number(place))], { patienceMs: 2000, loginMs: 3000 }, signal), {
      socketPath: "/agent.sock",
      program: "agent",
    });
startAgentSession({
  id: someProfile.id,
  transport: openTransport(connector, "the test's socket"),
  report,
  answerMs: Number(answerMs),
});
setTimeout(() => void end(undefined), Number(time));
