/** Where the programs are that the app starts, in a source tree and in the packaged app. */
import fs from "node:fs";
import path from "node:path";

/** Where the programs are that the app starts beside itself. */
export interface ProgramPaths {
  /**
   * The pinned Node. Electron's own binary cannot stand in: its fuse against running as Node is
   * set.
   */
  node: string;
  agent: string;
  /** Folder with the practice server's programs and pages. */
  practice: string;
}

/**
 * @param dist the folder `dist/` of a source tree, or Electron's resources folder of the packaged
 *   app.
 */
export function programPaths(packaged: boolean, dist: string): ProgramPaths {
  return {
    node: packaged
      ? path.join(dist, "node", "bin", process.platform === "win32" ? "node.exe" : "node")
      : fs.realpathSync(path.join(dist, "..", "node_modules", ".bin", "node")),
    agent: path.join(dist, "agent.mjs"),
    practice: path.join(dist, "practice"),
  };
}
