/** A real agent beside a real web server, and a visitor of its sites. */
import { chmod } from "node:fs/promises";
import { askListener, type ListenerAsked } from "../../../server-agent/adapters/ask-listener.ts";
import type { Config } from "../../../server-agent/contract/config.ts";
import type { WebServer } from "../../../server-agent/contract/web-servers.ts";
import { type AgentOptions, startAgent, type TestAgent } from "../agent.ts";
import type { ServerFolder } from "./server-folder.ts";

/** The document of an agent that serves nothing by itself. */
export const NO_LISTENERS: Config = {
  listeners: [],
  virtualHosts: [{ id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] }],
};

/** Starts an agent, whose folders the workers of a web server can enter. */
export async function agentBeside(options: AgentOptions = {}): Promise<TestAgent> {
  const agent = await startAgent({ config: NO_LISTENERS, ...options });
  // As below /var/lib: the workers of the web server come under their own user.
  await chmod(agent.folder, 0o755);
  return agent;
}

/** The web server of this folder, as the agent sees it now. */
export async function seenBy(agent: TestAgent, folder: ServerFolder): Promise<WebServer> {
  const { webServers } = await agent.call("listWebServers");
  const found = webServers.find(({ configuration }) => configuration === folder.main);
  if (found === undefined) throw new Error(JSON.stringify(webServers));
  return found;
}

/** Prepares all its sites. */
export async function prepared(agent: TestAgent, folder: ServerFolder): Promise<string> {
  const { id } = await seenBy(agent, folder);
  await agent.call("installHook", { params: { id }, body: {} });
  return id;
}

export type Visit = (asked?: Partial<ListenerAsked>) => Promise<{ status: number; body: string; headers: Headers }>;
type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Comes to the first port with the name `shop.example` where nothing else is said. */
export function visitorOf(folder: ServerFolder): Visit {
  return async (asked = {}) => {
    const whole = { address: "127.0.0.1", port: folder.port(1), tls: false, host: "shop.example", path: "/" };
    const answered = await askListener({ ...whole, timeoutMs: 10_000, ...asked });
    if (!answered.ok) throw new Error(answered.message);
    return answered.answer;
  };
}
