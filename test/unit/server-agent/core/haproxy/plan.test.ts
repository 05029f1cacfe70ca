import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Discovered, discover } from "../../../../../server-agent/core/haproxy/discover.ts";
import { planHook } from "../../../../../server-agent/core/haproxy/plan.ts";
import { SEED, repetitions } from "../../../../support/repetitions.ts";

const MAIN = "/etc/haproxy/haproxy.cfg";
const PATHS = { folder: "/etc/haproxy/backsoon", pageSocket: "/backsoon/haproxy.sock", token: "t0ken", canAsk: true };

const BASE = `global
    stats socket /run/admin.sock level admin
defaults
    mode http
`;

function read(text: string): Discovered {
  return discover([{ path: MAIN, text }], {
    environment: {},
    version: "2.6.12",
    token: PATHS.token,
    hasMaster: true,
    facts: () => undefined,
    fileText: () => undefined,
  });
}

function apply(text: string, remove: boolean, sites?: readonly string[]): string {
  const found = read(text);
  const plan = planHook(found, {
    sites: sites ?? found.sites.map(({ id }) => id),
    remove,
    paths: PATHS,
    hookFileOnDisk: () => null,
  });
  return plan.files.find(({ path }) => path === MAIN)?.after ?? text;
}

const TWO = `${BASE}frontend web
    bind :80
    http-request set-header X-A b
    use_backend a if { hdr(host) -i a.example }
    use_backend b if { hdr(host) -i b.example }
backend a
backend b
`;

describe("a plan for the hook of HAProxy", () => {
  it("puts its rules in front of the site's, its choice in front of the first, and a backend at the end", () => {
    const lines = apply(TWO, false).split("\n");
    const at = (text: string) => lines.findIndex((line) => line.includes(text));
    expect(at("lua-load")).toBe(1);
    expect(lines[at("http-request set-header X-A") - 1]).toContain("http-after-response allow");
    expect(lines[at("use_backend a if") - 1]).toContain("use_backend backsoon if");
    expect(at("defaults backsoon")).toBeGreaterThan(at("backend b"));
  });

  it("has a line for each site that is prepared, and keeps the rest until the last goes", () => {
    const one = apply(apply(TWO, false), true, ["a.example"]);
    expect(one).not.toContain("/t0ken/a.example");
    expect(one).toContain("/t0ken/b.example");
    expect(apply(one, true, ["b.example"])).toBe(TWO);
  });

  it("writes the hook's own files first, and removes them last", () => {
    const wish = { sites: ["a.example"], paths: PATHS, hookFileOnDisk: () => "x" };
    const paths = (text: string, remove: boolean) =>
      planHook(read(text), { ...wish, remove }).files.map(({ path }) => path.replace(/^.*\//, ""));
    expect(paths(TWO, false)).toEqual(["503.http", "ask.lua", "haproxy.cfg"]);
    expect(paths(apply(TWO, false, ["a.example"]), true)).toEqual(["haproxy.cfg", "ask.lua", "503.http", "closed.map"]);
  });

  it.each([
    ["redirect scheme https", "redirect scheme https unless { var(txn.backsoon) -m found }"],
    ["redirect scheme https unless a", "redirect scheme https unless a || { var(txn.backsoon) -m found }"],
    [
      "redirect location / if a b || !c # x",
      "redirect location / if !{ var(txn.backsoon) -m found } a b || !{ var(txn.backsoon) -m found } !c # x",
    ],
  ])("keeps %s from a closed site", (rule, guarded) => {
    const text = `${BASE}frontend web\n    bind :80\n    ${rule}\n    default_backend a\nbackend a\n`;
    const hooked = apply(text, false);
    expect(hooked).toContain(`    ${guarded}\n`);
    expect(apply(hooked, true)).toBe(text);
  });

  it("refuses with file and line, and changes nothing", () => {
    const text = `# Ansible managed\n${TWO}`;
    const found = read(text);
    const plan = planHook(found, { sites: ["a.example"], remove: false, paths: PATHS, hookFileOnDisk: () => null });
    expect(plan.files).toEqual([]);
    expect(plan.refused[0]?.hazards[0]).toMatchObject({ code: "generated-file", file: MAIN, refuses: true });
  });

  it("taken out again leaves every configuration as it was, byte for byte", () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    const condition = fc.oneof(
      word.map((name) => `if { hdr(host) -i ${name}.example }`),
      word.map((name) => `unless ${name} || other`),
      word.map((name) => `if !${name} or { path /x } # why`),
      fc.constant(""),
    );
    const rule = fc.oneof(
      condition.map((text) => `redirect scheme https ${text}`),
      condition.map((text) => `http-request deny ${text}`),
      condition.map((text) => `use_backend b ${text}`),
      word.map((name) => `acl ${name} hdr(host) -i ${name}.example`),
      word.map((name) => `# ${name}`),
      fc.constant(""),
      fc.constant("\t option httplog  "),
      fc.constant("default_backend b"),
    );
    const frontend = fc
      .tuple(fc.constantFrom("frontend f", "listen l"), fc.constantFrom("    ", "\t", ""), fc.array(rule))
      .map(
        ([head, indent, rules]) => `${head}\n${["bind :80", ...rules].map((text) => `${indent}${text}\n`).join("")}`,
      );
    const whole = fc.tuple(fc.array(frontend, { minLength: 1 }), fc.boolean()).map(([frontends, crlf]) => {
      const text = `${BASE}${frontends.join("")}backend b\n    server s :1\n`;
      return crlf ? text.replaceAll("\n", "\r\n") : text;
    });
    fc.assert(
      fc.property(whole, (text) => {
        const hooked = apply(text, false);
        expect(apply(hooked, true)).toBe(text);
        expect(apply(hooked, false)).toBe(hooked);
        expect(read(hooked).groups.map(({ id, hosts }) => [id, hosts])).toEqual(
          read(text).groups.map(({ id, hosts }) => [id, hosts]),
        );
      }),
      { seed: SEED, numRuns: repetitions(100, 2000) },
    );
  });
});
