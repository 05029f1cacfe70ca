import { connect } from "node:net";

/** What says that nobody is there. */
const NOBODY = new Set<string | undefined>(["ECONNREFUSED", "ENOENT", "ENOTDIR"]);

/** Whether somebody answers on this unix socket; also where that cannot be told. */
export function socketAnswers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", ({ code }: NodeJS.ErrnoException) => resolve(!NOBODY.has(code)));
  });
}
