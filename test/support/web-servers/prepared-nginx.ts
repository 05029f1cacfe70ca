/** A real nginx all of whose sites have the hook, with an agent that answers it. */
import { type ListenerAsked, askListener } from "../../../server-agent/adapters/ask-listener.ts";
import { carryOutHook } from "../../../server-agent/adapters/install-hook.ts";
import { nginxAdapter } from "../../../server-agent/adapters/nginx/nginx-adapter.ts";
import { type AnsweringAgent, answeringAgent } from "./answering-agent.ts";
import { type NginxFolder, type TestNginx, nginxFolder, startNginx } from "../../../tools/driving/web-servers/nginx.ts";
import type { ServerFiles } from "../../../tools/driving/web-servers/server-folder.ts";

export interface PreparedNginx extends AsyncDisposable {
  readonly folder: NginxFolder;
  readonly nginx: TestNginx;
  readonly agent: AnsweringAgent;
  /** Asks the listener on `@PORT1@`, as a visitor of shop.example.com. */
  visit: (
    path: string,
    more?: Partial<ListenerAsked>,
  ) => Promise<{ status: number; body: string; headers: Record<string, unknown> }>;
}

export async function preparedNginx(
  files: ServerFiles,
  prepare?: (folder: NginxFolder) => Promise<void>,
): Promise<PreparedNginx> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await nginxFolder(files));
  await prepare?.(folder);
  const nginx = stack.use(await startNginx(folder));
  const agent = stack.use(await answeringAgent(folder.run, nginx.instance.id));
  const { webFolder } = agent;
  const adapter = nginxAdapter({ webFolder, token: "t0ken" });
  const { instance } = nginx;
  const read = await adapter.read(instance);
  const plan = adapter.plan(
    instance,
    read,
    read.sites.map(({ id }) => id),
    false,
  );
  if (plan.refused.length > 0) throw new Error(JSON.stringify(plan.refused));
  const { questions } = read;
  const put = await carryOutHook({ adapter, instance, files: plan.files, questions, expect: "live", reload: "now" });
  if (!put.ok) throw new Error(put.refusal.message);
  const kept = stack.move();
  return {
    folder,
    nginx,
    agent,
    async visit(path, more = {}) {
      const asked = { address: "127.0.0.1", port: folder.port(1), tls: false, host: "shop.example.com", path };
      const answered = await askListener({ ...asked, timeoutMs: 20_000, ...more });
      if (!answered.ok) throw new Error(answered.message);
      return answered.answer;
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
