/** Names of files that are not UTF-8, as old sites have them (Latin-1 on the disk). */
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explain } from "../../../../../server-agent/admin/explain.ts";
import { ask } from "../../../../support/http/ask.ts";
import { configWith, startWorker, type WorkerHarness } from "../../../../support/agent/worker-harness.ts";

const LONG = Buffer.alloc(200_000, "long");

let folder: string;
let worker: WorkerHarness;

function named(latin1: string): Buffer {
  return Buffer.from(join(folder, latin1), "latin1");
}

async function get(target: string, host = "files", headers: Record<string, string> = {}) {
  return ask(worker.port, target, { headers: { host, ...headers } });
}

function config() {
  const root = join(folder, "www");
  return configWith([
    {
      id: "files",
      hosts: ["files"],
      rules: [
        { when: { path: "/secret/*" }, handler: { type: "error", status: 403 } },
        { when: { pathRegex: "^/g\ufffdheim" }, handler: { type: "error", status: 403 } },
        { handler: { type: "file", root } },
      ],
    },
    { id: "listing", hosts: ["listing"], rules: [{ handler: { type: "listing", root } }] },
    { id: "common", hosts: ["common"], rules: [{ handler: { type: "common", root: join(folder, "linked") } }] },
    {
      id: "closed",
      hosts: ["closed"],
      rules: [{ handler: { type: "maintenance", root, page: "default" } }],
    },
    {
      id: "either",
      hosts: ["either"],
      rules: [
        { when: { exists: `${root}{path}` }, handler: { type: "file", root } },
        { handler: { type: "respond", status: 200, body: "no file" } },
      ],
    },
  ]);
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "backsoon-names-")));
  for (const path of ["www/B\xfccher/\xe4lter", "www/secret", "www/g\xe9heim", "www/\xc0\xaf.."])
    await mkdir(named(path), { recursive: true });
  for (const [path, content] of [
    ["www/\xfcbersicht.txt", "latin1"],
    ["www/\xe4bersicht.txt", "another"],
    ["www/\xc3\xbcbersicht.txt", "utf-8"],
    ["www/\xfc.css", "style"],
    ["www/B\xfccher/a.txt", "a book"],
    ["www/B\xfccher/index.html", "books"],
    ["www/B\xfccher/\xe4lter/\xfc&<b>.txt", "an old book"],
    ["www/secret/\xfc.txt", "secret"],
    ["www/g\xe9heim/x.txt", "secret"],
    ["www/.h\xfc", "hidden"],
    ["outside\xfc.txt", "outside"],
  ] as const)
    await writeFile(named(path), content);
  await writeFile(named("www/gro\xdf.bin"), LONG);
  await symlink(named("www/B\xfccher"), named("linked"));
  await symlink(named("www/\xfcbersicht.txt"), named("www/link.txt"));
  await symlink(named("outside\xfc.txt"), named("www/leak.txt"));
  worker = await startWorker(config());
});

afterAll(async () => {
  await worker.close();
  await rm(folder, { recursive: true });
});

describe("a file whose name is not UTF-8", () => {
  it.each([
    ["/%FCbersicht.txt", "latin1"],
    ["/%fcbersicht.txt", "latin1"],
    ["/%E4bersicht.txt", "another"],
    ["/%C3%BCbersicht.txt", "utf-8"],
    ["/B%FCcher/a.txt", "a book"],
    ["/B%FCcher/", "books"],
    ["/x/../B%FCcher/%E4lter/%FC&%3Cb%3E.txt", "an old book"],
    ["/link.txt", "latin1"],
  ])("is served at %s, also when it is asked for again", async (target, text) => {
    for (let times = 0; times < 2; times++) {
      const answer = await get(target);
      expect([answer.status, answer.text]).toEqual([200, text]);
    }
  });

  it("has its folder's slash added", async () => {
    const { status, headers } = await get("/B%FCcher?x");
    expect([status, headers.location]).toEqual([301, "/B%FCcher/?x"]);
  });

  it("comes in parts, and not again where the visitor has it", async () => {
    for (const target of ["/%FCbersicht.txt", "/gro%DF.bin"]) {
      const { headers } = await get(target);
      expect((await get(target, "files", { "if-none-match": headers.etag ?? "" })).status).toBe(304);
      const part = await get(target, "files", { range: "bytes=2-4" });
      expect([part.status, part.text.length]).toEqual([206, 3]);
    }
    expect((await get("/gro%DF.bin")).body.equals(LONG)).toBe(true);
  });

  it.each([
    ["/%FFbersicht.txt", 404],
    ["/%EF%BF%BDbersicht.txt", 404],
    ["/.h%FC", 404],
    ["/leak.txt", 404],
    ["/%C0%AF../outside%FC.txt", 404],
    ["/..%2foutside%FC.txt", 404],
    ["/secret/%FC.txt", 403],
    ["/B%FCcher/..%2fsecret/%FC.txt", 403],
    ["/g%E9heim/x.txt", 403],
  ])("%s is %i", async (target, status) => {
    expect((await get(target)).status).toBe(status);
  });

  it("is among the files of a maintenance page", async () => {
    expect((await get("/%FC.css", "closed")).text).toBe("style");
  });

  it("exists for conditions, and for who asks why", async () => {
    expect((await get("/%FCbersicht.txt", "either")).text).toBe("latin1");
    expect((await get("/%FFbersicht.txt", "either")).text).toBe("no file");
    const explained = explain(config(), 1, [], { url: "http://either/%FCbersicht.txt" });
    expect(explained).toMatchObject({ value: { rules: [{ outcome: "answers" }, { outcome: "not-reached" }] } });
  });
});

describe("a folder with such names", () => {
  it("lists them with addresses that lead there", async () => {
    const { text } = await get("/", "listing");
    const links = [...text.matchAll(/<a href="\.\/([^"]*)">([^<]*)</g)].map(([, href, shown]) => [href, shown]);
    expect(links).toContainEqual(["%FCbersicht.txt", "%FCbersicht.txt"]);
    expect(links).toContainEqual(["%C3%BCbersicht.txt", "übersicht.txt"]);
    expect(links).toContainEqual(["B%FCcher/", "B%FCcher/"]);
    expect(links).toContainEqual(["link.txt", "link.txt"]);
    expect(links.map(([href]) => href)).not.toContain("leak.txt");
    for (const [href = ""] of links.filter(([, shown = ""]) => !shown.endsWith("/")))
      expect((await get(`/${href}`)).status).toBe(200);
  });

  it("is listed itself, also as a root that is a link", async () => {
    const { text } = await get("/B%FCcher/%E4lter/", "listing");
    expect(text).toContain("<h1>Index of /B%FCcher/%E4lter/</h1>");
    expect(text).toContain('<a href="./%FC%26%3Cb%3E.txt">%FC&amp;&lt;b&gt;.txt</a>');
    expect((await get("/", "common")).text).toBe("books");
    expect((await get("/%E4lter/", "common")).text).toContain('<a href="./%FC%26%3Cb%3E.txt">');
  });
});
