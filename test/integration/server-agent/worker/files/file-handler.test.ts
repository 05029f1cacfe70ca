import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  mkdir,
  mkdtemp,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { Agent, get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  brotliCompressSync,
  brotliDecompressSync,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
  zstdDecompressSync,
} from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileCommon } from "../../../../../server-agent/worker/files/common.ts";
import { compileFile } from "../../../../../server-agent/worker/files/file.ts";
import { compileListing } from "../../../../../server-agent/worker/files/listing.ts";
import { lookUpFile } from "../../../../../server-agent/worker/files/file-lookup.ts";
import { FoundFile } from "../../../../../server-agent/worker/files/found-file.ts";
import { ask } from "../../../../support/http/ask.ts";
import { startHandler, type HandlerHarness } from "../../../../support/agent/handler-harness.ts";

const PAGE = `<!doctype html><title>Shop</title>${"<p>Käse und Brot</p>".repeat(200)}`;
const SMALL = "0123456789";
const BIG = randomBytes(3 * 1024 * 1024);
const LONG_AGO = new Date("2024-02-03T04:05:06.789Z");

let folder: string;
let root: string;
let file: HandlerHarness;
let listing: HandlerHarness;
let common: HandlerHarness;

async function put(path: string, content: string | Buffer, modified = LONG_AGO): Promise<void> {
  await writeFile(join(root, path), content);
  await utimes(join(root, path), modified, modified);
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "backsoon-files-")));
  root = join(folder, "www");
  for (const path of ["", "docs", "bare", "bare/sub", ".well-known", ".git", "docs/.secret-folder", "wörter"])
    await mkdir(join(root, path), { recursive: true });
  await put("page.html", PAGE);
  await put("small.txt", SMALL);
  await put("empty.txt", "");
  await put("big.bin", BIG);
  await put("big.txt", BIG.toString("hex"));
  await put("photo.jpg", Buffer.alloc(4096, 1));
  await put("docs/index.html", "the index");
  await put("bare/a.txt", "a");
  await put("bare/<b>&'\".txt", "b");
  await put("bare/c:d.txt", "c");
  await put("wörter/ein wort?.txt", "wort");
  await put(".well-known/security.txt", "Contact: mailto:x@example.com");
  await put(".env", "SECRET=1");
  await put(".git/config", "secret");
  await put("docs/.htpasswd", "secret");
  await put("style.css", "body{}".repeat(1000));
  await put("style.css.gz", gzipSync("/* the gzip file */"));
  await put("style.css.br", brotliCompressSync("/* the brotli file */"));
  await put("style.css.zst", zstdCompressSync("/* the zstd file */"));
  await put("stale.css", "body{}".repeat(1000));
  await put("stale.css.gz", gzipSync("/* out of date */"), new Date(LONG_AGO.getTime() - 60_000));
  await writeFile(join(folder, "outside.txt"), "outside");
  await symlink(join(folder, "outside.txt"), join(root, "leak.txt"));
  await symlink(folder, join(root, "leak-folder"));
  await symlink("/", join(root, "bare/root"));
  await symlink("small.txt", join(root, "link.html"));
  await symlink(join(root, ".env"), join(root, "env.txt"));
  await symlink("loop", join(root, "loop"));
  execFileSync("mkfifo", [join(root, "pipe.txt")]);
  await symlink("/dev/zero", join(root, "zero.txt"));
  file = await startHandler(compileFile({ type: "file", root }));
  listing = await startHandler(compileListing({ type: "listing", root }));
  common = await startHandler(compileCommon({ type: "common", root, index: ["index.htm", "index.html"] }));
});

afterAll(async () => {
  await Promise.all([file.close(), listing.close(), common.close()]);
  await rm(folder, { recursive: true });
});

describe("a file", () => {
  it("comes whole, with everything a browser and a cache need", async () => {
    for (let times = 0; times < 2; times++) {
      const { status, headers, text } = await ask(file.port, "/page.html");
      expect(status).toBe(200);
      expect(text).toBe(PAGE);
      expect(headers).toMatchObject({
        "content-type": "text/html; charset=utf-8",
        "content-length": String(Buffer.byteLength(PAGE)),
        "last-modified": "Sat, 03 Feb 2024 04:05:06 GMT",
        "accept-ranges": "bytes",
        vary: "Accept-Encoding",
        "x-content-type-options": "nosniff",
      });
      expect(headers.etag).toMatch(/^"[\w-]+"$/);
    }
  });

  it("to HEAD comes as head alone, the same", async () => {
    const { headers: got } = await ask(file.port, "/small.txt");
    const { status, headers, body } = await ask(file.port, "/small.txt", { method: "HEAD" });
    expect(status).toBe(200);
    expect(body).toHaveLength(0);
    expect({ ...headers, date: "" }).toEqual({ ...got, date: "" });
    const big = await ask(file.port, "/big.bin", { method: "HEAD" });
    expect(big.headers["content-length"]).toBe(String(BIG.length));
  });

  it("that is large is streamed and counted as download", async () => {
    const { body, complete } = await ask(file.port, "/big.bin");
    expect(complete).toBe(true);
    expect(body.equals(BIG)).toBe(true);
    expect(file.entries.at(-1)).toMatchObject({ kind: "download", bytesExpected: BIG.length, bytesSent: BIG.length });
  });

  it.each([
    [1024 * 1024 - 1, "page"],
    [1024 * 1024, "download"],
  ])("of %i bytes is counted as %s", async (size, kind) => {
    await put("edge.bin", Buffer.alloc(size));
    expect((await ask(file.port, "/edge.bin")).body).toHaveLength(size);
    expect(file.entries.at(-1)).toMatchObject({ kind, bytesSent: size });
  });

  it("that is small is counted as page", async () => {
    await ask(file.port, "/small.txt");
    expect(file.entries.at(-1)).toMatchObject({ kind: "page", bytesSent: SMALL.length });
  });

  it("that is empty", async () => {
    const { status, headers, body } = await ask(file.port, "/empty.txt");
    expect([status, headers["content-length"], body.length]).toEqual([200, "0", 0]);
  });

  it("with a name of other letters", async () => {
    expect((await ask(file.port, "/w%C3%B6rter/ein%20wort%3F.txt")).text).toBe("wort");
  });

  it.each([
    ["POST", 405],
    ["PUT", 405],
    ["DELETE", 405],
    ["OPTIONS", 204],
  ])("to %s answers %d with Allow", async (method, status) => {
    const answer = await ask(file.port, "/small.txt", { method });
    expect([answer.status, answer.headers.allow]).toEqual([status, "GET, HEAD, OPTIONS"]);
  });

  it.each([
    ["/page.html", "text/html; charset=utf-8"],
    ["/style.css", "text/css; charset=utf-8"],
    ["/small.txt", "text/plain; charset=utf-8"],
    ["/photo.jpg", "image/jpeg"],
    ["/big.bin", "application/octet-stream"],
    ["/link.html", "text/html; charset=utf-8"],
  ])("%s has the type %s", async (path, type) => {
    expect((await ask(file.port, path, { method: "HEAD" })).headers["content-type"]).toBe(type);
  });
});

describe("what must not be served", () => {
  it.each([
    "/missing.html",
    "/small.txt/",
    "/small.txt/x",
    "/.env",
    "/.git/config",
    "/docs/.htpasswd",
    "/docs/.secret-folder/",
    "/%2eenv",
    "/..%2foutside.txt",
    "/%2e%2e/outside.txt",
    "/../outside.txt",
    "/docs/%2e%2e%2f%2e%2e%2foutside.txt",
    "/docs\\..\\..\\outside.txt",
    "/docs%5c..%5c..%5coutside.txt",
    "/leak.txt",
    "/leak-folder/outside.txt",
    "/bare/root/etc/hostname",
    "/env.txt",
    "/loop",
    "/pipe.txt",
    "/zero.txt",
    "/bare/",
    `/${"a".repeat(300)}`,
    `/${"a/".repeat(3000)}`,
  ])("%s is 404, also when it is asked again", async (path) => {
    for (let times = 0; times < 2; times++) {
      const { status, text } = await ask(file.port, path);
      expect([status, text]).toEqual([404, "error page of the site: 404 Not Found\n"]);
    }
  });

  it("a NUL in the path never reaches the disk", async () => {
    const { status } = await ask(file.port, "/small.txt%00.html");
    expect(status).toBe(404);
  });

  it("/.well-known is no dotfile (RFC 8615)", async () => {
    expect((await ask(file.port, "/.well-known/security.txt")).status).toBe(200);
  });
});

describe("folders", () => {
  it("with an index serve it", async () => {
    expect((await ask(file.port, "/docs/")).text).toBe("the index");
  });

  it.each([
    ["/docs", "/docs/"],
    ["/docs?a=%20b&c", "/docs/?a=%20b&c"],
    ["/w%C3%B6rter", "/w%C3%B6rter/"],
    ["//docs", "/docs/"],
  ])("%s without slash redirect to %s", async (path, location) => {
    const { status, headers } = await ask(file.port, path);
    expect([status, headers.location]).toEqual([301, location]);
  });

  it("never redirect to another host", async () => {
    for (const path of [
      "//example.org/..",
      "///example.org/%2e%2e/docs",
      "/%2fexample.org/%2e%2e/docs",
      "/%5cexample.org/../docs",
    ]) {
      const { headers } = await ask(file.port, path);
      if (headers.location !== undefined) expect(headers.location).toMatch(/^\/[^/\\]/);
    }
  });
});

describe("conditional requests", () => {
  it("answer 304 for the same ETag or date, from memory and from the disk", async () => {
    for (const path of ["/small.txt", "/big.bin"]) {
      const first = await ask(file.port, path, { method: "HEAD" });
      const etag = first.headers.etag ?? "";
      const again = await ask(file.port, path, { headers: { "if-none-match": `"x", ${etag}` } });
      expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, etag]);
      expect(
        (await ask(file.port, path, { headers: { "if-modified-since": String(first.headers["last-modified"]) } }))
          .status,
      ).toBe(304);
      expect((await ask(file.port, path, { headers: { "if-none-match": '"x"' } })).status).toBe(200);
      expect((await ask(file.port, path, { headers: { "if-match": '"x"' } })).status).toBe(412);
    }
  });
});

describe("ranges", () => {
  it.each([
    ["bytes=0-3", "0123", "bytes 0-3/10"],
    ["bytes=7-", "789", "bytes 7-9/10"],
    ["bytes=-2", "89", "bytes 8-9/10"],
  ])("%s from memory", async (range, text, contentRange) => {
    const answer = await ask(file.port, "/small.txt", { headers: { range } });
    expect([answer.status, answer.text, answer.headers["content-range"], answer.headers["content-length"]]).toEqual([
      206,
      text,
      contentRange,
      String(text.length),
    ]);
  });

  it("from the disk", async () => {
    const answer = await ask(file.port, "/big.bin", { headers: { range: "bytes=1000000-2999999" } });
    expect(answer.status).toBe(206);
    expect(answer.body.equals(BIG.subarray(1_000_000, 3_000_000))).toBe(true);
  });

  it("that cannot be are 416, several are answered with the whole", async () => {
    const answer = await ask(file.port, "/small.txt", { headers: { range: "bytes=10-" } });
    expect([answer.status, answer.headers["content-range"]]).toEqual([416, "bytes */10"]);
    expect((await ask(file.port, "/small.txt", { headers: { range: "bytes=0-1,4-5" } })).text).toBe(SMALL);
  });

  it("with If-Range count only for the same bytes; HEAD knows none", async () => {
    const { headers } = await ask(file.port, "/small.txt");
    expect(
      (await ask(file.port, "/small.txt", { headers: { range: "bytes=0-3", "if-range": headers.etag ?? "" } })).status,
    ).toBe(206);
    expect((await ask(file.port, "/small.txt", { headers: { range: "bytes=0-3", "if-range": '"old"' } })).text).toBe(
      SMALL,
    );
    expect((await ask(file.port, "/small.txt", { method: "HEAD", headers: { range: "bytes=0-3" } })).status).toBe(200);
  });
});

describe("compression", () => {
  it("is done here where no compressed file exists, with an ETag of its own", async () => {
    const plain = await ask(file.port, "/page.html");
    const gzip = await ask(file.port, "/page.html", { headers: { "accept-encoding": "gzip" } });
    const brotli = await ask(file.port, "/page.html", { headers: { "accept-encoding": "gzip, br" } });
    expect(gunzipSync(gzip.body).toString()).toBe(PAGE);
    for (const path of ["/page.html", "/big.txt"]) {
      const zstd = await ask(file.port, path, { headers: { "accept-encoding": "gzip, zstd" } });
      expect(zstd.headers["content-encoding"]).toBe("zstd");
      const plain = await ask(file.port, path);
      expect(zstdDecompressSync(zstd.body).equals(plain.body)).toBe(true);
    }
    expect(brotliDecompressSync(brotli.body).toString()).toBe(PAGE);
    expect([gzip.headers["content-encoding"], brotli.headers["content-encoding"]]).toEqual(["gzip", "br"]);
    expect(gzip.headers["content-length"]).toBe(String(gzip.body.length));
    expect(gzip.headers.vary).toBe("Accept-Encoding");
    expect(new Set([plain.headers.etag, gzip.headers.etag, brotli.headers.etag]).size).toBe(3);
    const again = await ask(file.port, "/page.html", {
      headers: { "accept-encoding": "gzip", "if-none-match": gzip.headers.etag ?? "" },
    });
    expect([again.status, again.headers.vary]).toEqual([304, "Accept-Encoding"]);
    expect(
      (
        await ask(file.port, "/page.html", {
          headers: { "accept-encoding": "br", "if-none-match": gzip.headers.etag ?? "" },
        })
      ).status,
    ).toBe(200);
  });

  it("of a large text is streamed", async () => {
    const { headers, body, complete } = await ask(file.port, "/big.txt", { headers: { "accept-encoding": "br" } });
    expect([headers["content-encoding"], headers["content-length"], complete]).toEqual(["br", undefined, true]);
    expect(brotliDecompressSync(body).toString("latin1")).toBe(BIG.toString("hex"));
    expect(file.entries.at(-1)).toMatchObject({ kind: "download", bytesSent: body.length });
  });

  it("takes the compressed file beside the file, unless it is older", async () => {
    const gzip = await ask(file.port, "/style.css", { headers: { "accept-encoding": "gzip" } });
    expect(gunzipSync(gzip.body).toString()).toBe("/* the gzip file */");
    expect(gzip.headers).toMatchObject({
      "content-encoding": "gzip",
      "content-type": "text/css; charset=utf-8",
      "accept-ranges": "bytes",
    });
    const brotli = await ask(file.port, "/style.css", { headers: { "accept-encoding": "gzip, br" } });
    expect(brotliDecompressSync(brotli.body).toString()).toBe("/* the brotli file */");
    const zstd = await ask(file.port, "/style.css", { headers: { "accept-encoding": "gzip, zstd" } });
    expect(zstd.headers).toMatchObject({ "content-encoding": "zstd", "content-length": String(zstd.body.length) });
    expect(zstdDecompressSync(zstd.body).toString()).toBe("/* the zstd file */");
    const stale = await ask(file.port, "/stale.css", { headers: { "accept-encoding": "gzip" } });
    expect(gunzipSync(stale.body).toString()).toBe("body{}".repeat(1000));
  });

  it("leaves alone what is small, packed, or asked for in parts", async () => {
    for (const path of ["/small.txt", "/photo.jpg"]) {
      const { headers } = await ask(file.port, path, { headers: { "accept-encoding": "gzip" } });
      expect([headers["content-encoding"], headers.vary]).toEqual([undefined, undefined]);
    }
    const part = await ask(file.port, "/page.html", { headers: { "accept-encoding": "gzip", range: "bytes=0-14" } });
    expect([part.status, part.text, part.headers["content-encoding"]]).toEqual([206, "<!doctype html>", undefined]);
  });
});

describe("a file that changes", () => {
  it("is served anew, also with unchanged length", async () => {
    await put("changing.txt", "one");
    expect((await ask(file.port, "/changing.txt")).text).toBe("one");
    await writeFile(join(root, "changing.txt"), "two");
    let text = "one";
    while (text === "one") text = (await ask(file.port, "/changing.txt")).text;
    expect(text).toBe("two");
    await rm(join(root, "changing.txt"));
    let status = 200;
    while (status === 200) ({ status } = await ask(file.port, "/changing.txt"));
    expect(status).toBe(404);
    await put("changing.txt", "three");
    while (status === 404) ({ status } = await ask(file.port, "/changing.txt"));
    expect(status).toBe(200);
  });

  it("once more after it was read shortly after a change may not show it in its times, so it is not kept", async () => {
    await put("fresh.txt", "fresh");
    const now = Date.now();
    for (const [path, folder, kept] of [
      ["/fresh.txt", root, false],
      ["/file-handler.test.ts", import.meta.dirname, true],
    ] as const) {
      const hit = await lookUpFile(folder, path, []);
      if (hit.kind !== "file") throw new Error(`${path} is ${hit.kind}`);
      const found = new FoundFile(hit, now, undefined);
      await found.identity.load();
      expect(new FoundFile(hit, now + 1000, found).identity === found.identity).toBe(kept);
    }
  });

  it("by rename during a download does not disturb the download", async () => {
    const before = randomBytes(24 * 1024 * 1024);
    await put("release.bin", before);
    const response = await slowDownload("/release.bin");
    const first = (await once(response, "data")) as [Buffer];
    response.pause();
    await put("release.new", Buffer.alloc(before.length, "new"));
    await rename(join(root, "release.new"), join(root, "release.bin"));
    const parts = [first[0]];
    response.on("data", (part: Buffer) => parts.push(part));
    response.resume();
    await once(response, "end");
    expect(Buffer.concat(parts).equals(before)).toBe(true);
  });

  it("by being cut off breaks the connection instead of hanging", async () => {
    await put("cut.bin", randomBytes(24 * 1024 * 1024));
    const response = await slowDownload("/cut.bin");
    await once(response, "data");
    response.pause();
    await truncate(join(root, "cut.bin"), 1024 * 1024);
    response.resume();
    await expect(once(response, "close")).rejects.toThrow("aborted");
    expect(response.complete).toBe(false);
  });

  it("follows a root that is switched by a link", async () => {
    const releases = join(folder, "releases");
    for (const name of ["1", "2"]) {
      await mkdir(join(releases, name), { recursive: true });
      await writeFile(join(releases, name, "version.txt"), name);
    }
    await symlink(join(releases, "1"), join(folder, "current"));
    await using harness = await startHandler(compileFile({ type: "file", root: join(folder, "current") }));
    expect((await ask(harness.port, "/version.txt")).text).toBe("1");
    await symlink(join(releases, "2"), join(folder, "next"));
    await rename(join(folder, "next"), join(folder, "current"));
    let text = "1";
    while (text === "1") ({ text } = await ask(harness.port, "/version.txt"));
    expect(text).toBe("2");
  });
});

describe("a visitor who goes away in the middle", () => {
  it("leaves no open file behind", async () => {
    await put("leaving.bin", randomBytes(24 * 1024 * 1024));
    const { ino } = await stat(join(root, "leaving.bin"));
    const response = await slowDownload("/leaving.bin");
    await once(response, "data");
    expect(await openDescriptors(ino)).toBe(1);
    response.destroy();
    await expect.poll(() => openDescriptors(ino), { timeout: 30_000 }).toBe(0);
  });
});

describe("listing", () => {
  it("shows what may be served, escaped and sorted, and nothing else", async () => {
    const { status, headers, text } = await ask(listing.port, "/bare/");
    expect(status).toBe(200);
    expect(headers).toMatchObject({ "content-type": "text/html; charset=utf-8", "x-content-type-options": "nosniff" });
    const names = [...text.matchAll(/<a href="([^"]*)">([^<]*)<\/a>/g)].map(([, href, name]) => [href, name]);
    expect(names).toEqual([
      ["../", "../"],
      ["./sub/", "sub/"],
      ["./%3Cb%3E%26'%22.txt", "&lt;b&gt;&amp;&#39;&quot;.txt"],
      ["./a.txt", "a.txt"],
      ["./c%3Ad.txt", "c:d.txt"],
    ]);
    expect(text).toContain("2024-02-03 04:05");
  });

  it("of the root has no way up, no dotfile, no link that leads out, no special file", async () => {
    const { text } = await ask(listing.port, "/");
    const names = [...text.matchAll(/<a href="[^"]*">([^<]*)<\/a>/g)].map(([, name]) => name);
    expect(names).toContain("link.html");
    expect(names).toContain(".well-known/");
    for (const name of ["../", ".env", ".git/", "leak.txt", "leak-folder/", "env.txt", "pipe.txt", "zero.txt", "loop"])
      expect(names).not.toContain(name);
  });

  it("answers HEAD, redirects to the slash, and knows no files", async () => {
    const head = await ask(listing.port, "/bare/", { method: "HEAD" });
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect((await ask(listing.port, "/bare")).headers.location).toBe("/bare/");
    expect((await ask(listing.port, "/small.txt")).status).toBe(404);
    expect((await ask(listing.port, "/leak-folder/")).status).toBe(404);
    expect((await ask(listing.port, "/bare/", { method: "POST" })).status).toBe(405);
  });
});

describe("common", () => {
  it("serves the file, the index, else the listing", async () => {
    expect((await ask(common.port, "/small.txt")).text).toBe(SMALL);
    expect((await ask(common.port, "/docs/")).text).toBe("the index");
    expect((await ask(common.port, "/bare/")).text).toContain("Index of /bare/");
    expect((await ask(common.port, "/bare")).status).toBe(301);
    expect((await ask(common.port, "/missing/")).status).toBe(404);
  });
});

it("nothing was thrown in all of this", () => {
  for (const harness of [file, listing, common]) expect(harness.thrown).toEqual([]);
});

/**
 * A response whose reader is slow, so that most of the file is still unread when the test goes on.
 */
async function slowDownload(path: string): Promise<IncomingMessage> {
  // Kept alive, so that only a broken connection, and no regular end of it, can tell that a
  // response is not complete.
  const request = get({ host: "127.0.0.1", port: file.port, path, agent: new Agent({ keepAlive: true }) });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response;
}

async function openDescriptors(inode: number): Promise<number> {
  let count = 0;
  for (const descriptor of await readdir("/proc/self/fd")) {
    const target = await stat(`/proc/self/fd/${descriptor}`).catch(() => undefined);
    if (target?.ino === inode) count++;
  }
  return count;
}
