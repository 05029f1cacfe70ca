/** Error pages, redirects, fixed responses and the access log, on a real worker. */
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { VirtualHost } from "../../../../server-agent/contract/config.ts";
import type { Handler } from "../../../../server-agent/contract/handler.ts";
import { openRaw, type RawResponse } from "../../../support/http/raw-client.ts";
import { configWith, startWorker, type WorkerHarness } from "../../../support/agent/worker-harness.ts";

let folder: string;
let worker: WorkerHarness;

function site(id: string, handler: Handler, rest: Partial<VirtualHost> = {}): VirtualHost {
  return { id, hosts: [id], rules: [{ handler }], ...rest };
}
const REDIRECTS: Record<string, Extract<Handler, { type: "redirect" }>> = {
  plain: { type: "redirect", to: "/new" },
  moved: { type: "redirect", to: "https://new.example${path}?from=${host}", status: 308 },
  "www.secure": { type: "redirect", to: "https://${host}${path}", status: 301 },
  group: { type: "redirect", to: "/articles/$1", regex: "(?s)^/blog/(.*)$", status: 303 },
  whole: { type: "redirect", to: "https://new.example$1", regex: "^/old(.*)$" },
  query: { type: "redirect", to: "/search?${query}&page=$1", regex: "^/list/([0-9]+)" },
  login: { type: "redirect", to: "/login?next=${path}&step=1" },
  search: { type: "redirect", to: "/search?q=$1&lang=en", regex: "^/p/(.*)$" },
};

async function ask(host: string, path: string, fields = "", method = "GET"): Promise<RawResponse> {
  using client = await openRaw(worker.port);
  return await client.ask(`${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`, method !== "HEAD");
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-"));
  await writeFile(join(folder, "410.html"), "<h1>gone, but ours</h1>");
  await writeFile(join(folder, "404.json"), '{"ours":true}');
  for (const number of [1, 2, 3, 4]) execFileSync("mkfifo", [join(folder, `pipe-${String(number)}`)]);
  execFileSync("mkfifo", [join(folder, "page-pipe")]);
  const errorPages = {
    "410": join(folder, "410.html"),
    "404": join(folder, "404.json"),
    "500": join(folder, "missing.html"),
    "403": join(folder, "page-pipe"),
  };
  worker = await startWorker(
    configWith([
      site(
        "gone",
        { type: "error", status: 410 },
        {
          errorPages,
          rules: [
            { when: { path: "/410" }, handler: { type: "error", status: 410 } },
            { when: { path: "/500" }, handler: { type: "error", status: 500 } },
          ],
        },
      ),
      site("fixed", {
        type: "respond",
        status: 201,
        headers: { "X-One": "1", "content-type": "text/x-test" },
        body: "grüße",
      }),
      site("text", { type: "respond", body: "ok" }),
      site("nothing", { type: "respond", status: 204, body: "not sent" }),
      site("told", { type: "respond", body: "four" }, { accessLog: { to: "stdout", format: "json" } }),
      site("logged", { type: "respond", body: "four" }, { accessLog: join(folder, "access.log") }),
      site("unwritable", { type: "respond", body: "four" }, { accessLog: join(folder, "none", "access.log") }),
      site("files", { type: "file", root: folder }),
      ...[1, 2, 3, 4].map((number) =>
        site(`piped-${String(number)}`, { type: "respond" }, { accessLog: join(folder, `pipe-${String(number)}`) }),
      ),
      ...Object.entries(REDIRECTS).map(([id, handler]) => site(id, handler)),
    ]),
  );
});

afterAll(async () => {
  await worker.close();
  await rm(folder, { recursive: true });
});

describe("error pages", () => {
  it("are the site's own, with the original status and media type, and are not cached", async () => {
    const gone = await ask("gone", "/410");
    expect(gone).toMatchObject({ status: 410, body: "<h1>gone, but ours</h1>" });
    expect(gone.headers).toMatchObject({ "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
    const missing = await ask("gone", "/no-rule-for-this");
    expect(missing).toMatchObject({ status: 404, body: '{"ours":true}' });
    expect(missing.headers["content-type"]).toBe("application/json; charset=utf-8");
    const head = await ask("gone", "/410", "", "HEAD");
    expect(head.headers["content-length"]).toBe(gone.headers["content-length"]);
  });

  it("fall back to the built-in page, as HTML or JSON", async () => {
    const html = await ask("gone", "/500");
    expect(html.status).toBe(500);
    expect(html.body).toContain("<!doctype html>");
    expect(html.body.length).toBe(Number(html.headers["content-length"]));
    expect(html.body).not.toMatch(/(?:src|href)=/);
    expect(JSON.parse((await ask("gone", "/500", "Accept: application/json\r\n")).body)).toEqual({
      status: 500,
      title: "Internal Server Error",
    });
    expect(worker.log.match(/cannot read the page .*missing\.html/g)).toHaveLength(1);
    expect(worker.log).toMatch(/cannot read the page .*page-pipe.*not a file/);
  });
});

describe("fixed responses", () => {
  it("have their own fields and a length in bytes", async () => {
    const fixed = await ask("fixed", "/");
    expect(fixed).toMatchObject({ status: 201, body: Buffer.from("grüße").toString("latin1") });
    expect(fixed.headers).toMatchObject({ "x-one": "1", "content-type": "text/x-test", "content-length": "7" });
    expect((await ask("text", "/")).headers["content-type"]).toBe("text/plain; charset=utf-8");
  });

  it("have no body where the status has none", async () => {
    const nothing = await ask("nothing", "/");
    expect(nothing.status).toBe(204);
    expect(nothing.headers["content-length"]).toBeUndefined();
  });
});

describe("redirects", () => {
  it.each([
    ["plain", "/a", 302, "/new"],
    ["plain", "/a?x=1&y=%20", 302, "/new?x=1&y=%20"],
    ["moved", "/a%20b/%C3%BC", 308, "https://new.example/a%20b/%C3%BC?from=moved"],
    ["www.secure", "/a?b=c", 301, "https://www.secure/a?b=c"],
    ["group", "/blog/2026/hello?x=1", 303, "/articles/2026/hello?x=1"],
    ["whole", "/old/page", 302, "https://new.example/page"],
    ["whole", "/old?q=1", 302, "https://new.example?q=1"],
    ["query", "/list/7?a=b", 302, "/search?a=b&page=7"],
  ])("%s%s", async (host, path, status, location) => {
    const answer = await ask(host, path);
    expect(answer.status).toBe(status);
    expect(answer.headers.location).toBe(location);
  });

  it.each([
    "/api/projects/group%2Fproject?ref=a%2Fb",
    "/@scope%2fname",
    "/a//b",
    "/%FCbersicht.html",
    "/a%3Bb;c%26d&e%20f+g%2Bh",
    "/a%3Fb%23c%25d",
  ])("keep the path as the visitor wrote it: %s", async (path) => {
    expect((await ask("www.secure", path)).headers.location).toBe(`https://www.secure${path}`);
  });

  it.each([
    ["login", "/cart%26step=9", "/login?next=/cart%26step=9&step=1"],
    ["login", "/cart&step=9", "/login?next=/cart%26step=9&step=1"],
    ["login", "/a+b;c%2Bd", "/login?next=/a%2Bb%3Bc%2Bd&step=1"],
    ["search", "/p/a%26lang%3Dxx", "/search?q=a%26lang%3Dxx&lang=en"],
    ["search", "/p/a&lang=xx", "/search?q=a%26lang=xx&lang=en"],
    ["search", "/p/1%2B1%25", "/search?q=1%2B1%25&lang=en"],
  ])("a path in a query stays one value: %s%s", async (host, path, location) => {
    expect((await ask(host, path)).headers.location).toBe(location);
  });

  it.each([
    ["a group cannot lengthen the host name", "whole", "/old.evil.example/"],
    ["a group cannot turn the host name into a user name", "whole", "/old@evil.example/"],
    ["a group cannot add a port", "whole", "/old:99/"],
    ["what does not match the expression is not found", "group", "/other"],
  ])("%s: 404", async (_, host, path) => {
    expect((await ask(host, path)).status).toBe(404);
  });

  it.each([
    ["/blog//evil.example/", "/articles/evil.example/"],
    ["/blog/%2F%2Fevil.example", "/articles/evil.example"],
    ["/blog/%5C%5Cevil.example", "/articles/%5C%5Cevil.example"],
    ["/blog/a%0D%0ASet-Cookie:%20x=y", "/articles/a%0D%0ASet-Cookie:%20x=y"],
    ["/blog/100%25%3Fx", "/articles/100%25%3Fx"],
    ["/blog/group%2Fproject", "/articles/group%2Fproject"],
    ["/blog/%FCber%C3%BC%EF%BF%BDz", "/articles/%FCber%C3%BC%EF%BF%BDz"],
    ["/blog/a%2f..%2fb/%C3%BC", "/articles/b/%C3%BC"],
  ])("what a visitor writes stays within the path: %s", async (path, location) => {
    const answer = await ask("group", path);
    expect(answer.headers.location).toBe(location);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });
});

describe("the access log", () => {
  const LINE =
    /^127\.0\.0\.1 - - \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "([^"]*)" (\d{3}) (\d+) "([^"]*)" "([^"]*)"$/;
  const lines = async (file: string): Promise<string[]> =>
    (await readFile(join(folder, file), "utf8").catch(() => "")).split("\n").slice(0, -1);
  const untilLines = (file: string, count: number): Promise<void> =>
    expect.poll(async () => (await lines(file)).length, { timeout: 10_000 }).toBe(count);

  it("has a line for each request, escaped, and goes on in a new file after rotation", async () => {
    await ask("logged", "/a?b=c", "Referer: https://example.org/\r\nUser-Agent: Test/1.0\r\n");
    await ask("logged", "/", "", "HEAD");
    await ask("logged", "/", 'User-Agent: evil" 200 "\\ \u00e9\u009b31m\r\n');
    await untilLines("access.log", 3);
    const parsed = (await lines("access.log")).map((line) => LINE.exec(line)?.slice(1));
    expect(parsed).toEqual([
      ["GET /a?b=c HTTP/1.1", "200", "4", "https://example.org/", "Test/1.0"],
      ["HEAD / HTTP/1.1", "200", "0", "-", "-"],
      ["GET / HTTP/1.1", "200", "4", "-", "evil\\x22 200 \\x22\\x5C \\xC3\\xA9\\xC2\\x9B31m"],
    ]);

    await rename(join(folder, "access.log"), join(folder, "access.log.1"));
    await ask("logged", "/before-the-signal");
    worker.send({ type: "reopen-logs" });
    await worker.requests();
    await ask("logged", "/after-the-signal");
    await untilLines("access.log", 1);
    await untilLines("access.log.1", 4);
    expect((await lines("access.log"))[0]).toContain("/after-the-signal");
  });

  it("may be standard output, and JSON", async () => {
    await ask("told", "/a?b");
    await expect.poll(() => worker.output).toMatch(/\n$/);
    expect(JSON.parse(worker.output)).toMatchObject({
      client: "127.0.0.1",
      method: "GET",
      host: "told",
      target: "/a?b",
      protocol: "HTTP/1.1",
      status: 200,
      bytes: 4,
      listener: "http",
      virtualHost: "told",
      site: "told",
      rule: 0,
      generation: 1,
      maintenance: false,
      outcome: "answered",
    });
  });

  it("that is a pipe nobody reads holds up no file", async () => {
    for (const number of [1, 2, 3, 4]) expect((await ask(`piped-${String(number)}`, "/")).status).toBe(200);
    await expect.poll(() => new Set(worker.log.match(/pipe-\d/g)).size, { timeout: 10_000 }).toBe(4);
    expect((await ask("files", "/410.html")).status).toBe(200);
  });

  it("that cannot be written costs no request and one line in the agent's log", async () => {
    for (let round = 0; round < 2; round += 1) {
      expect((await ask("unwritable", "/")).status).toBe(200);
      await expect
        .poll(() => worker.log.match(/access log cannot be written[^\n]*none/g)?.length, { timeout: 10_000 })
        .toBe(1);
    }
  });

  it("is written at the end of the process", async () => {
    const path = join(folder, "last.log");
    await using ending = await startWorker(
      configWith([site("shop", { type: "respond", body: "ok" }, { accessLog: path })]),
    );
    {
      using client = await openRaw(ending.port);
      await client.ask("GET / HTTP/1.1\r\nHost: shop\r\n\r\n");
    }
    ending.send({ type: "retire", lingerSeconds: 0 });
    expect(await ending.exited).toBe(0);
    expect(await lines("last.log")).toHaveLength(1);
  });
});
