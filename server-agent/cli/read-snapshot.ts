import { request } from "node:http";
import { Snapshot } from "../contract/events.ts";
import { callAgent, type CallOutcome } from "./call-agent.ts";

/** The first line of the event stream: everything at one moment, in one call. */
export async function readSnapshot(socket: string): Promise<CallOutcome<Snapshot>> {
  // Tells in the usual words when nobody answers, or somebody else than an agent.
  const agent = await callAgent(socket, "getAgent", {});
  if (!agent.ok) return agent;
  return { ok: true, value: Snapshot.parse(JSON.parse(await firstLine(socket))) };
}

function firstLine(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path: "/v1/events" }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        const end = text.indexOf("\n");
        if (end === -1) return;
        resolve(text.slice(0, end));
        call.destroy();
      });
      response.on("end", () => reject(new Error("the event stream ended before its snapshot")));
      response.on("error", reject);
    });
    call.on("error", reject);
    call.end();
  });
}
