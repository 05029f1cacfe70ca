import { describe, expect, it } from "vitest";
import { answerPage, containedFile } from "../../../../main/page/app-files.ts";
import { securityHeaders } from "../../../../main/page/page-security.ts";
import { PreviewStore } from "../../../../main/page/preview-store.ts";

const root = "/opt/app/renderer";

describe("files of the page", () => {
  it.each([
    ["/", "/opt/app/renderer/index.html"],
    ["/index.html", "/opt/app/renderer/index.html"],
    ["/assets/app-1a2b.js", "/opt/app/renderer/assets/app-1a2b.js"],
    ["/a%20b.css", "/opt/app/renderer/a b.css"],
    ["/assets/../index.html", "/opt/app/renderer/index.html"],
  ])("finds %s", (path, file) => {
    expect(containedFile(root, path)).toBe(file);
  });

  it.each([
    ["/../main/index.js"],
    ["/%2e%2e/main/index.js"],
    ["/%2e%2e%2fmain%2findex.js"],
    ["/..%5cmain%5cindex.js"],
    ["/a/../../x.js"],
    ["//etc/passwd"],
    ["/index.html%00.js"],
    ["/%"],
    ["/noextension"],
    ["/index.mjs"],
    ["/secret.ts"],
    ["/assets/"],
  ])("does not serve %s", (path) => {
    const file = containedFile(root, path);
    // What stays inside and has no media type of a page is not served either.
    expect(file).toBeUndefined();
  });

  it("answers only GET and HEAD", async () => {
    expect((await answerPage("POST", "app://backsoon/index.html", root, new PreviewStore())).status).toBe(405);
  });
});

describe("previews", () => {
  it("have the same address for the same page, and their own policy", async () => {
    const previews = new PreviewStore();
    const address = previews.put("<h1>Back soon</h1>");
    expect(previews.put("<h1>Back soon</h1>")).toBe(address);
    const answer = await answerPage("GET", address, root, previews);
    expect(answer).toMatchObject({ status: 200, body: "<h1>Back soon</h1>" });
    expect(answer.headers["content-security-policy"]).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors app://backsoon; sandbox",
    );
  });

  it("are bounded: the ones put in longest ago go first", () => {
    const previews = new PreviewStore(2);
    const [first, second] = [previews.put("1"), previews.put("2")].map((address) =>
      address.replace("app://preview/", ""),
    );
    previews.put("1");
    previews.put("3");
    expect([previews.get(first ?? ""), previews.get(second ?? "")]).toEqual(["1", undefined]);
  });

  it("of an own page come with its files, by its own rules and under another address when it changes", async () => {
    const previews = new PreviewStore();
    expect((await answerPage("GET", "app://own-page/", root, previews)).status).toBe(404);
    const asked: string[] = [];
    const show = (version: string) =>
      previews.putOwn(version, (path) => {
        asked.push(path);
        return Promise.resolve(path === "/" ? { type: "text/html", body: new Uint8Array([60]) } : undefined);
      });
    const address = show("one");
    expect(address).toMatch(/^app:\/\/own-page\/\?[0-9a-f]{32}$/);
    expect(show("two")).not.toBe(address);
    const answer = await answerPage("GET", address, root, previews);
    expect(answer).toMatchObject({ status: 200, headers: { "content-type": "text/html" } });
    expect(answer.headers["content-security-policy"]).toContain("sandbox");
    for (const path of ["/a%20b.png", "/%"])
      expect((await answerPage("GET", `app://own-page${path}`, root, previews)).status).toBe(404);
    expect(asked).toEqual(["/", "/a b.png", "/.."]);
    expect(securityHeaders("ownPage")["content-security-policy"]).not.toMatch(/script|https?:/);
  });

  it("that are gone are not found", async () => {
    expect((await answerPage("GET", "app://preview/unknown", root, new PreviewStore())).status).toBe(404);
  });
});

it("allows the page no inline code, no network and no frames but previews", () => {
  const policy = securityHeaders("page")["content-security-policy"] ?? "";
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(policy).toContain("connect-src 'none'");
  expect(policy).toContain("frame-src app://preview");
});
