import { connect } from "node:net";
import { parseArgs } from "node:util";
import { EXIT } from "../../exit-codes.ts";
import { socketPath } from "../call-agent.ts";

/**
 * Joins standard input and output with the admin socket, byte by byte: an SSH channel that runs
 * this is as good as the socket itself, where forwarding is forbidden. When the client closes its
 * side, what the agent still has to say is passed on. With `--announce` a line tells when the
 * socket is reached, so that the client can pass over whatever the login shell prints before it.
 */
export function dialStdio(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { socket: { type: "string" }, announce: { type: "boolean" } },
  });
  const path = socketPath(values.socket);
  return new Promise((resolve) => {
    const socket = connect({ path, allowHalfOpen: true });
    socket.once("connect", () => {
      if (values.announce === true) process.stdout.write("backsoon-agent: connected\n");
      process.stdin.pipe(socket);
      socket.pipe(process.stdout);
    });
    socket.once("close", (failed) => {
      process.stdin.destroy();
      if (!failed) resolve(EXIT.ok);
    });
    socket.once("error", (failure) => {
      process.stderr.write(`backsoon-agent: cannot connect to the admin socket ${path}: ${failure.message}\n`);
      resolve(EXIT.unreachable);
    });
    // The other side of the channel is gone: nobody is left to pipe for.
    process.stdout.once("error", () => socket.destroy());
  });
}
