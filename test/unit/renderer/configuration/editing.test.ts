import { describe, expect, it } from "vitest";
import type { Config } from "../../../../server-agent/contract/config.ts";
import { validateConfig } from "../../../../server-agent/core/config/validate-config.ts";
import {
  documentOf,
  isStale,
  problemsOfDocument,
  withDocument,
  type Target,
} from "../../../../renderer/configuration/editing.ts";

function host(id: string, hosts = [`${id}.example.com`]) {
  return { id, hosts, rules: [{ handler: { type: "respond" as const } }] };
}
const config: Config = {
  listeners: [{ name: "http", address: "127.0.0.1", port: 8080 }],
  virtualHosts: [host("a"), host("b"), host("default", ["*"])],
};
const b: Target = { what: "virtual-host", id: "b" };
const fresh: Target = { what: "new-virtual-host" };
const whole: Target = { what: "configuration" };
function problems(target: Target, document: unknown) {
  const result = validateConfig(withDocument(config, target, document));
  return problemsOfDocument(config, target, result.ok ? [] : result.problems);
}

describe("editing as JSON", () => {
  it("puts the document back where it was", () => {
    for (const target of [b, whole]) expect(withDocument(config, target, documentOf(config, target))).toEqual(config);
    expect(withDocument(config, fresh, host("c")).virtualHosts.map(({ id }) => id)).toEqual(["a", "b", "c", "default"]);
  });

  it("starts a new virtual host that lacks its names and its application", () => {
    expect(
      problems(fresh, documentOf(config, fresh))
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual(["/hosts", "/id", "/rules/0/handler/upstream"]);
  });

  it("says at its own id that it is taken, also by the one below", () => {
    const taken = [{ path: "/id", code: "virtual-host.duplicate-id" }];
    expect(problems({ what: "virtual-host", id: "a" }, host("b"))).toMatchObject(taken);
    expect(problems(b, host("a"))).toMatchObject(taken);
    expect(problems(fresh, host("b"))).toMatchObject(taken);
  });

  it("points at the field of the edited document", () => {
    const wrong = { ...host("b"), rules: [{ handler: { type: "proxy", upstream: "nowhere" } }] };
    expect(problems(b, wrong).map(({ path }) => path)).toEqual(["/rules/0/handler/upstream"]);
    expect(problems(fresh, wrong).some(({ path }) => path === "/rules/0/handler/upstream")).toBe(true);
    expect(problems(whole, withDocument(config, b, wrong)).map(({ path }) => path)).toEqual([
      "/virtualHosts/1/rules/0/handler/upstream",
    ]);
  });

  it("says which other part a problem is about", () => {
    const other = { path: "/virtualHosts/0/id", code: "x", message: "is not unique" };
    expect(problemsOfDocument(config, b, [other])).toEqual([
      { ...other, path: "", message: "/virtualHosts/0/id: is not unique" },
    ]);
    const tenth = { path: "/virtualHosts/10/id", code: "x", message: "m" };
    expect(problemsOfDocument(config, b, [tenth])[0]?.path).toBe("");
  });

  it("says at the edited id that it is taken, whichever of the two comes first", () => {
    const taken = { path: "/id", message: "Another virtual host has this id; choose another one." };
    expect(problems(b, host("a"))).toMatchObject([taken]);
    expect(problems({ what: "virtual-host", id: "a" }, host("b"))).toMatchObject([taken]);
    expect(problems(fresh, host("b"))).toMatchObject([taken]);
  });

  it("minds changes of the same document only", () => {
    const elsewhere = withDocument(config, { what: "virtual-host", id: "a" }, host("a", ["x.example.com"]));
    expect([
      isStale(config, elsewhere, b),
      isStale(config, elsewhere, fresh),
      isStale(config, elsewhere, whole),
    ]).toEqual([false, false, true]);
    expect(isStale(config, withDocument(config, b, host("b", ["x.example.com"])), b)).toBe(true);
    expect(isStale(config, { ...config, virtualHosts: [host("a"), host("default", ["*"])] }, b)).toBe(true);
  });
});
