/** Programs that are started for each request. */
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, open, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Handler } from "../../../../../server-agent/contract/handler.ts";
import { configWith, startWorker, type WorkerHarness } from "../../../../support/agent/worker-harness.ts";
import { ask, type Question } from "../../../../support/http/ask.ts";
import { openRaw } from "../../../../support/http/raw-client.ts";

const HEAD = 'printf "Content-Type: text/plain\\n\\n"';
const FILES: Readonly<Record<string, string>> = {
  "www/env.cgi": `#!/bin/sh\n${HEAD}\nenv\npwd\nid -u`,
  "www/echo.cgi": `#!/bin/sh\n${HEAD}\ncat`,
  "www/deaf.cgi": `#!/bin/sh\n${HEAD}\necho done`,
  // What it has started still holds its output when it has ended.
  "www/leaves.cgi": `#!/bin/sh\n${HEAD}\nprintf first\nsleep 600 & echo $! > run/$QUERY_STRING`,
  "www/written.cgi": `#!/bin/sh\n${HEAD}\necho done`,
  "www/sends.cgi": `#!/bin/sh\nprintf 'Content-Type: text/plain\\nX-Sendfile: %s/note.txt\\n\\n' "$DOCUMENT_ROOT"\nwhile [ ! -e run/go ]; do sleep 0.02; done\necho more\necho counted > run/counted`,
  "www/fails.cgi": "#!/bin/sh\necho 'why not' >&2\nexit 3",
  "www/gone.cgi": "#!/nowhere/interpreter\n",
  "www/plain.cgi": "not to be run",
  "www/note.txt": "a note",
  "www/sub/tool": `#!/bin/sh\n${HEAD}\necho "$SCRIPT_NAME+$PATH_INFO"`,
  "www/.hidden": `#!/bin/sh\n${HEAD}\necho hidden`,
  "www/script.txt": "Content-Type: text/plain\n\nby an interpreter",
  // A child of its own that would outlive it.
  "www/slow.cgi": `#!/bin/sh\n${HEAD}\nprintf first\n(sleep 600 & echo $! > run/$QUERY_STRING; wait)`,
};

let folder: string;
let worker: WorkerHarness;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "backsoon-cgi-")));
  await chmod(folder, 0o755);
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text, { mode: name === "www/plain.cgi" ? 0o644 : 0o755 });
  }
  await mkdir(join(folder, "www/run"));
  await chmod(join(folder, "www/run"), 0o777);
  const options: Record<string, Partial<Handler & { type: "cgi" }>> = {
    plain: { params: { A_B: "ü" }, files: true, sendFiles: [join(folder, "www")] },
    few: { processes: 1 },
    // Long enough for a busy machine to start it.
    short: { timeout: 1.5 },
    any: { extensions: ["*"], index: [], files: true, fallback: "/sub/tool" },
    interpreted: { interpreter: "/bin/cat", extensions: ["txt"] },
  };
  const sites = Object.entries(options).map(([id, rest]) => ({
    id,
    hosts: [id],
    rules: [{ handler: { type: "cgi" as const, root: join(folder, "www"), ...rest } }],
  }));
  worker = await startWorker(configWith(sites));
});

afterAll(async () => {
  await worker.close();
  await rm(folder, { recursive: true });
});

function get(path: string, { host = "plain", headers = {}, ...rest }: Question & { host?: string } = {}) {
  return ask(worker.port, path, { headers: { Host: host, ...headers }, ...rest });
}

/** The process that the slow program has started. */
async function childOf(id: string): Promise<number> {
  const file = join(folder, "www/run", id);
  await expect.poll(() => existsSync(file) && readFile(file, "utf8"), { interval: 10 }).toMatch(/^\d+\n$/);
  return Number(await readFile(file, "utf8"));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a program of CGI", () => {
  it("has the variables of the request, and nothing of the agent's environment", async () => {
    const { text } = await get("/env.cgi/x?--version", { headers: { Proxy: "evil", "X-Y": "z" } });
    const lines = text.trim().split("\n");
    const names = lines.filter((line) => line.includes("=")).map((line) => line.split("=")[0]);
    expect(text).toContain("PATH=/usr/local/bin:/usr/bin:/bin\n");
    expect(text).toContain(`SCRIPT_FILENAME=${join(folder, "www/env.cgi")}\n`);
    expect(text).toContain("QUERY_STRING=--version\n");
    expect(text).toContain("A_B=ü\n");
    expect(text).toContain("HTTP_X_Y=z\n");
    const known =
      /^(?:GATEWAY_|SERVER_|REQUEST_|REMOTE_ADDR|QUERY_|SCRIPT_|PATH|DOCUMENT_ROOT|REDIRECT_STATUS|A_B|HTTP_(?:HOST|X_Y|CONNECTION)$|PWD|OLDPWD|SHLVL|_$)/;
    expect(names.filter((name) => !known.test(name ?? ""))).toEqual([]);
    expect(lines.at(-2)).toBe(join(folder, "www"));
    // Never as root.
    expect(lines.at(-1)).not.toBe("0");
  });

  it("reads the body, or does not", async () => {
    const body = "x".repeat(300_000);
    expect(await get("/echo.cgi", { method: "POST", body })).toMatchObject({ status: 200, text: body });
    const chunked = { "Transfer-Encoding": "chunked" };
    expect(await get("/echo.cgi", { method: "POST", body, headers: chunked })).toMatchObject({ text: body });
    expect(await get("/deaf.cgi", { method: "POST", body })).toMatchObject({ status: 200, text: "done\n" });
    expect(await get("/deaf.cgi", { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
  });

  it("that fails, or cannot be started, is answered with 502, and the log says why", async () => {
    for (const path of ["/fails.cgi", "/gone.cgi", "/plain.cgi"])
      expect(await get(path)).toMatchObject({ status: 502 });
    await expect.poll(() => worker.log).toContain("why not");
    expect(worker.log).toContain("plain.cgi");
    expect(await get("/note.txt")).toMatchObject({ status: 200, text: "a note" });
    expect(await get("/missing.cgi")).toMatchObject({ status: 404 });
  });

  it("that has a file sent for it may do what it has to do", async () => {
    expect(await get("/sends.cgi")).toMatchObject({ status: 200, text: "a note" });
    await writeFile(join(folder, "www/run/go"), "");
    await expect.poll(() => existsSync(join(folder, "www/run/counted"))).toBe(true);
  });

  it("may have any name, and then no file is anything else", async () => {
    const text = async (path: string) => (await get(path, { host: "any" })).text;
    expect(await text("/sub/tool")).toBe("/sub/tool+\n");
    expect(await text("/sub/tool/a/b.txt?x")).toBe("/sub/tool+/a/b.txt\n");
    expect(await text("/deaf.cgi")).toBe("done\n");
    // What is not there, or not to be seen, is the fallback's.
    for (const path of ["/", "/sub/", "/sub/other", "/.hidden"]) expect(await text(path)).toBe("/sub/tool+\n");
    expect(await get("/note.txt", { host: "any" })).toMatchObject({ status: 502 });
  });

  it("may be run by an interpreter", async () => {
    expect(await get("/script.txt", { host: "interpreted" })).toMatchObject({ status: 200, text: "by an interpreter" });
  });

  it("ends with its visitor, and so does what it has started", async () => {
    using client = await openRaw(worker.port);
    await client.write("GET /slow.cgi?left HTTP/1.1\r\nHost: plain\r\n\r\n");
    await client.until("first");
    const child = await childOf("left");
    expect(isRunning(child)).toBe(true);
    client.destroy();
    await expect.poll(() => isRunning(child)).toBe(false);
  });

  it("ends when its time is over", async () => {
    const answer = await get("/slow.cgi?late", { host: "short" });
    expect(answer.complete).toBe(false);
    const child = await childOf("late");
    await expect.poll(() => isRunning(child)).toBe(false);
  });

  it("ends when its time is over, also where it has left the rest to what it has started", async () => {
    const answer = await get("/leaves.cgi?orphan", { host: "short" });
    expect(answer.complete).toBe(false);
    const child = await childOf("orphan");
    await expect.poll(() => isRunning(child)).toBe(false);
  });

  it("that cannot be started at the moment takes no place", async () => {
    const writer = await open(join(folder, "www/written.cgi"), "r+");
    for (let turn = 0; turn < 3; turn++) {
      const body = turn === 0 ? {} : { method: "POST", body: "x", headers: { "Transfer-Encoding": "chunked" } };
      expect(await get("/written.cgi", { host: "few", ...body })).toMatchObject({ status: 502 });
    }
    await writer.close();
    expect(await get("/written.cgi", { host: "few" })).toMatchObject({ status: 200, text: "done\n" });
  });

  it("is one of so many at a time", async () => {
    using client = await openRaw(worker.port);
    await client.write("GET /slow.cgi?only HTTP/1.1\r\nHost: few\r\n\r\n");
    await client.until("first");
    expect(await get("/deaf.cgi", { host: "few" })).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
    client.destroy();
    await expect.poll(async () => (await get("/deaf.cgi", { host: "few" })).status).toBe(200);
  });
});
