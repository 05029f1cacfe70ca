import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AdaptedConfiguration } from "../../../../../server-agent/core/caddy/adapted.ts";
import { readAddress } from "../../../../../server-agent/core/caddy/addresses.ts";
import { type Discovered, discover } from "../../../../../server-agent/core/caddy/discover.ts";
import { buildTree } from "../../../../../server-agent/core/caddy/include-tree.ts";
import { type HookWish, planHook } from "../../../../../server-agent/core/caddy/plan.ts";
import { SEED, repetitions } from "../../../../support/repetitions.ts";

const PATHS = {
  webFolder: "/var/lib/backsoon-web",
  pageSocket: "/run/page.sock",
  token: "t0ken",
  fallbackPort: 28_299,
};
const MAIN = "/etc/caddy/Caddyfile";

type Files = Readonly<Record<string, string>>;

/** What Caddy makes of it, as far as it matters here: a listener for each address. */
function adaptedBy(addresses: readonly string[]): AdaptedConfiguration {
  const ports = { httpPort: 80, httpsPort: 443 };
  const servers = addresses.flatMap((text) => {
    const address = readAddress(text, ports);
    if (address === undefined) return [];
    const tls = address.port !== 80;
    const listen = [`:${String(address.port)}`];
    return [{ listen, hosts: [address.host], takesAll: true, tls, http2: tls, proxyProtocol: false, redirected: [] }];
  });
  return { admin: "localhost:2019", ...ports, servers };
}

function read(files: Files): Discovered {
  const source = {
    named: (pattern: string) =>
      Object.keys(files).filter((path) =>
        pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern,
      ),
    text: (path: string) => files[path],
  };
  const tree = buildTree(MAIN, source, { environment: {}, heredocs: true });
  const adapted = adaptedBy(tree.sites.flatMap(({ addresses }) => addresses));
  return discover(tree, adapted, { namesOf: () => 1, unable: [] });
}

function apply(files: Files, { sites, remove }: Pick<HookWish, "remove"> & { sites?: string[] }): Files {
  const found = read(files);
  const plan = planHook(found, {
    sites: sites ?? found.groups.map(({ id }) => id),
    remove,
    paths: PATHS,
    hookFileOnDisk: (path) => files[path] ?? null,
  });
  expect(plan.refused).toEqual([]);
  const made = new Map(Object.entries(files));
  for (const { path, before, after } of plan.files) {
    expect(made.get(path) ?? null).toBe(before);
    if (after === null) made.delete(path);
    else made.set(path, after);
  }
  return Object.fromEntries(made);
}

const TWO: Files = {
  [MAIN]: "import sites/*\n",
  "/etc/caddy/sites/a": "a.example {\n\trespond a\n}\n",
  "/etc/caddy/sites/b": "b.example { # the blog\n\trespond b\n}\n",
};

describe("names of Caddy", () => {
  it("lead to the block that Caddy takes for them", () => {
    const blocks = ["*.a.example", "b.a.example", ":443", "http://a.example"];
    const { questions } = read({ [MAIN]: blocks.map((address) => `${address} {\n\trespond ok\n}\n`).join("") });
    const leading = (name: string) =>
      questions.filter(({ leads }) => leads(name)).map(({ site, listener }) => `${site} ${String(listener.port)}`);
    expect(leading("b.a.example")).toEqual(["b.a.example 443"]);
    expect(leading("c.a.example")).toEqual(["any.a.example 443"]);
    expect(leading("a.example")).toEqual(["default 443", "a.example 80"]);
  });
});

describe("a plan for the hook of Caddy", () => {
  it("writes the hook's files first, then the main file, then the sites; and backwards", () => {
    const found = read(TWO);
    const wish = { sites: ["a.example", "b.example"], paths: PATHS, hookFileOnDisk: () => null };
    const inOrder = [
      "/etc/caddy/backsoon/fallback.caddy",
      "/etc/caddy/backsoon/a.example.caddy",
      "/etc/caddy/backsoon/b.example.caddy",
      MAIN,
      "/etc/caddy/sites/a",
      "/etc/caddy/sites/b",
    ];
    expect(planHook(found, { ...wish, remove: false }).files.map(({ path }) => path)).toEqual(inOrder);
    const hooked = apply(TWO, { remove: false });
    const removal = planHook(read(hooked), { ...wish, remove: true, hookFileOnDisk: (path) => hooked[path] ?? null });
    expect(removal.files.map(({ path }) => path)).toEqual([
      ...inOrder.slice(3).reverse(),
      ...inOrder.slice(1, 3),
      inOrder[0],
    ]);
  });

  it("puts its line first into each block, and what all share into options of its own", () => {
    const hooked = apply(TWO, { remove: false });
    expect(hooked["/etc/caddy/sites/b"]).toBe(
      "b.example { # the blog\n\timport /etc/caddy/backsoon/b.example.cadd? # Backsoon: lets the agent close this site\n\trespond b\n}\n",
    );
    expect(hooked[MAIN]).toMatch(
      /^\{ # Backsoon: .*\n\torder forward_auth first # .*\n\}\nimport sites\/\*\nimport \/etc\/caddy\/backsoon\/fallback\.cadd\? # .*\n$/,
    );
  });

  it("has the last word about the order", () => {
    const main = "{\n\torder cache first\n\torder x before forward_auth\n}\n:80 {\n}\n";
    expect(apply({ [MAIN]: main }, { remove: false })[MAIN]).toMatch(
      /before forward_auth\n\torder forward_auth first # .*\n\}\n/,
    );
    const own = "{\n\torder forward_auth first\n}\n:80 {\n}\n";
    const hooked = apply({ [MAIN]: own }, { remove: false });
    expect(hooked[MAIN]?.match(/order forward_auth first/g)).toHaveLength(1);
    expect(apply(hooked, { remove: true })).toEqual({ [MAIN]: own });
  });

  it("leaves what all share until the last site goes", () => {
    const one = apply(apply(TWO, { remove: false }), { remove: true, sites: ["a.example"] });
    expect(one[MAIN]).toContain("fallback.cadd?");
    expect(one["/etc/caddy/sites/a"]).toBe(TWO["/etc/caddy/sites/a"]);
    expect(apply(one, { remove: true, sites: ["b.example"] })).toEqual(TWO);
  });

  it("leaves what somebody has changed around its lines", () => {
    const hooked = apply(TWO, { remove: false });
    const edited = {
      ...hooked,
      [MAIN]: (hooked[MAIN] ?? "").replace("\torder", "\temail ops@example.com\n\torder") + "\n# the end",
    };
    const left = apply(edited, { remove: true })[MAIN];
    expect(left).toContain("email ops@example.com");
    expect(left).not.toMatch(/forward_auth|cadd\?/);
    expect(left).toMatch(/# the end$/);
  });

  it("is taken out byte for byte, whatever the files look like", () => {
    const blank = fc.constantFrom("", "\n", "\n\n", "# a comment {\n", "\t# }\n");
    const directive = fc.constantFrom(
      "respond hi",
      'header X "a { b"',
      "handle /x {\n\t\trespond `}`\n\t}",
      "redir https://c.example{uri}",
      "encode gzip # {",
      "import common",
      "route {\n\t\tforward_auth :9 {\n\t\t\turi /\n\t\t}\n\t}",
      "respond <<X\n{\nX",
    );
    const open = fc.constantFrom(" {\n", " { # note\n", " {\n\n", ",\nother.example {\n", " { log\n", "\n{\n");
    const site = fc
      .tuple(fc.integer({ min: 1, max: 99 }), open, fc.array(directive, { maxLength: 3 }), blank)
      .map(([n, begin, inner, after]) => {
        const opened = begin.replace("other", `other${String(n)}`);
        return { n, text: `s${String(n)}.example${opened}${inner.map((line) => `\t${line}\n`).join("")}}\n${after}` };
      });
    const options = fc.constantFrom(
      "",
      "{\n}\n",
      "{\n\temail a@b.example\n}\n",
      "{ # mine\n\tdebug\n\t}\n",
      "# top\n{\n}\n\n",
    );
    const sites = fc.uniqueArray(site, { selector: ({ n }) => n, minLength: 1, maxLength: 4 });
    const shape = fc.record({
      options,
      blank,
      sites,
      split: fc.boolean(),
      crlf: fc.boolean(),
      ended: fc.boolean(),
      bom: fc.boolean(),
    });
    fc.assert(
      fc.property(shape, ({ options: begin, blank: space, sites: all, split, crlf, ended, bom }) => {
        const snippet = "(common) {\n\theader -Server\n}\n";
        const blocks = all.map(({ text }) => text);
        const main = `${begin}${space}${snippet}${split ? "import sites/*\n" : blocks.join("")}`;
        const files: Record<string, string> = { [MAIN]: main };
        if (split) for (const [index, text] of blocks.entries()) files[`/etc/caddy/sites/${String(index)}`] = text;
        for (const [path, text] of Object.entries(files)) {
          const whole = ended ? text : text.trimEnd();
          files[path] = (bom ? "\ufeff" : "") + (crlf ? whole.replaceAll("\n", "\r\n") : whole);
        }
        const hooked = apply(files, { remove: false });
        for (const { id, hosts, hazards } of read(hooked).sites) {
          expect(hazards.filter(({ refuses }) => refuses)).toEqual([]);
          expect(hosts.length).toBeGreaterThan(0);
          expect(hooked[`/etc/caddy/backsoon/${id}.caddy`]).toContain(`# Site: ${id}`);
        }
        expect(apply(hooked, { remove: false })).toEqual(hooked);
        expect(apply(hooked, { remove: true })).toEqual(files);
      }),
      { seed: SEED, numRuns: repetitions(300, 3000) },
    );
  });
});
