/** The agent's program as this app carries it: its bytes, version and digest. */
import { t } from "../language/translate.ts";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { FailureError, messageOf } from "../failures.ts";
import type { ServerFacts } from "../contract/install.ts";

/** The agent as it is uploaded. */
export interface AgentProgram {
  /**
   * `script`: for the server's own Node. `executable`: brings its Node along, compressed by gzip.
   */
  kind: "script" | "executable";
  content: Buffer;
  /** SHA-256 of `content` in hex. */
  hash: string;
}

const MIN_NODE_MAJOR = 22;

/** The agent's program for servers of different kinds. */
export class AgentPrograms {
  readonly #paths: { agent: string; node: string };
  #executable: Promise<AgentProgram> | undefined;

  /** @param paths of the agent's script and of the pinned Node, on this computer */
  constructor(paths: { agent: string; node: string }) {
    this.#paths = paths;
  }

  /**
   * Rejects with `install.unsupported` where neither fits. Making an executable takes some seconds,
   * once.
   */
  async for({ node, system, address }: Pick<ServerFacts, "node" | "system" | "address">): Promise<AgentProgram> {
    const major = Number(/^\d+/.exec(node ?? "")?.[0] ?? 0);
    if (major >= MIN_NODE_MAJOR) return program("script", await readFile(this.#paths.agent));
    const has = node === null ? t("no Node") : `Node ${node}`;
    if (system !== "Linux x86_64" || process.platform !== "linux" || process.arch !== "x64")
      throw new FailureError({
        code: "install.unsupported",
        message: t(
          "{server} ({system}) has {node} for this account; the agent needs Node {wanted} or newer. An executable that needs none is made from Linux x64 for Linux x64 only. Install Node, for example from nodejs.org, and look again.",
          { server: address, system, node: has, wanted: String(MIN_NODE_MAJOR) },
        ),
      });
    this.#executable ??= this.#make();
    return this.#executable.catch((error: unknown) => {
      this.#executable = undefined;
      throw new FailureError({
        code: "install.unsupported",
        message: t("{server} has {node}, and an executable that needs none could not be made: {why}", {
          server: address,
          node: has,
          why: messageOf(error),
        }),
      });
    });
  }

  /** A single executable application of Node. */
  async #make(): Promise<AgentProgram> {
    const folder = await mkdtemp(path.join(os.tmpdir(), "backsoon-executable-"));
    try {
      const output = path.join(folder, "agent");
      const settings = path.join(folder, "sea.json");
      await writeFile(
        settings,
        JSON.stringify({ main: this.#paths.agent, mainFormat: "module", output, disableExperimentalSEAWarning: true }),
      );
      await promisify(execFile)(this.#paths.node, ["--build-sea", settings], { timeout: 120_000 });
      return program("executable", await promisify(gzip)(await readFile(output)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function program(kind: AgentProgram["kind"], content: Buffer): AgentProgram {
  return { kind, content, hash: createHash("sha256").update(content).digest("hex") };
}
