import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Discovered, discover } from "../../../../../server-agent/core/apache/discover.ts";
import { type HookWish, planHook } from "../../../../../server-agent/core/apache/plan.ts";
import { repetitions, SEED } from "../../../../support/repetitions.ts";

const PATHS = { webFolder: "/var/lib/backsoon-web", pageSocket: "/run/page.sock", token: "t0ken" };
const ROOT = "/etc/apache2";
const MAIN = `${ROOT}/apache2.conf`;
const MODULES = ["rewrite", "proxy", "proxy_http", "headers", "asis"];

type Files = Readonly<Record<string, string>>;

/** What Apache says of such files: the main one reads `sites/*`, and each site `hooks`. */
function dumpOf(files: Files): string {
  const sites = Object.keys(files).filter((path) => path.startsWith(`${ROOT}/sites/`));
  const hooked = (path: string) =>
    Object.keys(files)
      .filter((hook) => files[path]?.includes(hook.replace(/conf$/, "con[f]")) === true)
      .map((hook) => `      (3) ${hook}`);
  const hosts = sites.flatMap((path) =>
    (files[path] ?? "").split("\n").flatMap((line, index) => {
      const name = /ServerName (\S+)/.exec((files[path] ?? "").split("\n").slice(index).join("\n"))?.[1] ?? "x";
      return /^\s*<VirtualHost/i.test(line)
        ? [`         port 80 namevhost ${name} (${path}:${String(index + 1)})`]
        : [];
    }),
  );
  return [
    "Included configuration files:",
    `  (*) ${MAIN}`,
    ...sites.flatMap((path) => [`    (9) ${path}`, ...hooked(path)]),
    ...(files[MAIN]?.includes("main.con[f]") === true ? [`    (9) ${ROOT}/backsoon/main.conf`] : []),
    "VirtualHost configuration:",
    "*:80                   is a NameVirtualHost",
    ...hosts,
    `ServerRoot: "${ROOT}"`,
    "Loaded Modules:",
    ...MODULES.map((name) => ` ${name}_module (shared)`),
  ].join("\n");
}

function read(files: Files): Discovered {
  const options = { facts: () => undefined, environment: {}, defines: [] };
  return discover(dumpOf(files), { ...options, textOf: (path) => files[path] });
}

/** What is on disk after a plan. */
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
  [MAIN]: "Listen 80\nInclude sites/*\n",
  [`${ROOT}/sites/a`]: "<VirtualHost *:80>\n\tServerName a.example\n</VirtualHost>\n",
  [`${ROOT}/sites/b`]: "  <VirtualHost *:80>\nServerName b.example\n  </VirtualHost>",
};

describe("a plan for the hook of Apache", () => {
  it("writes the hook's files first, then what all share, then the sites; and backwards", () => {
    const wish = { sites: ["a.example", "b.example"], paths: PATHS };
    const paths = (files: Files, remove: boolean) =>
      planHook(read(files), { ...wish, remove, hookFileOnDisk: (path) => files[path] ?? null }).files.map(
        ({ path }) => path,
      );
    expect(paths(TWO, false)).toEqual([
      `${ROOT}/backsoon/main.conf`,
      `${ROOT}/backsoon/a.example.conf`,
      `${ROOT}/backsoon/b.example.conf`,
      MAIN,
      `${ROOT}/sites/a`,
      `${ROOT}/sites/b`,
    ]);
    const hooked = apply(TWO, { remove: false });
    expect(hooked[`${ROOT}/sites/a`]).toBe(
      `<VirtualHost *:80>\n\t# Backsoon: lets the agent close this site\n\tIncludeOptional ${ROOT}/backsoon/a.example.con[f]\n\tServerName a.example\n</VirtualHost>\n`,
    );
    expect(paths(hooked, false)).toEqual([]);
    expect(paths(hooked, true)).toEqual([
      `${ROOT}/sites/b`,
      `${ROOT}/sites/a`,
      MAIN,
      `${ROOT}/backsoon/a.example.conf`,
      `${ROOT}/backsoon/b.example.conf`,
      `${ROOT}/backsoon/main.conf`,
    ]);
  });

  it("takes a folder that is read anyway where the main file is not ours to edit", () => {
    const folders = `${ROOT}/mods-enabled ${ROOT}/conf-enabled`.split(" ");
    const main = "# Ansible managed\nInclude mods-enabled/*.conf\nInclude conf-enabled/*.conf\nInclude sites/*\n";
    const files = { ...TWO, [MAIN]: main };
    const options = {
      environment: {},
      defines: [],
      textOf: (path: string) => Object.entries(files).find(([name]) => name === path)?.[1],
    };
    const facts = (path: string) => (folders.includes(path) ? { real: path, names: 1 } : undefined);
    const { mainPlace } = discover(dumpOf(files), { ...options, facts });
    expect(mainPlace).toEqual({ kind: "file", path: `${ROOT}/conf-enabled/backsoon.conf` });
    expect(discover(dumpOf(files), { ...options, facts: () => undefined }).sites[0]?.hazards[0]?.code).toBe(
      "generated-file",
    );
  });

  it("leaves what all share to a site that stays", () => {
    const hooked = apply(TWO, { remove: false });
    const left = apply(hooked, { sites: ["a.example"], remove: true });
    expect(Object.keys(left).filter((path) => path.includes("/backsoon/"))).toEqual([
      `${ROOT}/backsoon/main.conf`,
      `${ROOT}/backsoon/b.example.conf`,
    ]);
    expect(left[`${ROOT}/sites/a`]).toBe(TWO[`${ROOT}/sites/a`]);
    expect(apply(left, { sites: ["b.example"], remove: true })).toEqual(TWO);
  });

  it("keeps what somebody has written around its lines", () => {
    const hooked = apply(TWO, { remove: false });
    const path = `${ROOT}/sites/a`;
    const edited = { ...hooked, [path]: hooked[path]?.replace("\tIncl", "# mine\n\tIncl") ?? "" };
    const text = apply(edited, { remove: true })[path] ?? "";
    expect(text).toContain("# mine\n\tServerName a.example");
    expect(text).not.toContain("Include");
  });

  it("gives everything back, byte for byte", () => {
    const line = fc.constantFrom(
      "",
      "  ",
      "# comment",
      "# goes on \\",
      "DocumentRoot /srv",
      "\tServerAlias b.example \\",
      "\t\tc.example",
      "<Location />",
    );
    const eol = fc.constantFrom("\n", "\r\n");
    const site = fc.tuple(fc.array(line, { maxLength: 6 }), eol, fc.boolean(), fc.boolean());
    fc.assert(
      fc.property(site, fc.boolean(), ([lines, end, isEnded, isIndented], mainIsEnded) => {
        const closed = lines.map((text) => (text === "<Location />" ? `<Location />${end}</Location>` : text));
        const inner = ["ServerName a.example", ...closed, ""].map((text) => (isIndented ? `    ${text}` : text));
        const text = ["<VirtualHost *:80>", ...inner, "</VirtualHost>"].join(end) + (isEnded ? end : "");
        const files = {
          [MAIN]: `Listen 80${end}Include sites/*${mainIsEnded ? end : ""}`,
          [`${ROOT}/sites/a`]: text,
        };
        const hooked = apply(files, { remove: false });
        expect(hooked).not.toEqual(files);
        expect(apply(hooked, { remove: true })).toEqual(files);
      }),
      { seed: SEED, numRuns: repetitions(200, 5000) },
    );
  });
});
