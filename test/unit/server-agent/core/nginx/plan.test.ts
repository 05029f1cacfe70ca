import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Discovered, discover } from "../../../../../server-agent/core/nginx/discover.ts";
import { type HookWish, planHook } from "../../../../../server-agent/core/nginx/plan.ts";
import { SEED, repetitions } from "../../../../support/repetitions.ts";

const PATHS = { webFolder: "/var/lib/backsoon-web", pageSocket: "/run/page.sock", token: "t0ken" };
const MAIN = "/etc/nginx/nginx.conf";

type Files = Readonly<Record<string, string>>;

function read(files: Files): Discovered {
  const dumped = Object.entries(files).map(([path, text]) => ({ path, text }));
  return discover(dumped, { hostname: "box", facts: () => undefined });
}

/** What is on disk after a plan: only files that an `include` names are read again. */
function apply(files: Files, { sites, remove }: Pick<HookWish, "remove"> & { sites?: string[] }): Files {
  const found = read(files);
  const plan = planHook(found, {
    sites: sites ?? found.groups.map(({ id }) => id),
    remove,
    paths: PATHS,
    hookFileOnDisk: (path) => files[path] ?? null,
  });
  const made = new Map(Object.entries(files));
  for (const { path, before, after } of plan.files) {
    expect(made.get(path) ?? null).toBe(before);
    if (after === null) made.delete(path);
    else made.set(path, after);
  }
  return Object.fromEntries(made);
}

const TWO: Files = {
  [MAIN]: "http {\n  include sites/*;\n}\n",
  "/etc/nginx/sites/a": "server {\n  server_name a.example;\n}\n",
  "/etc/nginx/sites/b": "server { server_name b.example; }",
};

describe("a plan for the hook of nginx", () => {
  it("can be taken out by hand as the docs say", () => {
    const paper = readFileSync(join(import.meta.dirname, "../../../../../docs/web-servers.md"), "utf8");
    const [, script = ""] = /^sed -i -E '([^']+)' \/etc\/nginx/m.exec(paper) ?? [];
    const hooked = apply(TWO, { remove: false });
    for (const [path, before] of Object.entries(TWO)) {
      expect(hooked[path]).not.toBe(before);
      expect(execFileSync("sed", ["-E", script], { input: hooked[path], encoding: "utf8" })).toBe(before);
    }
  });

  it("writes the hook's files first, then http, then the sites; and backwards", () => {
    const found = read(TWO);
    const wish = { sites: ["a.example", "b.example"], paths: PATHS, hookFileOnDisk: () => null };
    expect(planHook(found, { ...wish, remove: false }).files.map(({ path }) => path)).toEqual([
      "/etc/nginx/backsoon/http.conf",
      "/etc/nginx/backsoon/a.example.conf",
      "/etc/nginx/backsoon/b.example.conf",
      MAIN,
      "/etc/nginx/sites/a",
      "/etc/nginx/sites/b",
    ]);
    const hooked = apply(TWO, { remove: false });
    const paths = planHook(read(hooked), {
      ...wish,
      remove: true,
      hookFileOnDisk: (path) => hooked[path] ?? null,
    }).files;
    expect(paths.map(({ path }) => path)).toEqual([
      "/etc/nginx/sites/b",
      "/etc/nginx/sites/a",
      MAIN,
      "/etc/nginx/backsoon/a.example.conf",
      "/etc/nginx/backsoon/b.example.conf",
      "/etc/nginx/backsoon/http.conf",
    ]);
  });

  it("puts its line directly behind the brace, without a comment where more stands on the line", () => {
    const hooked = apply(TWO, { remove: false });
    expect(hooked["/etc/nginx/sites/a"]).toMatch(
      /^server \{ include \/etc\/nginx\/backsoon\/a\.example\.con\[f\]; # Backsoon.*\n {2}server_name/,
    );
    expect(hooked["/etc/nginx/sites/b"]).toBe(
      "server { include /etc/nginx/backsoon/b.example.con[f]; server_name b.example; }",
    );
  });

  it("leaves what http has until the last site goes", () => {
    const one = apply(apply(TWO, { remove: false }), { remove: true, sites: ["a.example"] });
    expect(Object.keys(one)).toContain("/etc/nginx/backsoon/http.conf");
    expect(one["/etc/nginx/sites/a"]).toBe(TWO["/etc/nginx/sites/a"]);
    expect(apply(one, { remove: true, sites: ["b.example"] })).toEqual(TWO);
  });

  it.each([
    ["moved to a line of its own", (text: string) => text.replace("{ include", "{\n  include")],
    ["without its comment", (text: string) => text.replace(/ # Backsoon.*/, "")],
    ["with other text around it", (text: string) => `# top\n${text.replace("server_name", "root /x; server_name")}`],
  ])("takes its line out, %s", (_what, edit) => {
    const hooked = apply(TWO, { remove: false });
    const site = "/etc/nginx/sites/a";
    const edited = edit(hooked[site] ?? "");
    const gone = apply({ ...hooked, [site]: edited }, { remove: true })[site] ?? "";
    expect(gone).not.toContain("include");
    expect(gone.replace("# top\n", "").replace("root /x; ", "")).toBe(TWO[site]);
  });

  it("sets a copied block right: its line asks for another site", () => {
    const hooked = apply(TWO, { remove: false });
    const copy = (hooked["/etc/nginx/sites/a"] ?? "").replace("server_name a.", "server_name c.");
    const files = { ...hooked, "/etc/nginx/sites/c": copy };
    const hazards = read(files).sites.find(({ id }) => id === "c.example")?.hazards ?? [];
    expect(hazards.map(({ code }) => code)).toContain("copied-hook");
    const set = apply(files, { remove: false });
    expect(set["/etc/nginx/sites/c"]).toContain("backsoon/c.example.con[f]");
    expect(set["/etc/nginx/sites/c"]).not.toContain("backsoon/a.example.con[f]");
    expect(set["/etc/nginx/sites/a"]).toBe(hooked["/etc/nginx/sites/a"]);
  });

  it("gives http its part as a file of its own where the main file is generated and reads a folder", () => {
    const main = "# Ansible managed\nhttp {\n  include /etc/nginx/conf.d/*.conf;\n}\n";
    const files = { [MAIN]: main, "/etc/nginx/conf.d/a.conf": "server { server_name a.example; }\n" };
    const facts = (path: string) => (path === "/etc/nginx/conf.d" ? { real: path, names: 1 } : undefined);
    const found = (now: Files) =>
      discover(
        Object.entries(now).map(([path, text]) => ({ path, text })),
        { hostname: "box", facts },
      );
    const wish = { sites: ["a.example"], paths: PATHS, hookFileOnDisk: () => null };
    const put = planHook(found(files), { ...wish, remove: false });
    expect(put.files.map(({ path }) => path)).toEqual([
      "/etc/nginx/conf.d/backsoon.conf",
      "/etc/nginx/backsoon/a.example.conf",
      "/etc/nginx/conf.d/a.conf",
    ]);
    const after = Object.fromEntries(put.files.map(({ path, after: text }) => [path, text ?? ""]));
    const hooked = { [MAIN]: main, ...after };
    expect(planHook(found(hooked), { ...wish, remove: false }).files).toEqual([]);
    const out = planHook(found(hooked), { ...wish, remove: true }).files;
    expect(out.map(({ path, after: text }) => [path, text])).toEqual([
      ["/etc/nginx/conf.d/a.conf", files["/etc/nginx/conf.d/a.conf"]],
      ["/etc/nginx/backsoon/a.example.conf", null],
      ["/etc/nginx/conf.d/backsoon.conf", null],
    ]);
  });

  it("keeps the id of a site whatever comes beside it", () => {
    const expression = (name: string) => `server { server_name ~^${name}\\d+\\.example$; }\n`;
    const files = { ...TWO, "/etc/nginx/sites/m": expression("m") };
    const hooked = apply(files, { remove: false });
    expect(read(hooked).groups.map(({ id }) => id)).toContain("site-1");
    const more = read({ ...hooked, "/etc/nginx/sites/c": expression("c") });
    const ids = new Map(more.groups.map(({ id, hosts }) => [id, hosts]));
    expect(ids.get("site-1")).toEqual(["~^m\\d+\\.example$"]);
    expect(ids.get("site-2")).toEqual(["~^c\\d+\\.example$"]);
  });

  it("leaves what another agent has put in, and says whose it is", () => {
    const hooked = apply(TWO, { remove: false, sites: ["a.example"] });
    for (const remove of [false, true]) {
      const { files, refused } = planHook(read(hooked), {
        sites: ["a.example", "b.example"],
        remove,
        paths: { ...PATHS, webFolder: "/srv/other-web" },
        hookFileOnDisk: (path) => hooked[path] ?? null,
      });
      expect(files).toEqual([]);
      expect(refused.map(({ site, hazards }) => [site, hazards.map(({ code }) => code)])).toEqual([
        ["a.example", ["another-agent", "another-agent"]],
        ["b.example", ["another-agent"]],
      ]);
      expect(refused[0]?.hazards[0]?.message).toContain(PATHS.webFolder);
    }
  });

  it("refuses a site that is not there", () => {
    const { refused, files } = planHook(read(TWO), {
      sites: ["gone.example"],
      remove: false,
      paths: PATHS,
      hookFileOnDisk: () => null,
    });
    expect(files).toEqual([]);
    expect(refused).toMatchObject([{ site: "gone.example", hazards: [{ code: "unknown-site" }] }]);
  });

  it("in and out again leaves every configuration byte for byte", () => {
    fc.assert(
      fc.property(configuration(), (files) => {
        const hooked = apply(files, { remove: false });
        expect(read(hooked).problems).toEqual([]);
        expect(read(hooked).groups.map(({ hosts }) => hosts)).toEqual(read(files).groups.map(({ hosts }) => hosts));
        expect(apply(hooked, { remove: false })).toEqual(hooked);
        expect(apply(hooked, { remove: true })).toEqual(files);
      }),
      { seed: SEED, numRuns: repetitions(300, 20_000) },
    );
  });
});

/** Server blocks in every shape of blanks, comments, quotes and braces, in some files. */
function configuration(): fc.Arbitrary<Files> {
  const blank = fc.constantFrom(
    " ",
    "\n",
    "\t",
    "  ",
    "\r\n",
    "\n\n    ",
    " # a { comment\n",
    " # }\n\t",
    "\n#server {\n",
  );
  const gap = fc.constantFrom("", " ", "\n", "\r\n", " # x {\n", "\t# }\n", "#\n");
  const word = fc.constantFrom("x", '"{"', "'}'", "a\\;b", "${uri}", "a${x}b", '"\\""', "a#b", "it's", '"a b;"', "\\{");
  const name = fc.constantFrom("a.example", "b.example", ".c.example", "*.d.example", "~^e\\d+$", "_", '""');
  const inner = fc.oneof(
    fc.tuple(blank, name).map(([b, n]) => `server_name${b}${n};`),
    fc.tuple(blank, word, blank, word).map(([b, w, c, v]) => `set${b}${w}${c}${v};`),
    fc.tuple(gap, word).map(([g, w]) => `location /${g === "" ? " " : ` ${g}`}{${g}return 200 ${w};}`),
    fc.constant('if ($x ~ "a{2}") { return 403; }'),
    fc.constant('content_by_lua_block { local t = { "}" } -- }\n return [[ } ]] }'),
  );
  const block = fc
    .tuple(gap, gap, fc.array(fc.tuple(inner, gap), { maxLength: 4 }))
    .map(([before, behind, parts]) => `server${before === "" ? "" : ` ${before}`}{${behind}${parts.flat().join("")}}`);
  const file = fc.tuple(gap, fc.array(fc.tuple(block, gap), { maxLength: 3 })).map((parts) => parts.flat(2).join(""));
  return fc.tuple(gap, gap, file, file, file).map(([a, b, one, two, three]) => ({
    [MAIN]: `events{}http${a === "" ? "" : ` ${a}`}{${b}${one}\ninclude sites/*;}`,
    "/etc/nginx/sites/1": two,
    "/etc/nginx/sites/2": three,
  }));
}
