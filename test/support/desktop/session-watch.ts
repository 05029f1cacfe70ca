import { type AgentSession, type SessionOptions, startAgentSession } from "../../../main/agent/agent-session.ts";
import { type Connector, openTransport } from "../../../main/agent/socket-transport.ts";
import type { SessionEvent } from "../../../main/state/app-state.ts";

export interface WatchedSession {
  session: AgentSession;
  /** Everything reported so far. */
  events: SessionEvent[];
  /** The first report from now on (or not yet waited for) that meets this. */
  until: (test: (event: SessionEvent) => boolean) => Promise<SessionEvent>;
  close: () => void;
}

/** A session whose reports can be waited for, with times that suit a test. */
export function watchSession(connector: Connector, options: Partial<SessionOptions> = {}): WatchedSession {
  const events: SessionEvent[] = [];
  let waiting: (() => void) | undefined;
  let seen = 0;
  const transport = openTransport(connector, "the test's socket");
  const report = (event: SessionEvent) => {
    events.push(event);
    waiting?.();
  };
  const session = startAgentSession({
    id: "test",
    transport,
    report,
    heartbeatMs: 200,
    answerMs: 1500,
    longestBackoffMs: 500,
    ...options,
  });
  return {
    session,
    events,
    async until(test) {
      for (;;) {
        while (seen < events.length) {
          const event = events[seen];
          seen += 1;
          if (event !== undefined && test(event)) return event;
        }
        await new Promise<void>((resolve) => (waiting = resolve));
      }
    },
    close: () => session.close(),
  };
}
