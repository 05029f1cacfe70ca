/**
 * The agent and the worker it starts, as one file: easy to send, to hash and to take over from.
 * They are bundled apart and wrapped in a function each, since V8 compiles a function only when it
 * is called: code of the other program costs a process hardly more than its text.
 */
interface Programs {
  /** Bundles in CommonJS that import only what Node has built in. */
  readonly agent: string;
  readonly worker: string;
}

/** The text of `agent.mjs`. */
export function agentFile({ agent, worker }: Programs): string {
  return `#!/usr/bin/env node
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
function agent() {
${agent}
}
function worker() {
${worker}
}
if (process.env.BACKSOON_WORKER === undefined) agent();
else worker();
`;
}
