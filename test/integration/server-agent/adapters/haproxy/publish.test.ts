/** What is closed reaches every process of a real HAProxy, and the file for its next start. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, get } from "node:http";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { haproxyAdapter } from "../../../../../server-agent/adapters/haproxy/haproxy-adapter.ts";
import { workersOf } from "../../../../../server-agent/adapters/haproxy/masters.ts";
import { orderTo, shownMap } from "../../../../../server-agent/adapters/haproxy/orders.ts";
import { writeHookFiles } from "../../../../../server-agent/adapters/hook-files.ts";
import { HAS_HAPROXY, haproxyFolder, startHaproxy } from "../../../../support/web-servers/haproxy.ts";

const NAMES = Array.from({ length: 500 }, (_, number) => `shop-${String(number)}.example.com`);

describe.runIf(HAS_HAPROXY)("the names that are closed", () => {
  it("reach a process of before a reload that still has a visitor, all of them at once", async () => {
    // Answers, and never ends.
    await using origin = createServer((_request, response) => response.writeHead(200).write("x"));
    origin.listen(0, "127.0.0.1");
    await once(origin, "listening");
    const address = origin.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    await using folder = await haproxyFolder(`frontend web
    bind 127.0.0.1:@PORT1@
    default_backend app
backend app
    server origin 127.0.0.1:${String(port)}
`);
    await using haproxy = await startHaproxy(folder);
    const { instance, pid } = haproxy;
    const adapter = haproxyAdapter({ webFolder: join(folder.run, "web"), token: "t" });
    writeHookFiles(adapter.plan(instance, await adapter.read(instance), ["default"], false).files);
    expect(await adapter.reload(instance)).toBeUndefined();
    const visitor = get({ host: "127.0.0.1", port: folder.port(1) });
    visitor.on("error", () => undefined);
    await once(visitor, "response");
    expect(await adapter.reload(instance)).toBeUndefined();
    const workers = await workersOf(pid);
    expect(workers).toHaveLength(2);

    await adapter.publish?.(instance, await adapter.read(instance), new Map([["default", NAMES]]));
    const map = join(folder.etc, "backsoon/closed.map");
    expect((await readFile(map, "utf8")).trim().split("\n")).toHaveLength(NAMES.length);
    const master = orderTo({ path: join(folder.run, "master.sock") });
    for (const worker of workers) {
      const shown = await shownMap((order) => master(`@!${String(worker.pid)} ${order}`), map);
      expect([...(shown?.keys() ?? [])].sort()).toEqual([...NAMES].sort());
    }
    await adapter.publish?.(instance, await adapter.read(instance), new Map());
    expect(await readFile(map, "utf8")).toBe("");
    visitor.destroy();
    origin.closeAllConnections();
  });
});
