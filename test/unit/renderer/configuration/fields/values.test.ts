import { describe, expect, it } from "vitest";
import { withType } from "../../../../../renderer/configuration/fields/handler-fields.ts";
import {
  fits,
  initialOf,
  ofOptions,
  ofPairs,
  optionsOf,
  pairsOf,
  shownAndOffered,
  textOf,
  valueOf,
} from "../../../../../renderer/configuration/fields/values.ts";
import { CONDITION } from "../../../../../renderer/configuration/tables/conditions.ts";
import { SERVER } from "../../../../../renderer/configuration/tables/servers.ts";
import { RULE } from "../../../../../renderer/configuration/tables/rules.ts";

const LIST = { kind: "list", label: "Path" } as const;
const PAIRS = { kind: "pairs", label: "Set", names: "Name", values: "Value" } as const;

describe("the text of a field", () => {
  it.each([
    [{ kind: "text", label: "Path" } as const, "/a b", "/a b"],
    [{ kind: "number", label: "Status" } as const, "404", 404],
    // The agent says that it is no number.
    [{ kind: "number", label: "Status" } as const, "4x", "4x"],
    [LIST, "/a, b\n/c", ["/a, b", "/c"]],
    [{ ...LIST, orOne: true } as const, "/a", "/a"],
    [
      { ...LIST, words: true } as const,
      "a.example, b.example\nc.example a.example",
      ["a.example", "b.example", "c.example"],
    ],
    [{ ...LIST, words: true, numbers: true } as const, "200 x", [200, "x"]],
    // A regular expression may have a comma.
    [{ ...LIST, words: true } as const, "~^a{1,2} b$", ["~^a{1,2} b$"]],
  ])("%o %j is %j, and back", (field, text, value) => {
    expect(valueOf(field, text)).toEqual(value);
    expect(valueOf(field, textOf(field, value) ?? "")).toEqual(value);
  });

  it("is that of a group in its short form, too", () => {
    const field = { kind: "group", label: "Access log", fields: {}, orText: "to" } as const;
    expect(optionsOf(field, "/a.log")).toEqual({ to: "/a.log" });
    expect(ofOptions(field, { to: "/a.log" })).toBe("/a.log");
    expect(ofOptions(field, { to: "/a.log", format: "json" })).toEqual({ to: "/a.log", format: "json" });
  });

  it("is shown for what is not filled in yet, whatever its kind", () => {
    for (const field of [...Object.values(SERVER), ...Object.values(CONDITION)])
      if (field.kind !== "json") expect(fits(field, initialOf(field)), field.label).toBe(true);
    expect(fits({ kind: "choice", label: "Status", options: [[true, "Status"]] }, "")).toBe(true);
  });

  it("is none for a value of another kind, which then stays as it is", () => {
    expect(textOf(LIST, { a: 1 })).toBeUndefined();
    expect(textOf({ kind: "number", label: "Status" }, true)).toBeUndefined();
    expect(pairsOf({ ...PAIRS, each: "text" }, { a: ["b", "c"] })).toBeUndefined();
  });

  it.each([
    ["text", { a: "b\nc" }, { a: "b\nc" }],
    ["texts", { a: ["b", "c"], d: "e" }, { a: ["b", "c"], d: "e" }],
    ["match", { a: true, b: "x", c: ["y", "z"] }, { a: true, b: "x", c: ["y", "z"] }],
  ] as const)("pairs of %s are the same again", (each, value, same) => {
    const field = { ...PAIRS, each };
    expect(ofPairs(field, pairsOf(field, value) ?? [])).toEqual(same);
  });
});

describe("the fields of a part", () => {
  it("are those that it has; the others are offered, but for what is edited as JSON only", () => {
    const { shown, offered } = shownAndOffered(CONDITION, { path: "/a", share: 0.5 });
    expect(shown).toEqual(["path", "share"]);
    expect(offered).toContain("any");
    expect(offered).not.toContain("share");
    expect(shownAndOffered(RULE.handler, {}).shown).toEqual(["handler"]);
  });

  it("stay with another handler where both have them", () => {
    const folder = { type: "file", root: "/srv", index: ["a.html"] };
    expect(withType(folder, "listing")).toEqual({ type: "listing", root: "/srv" });
    expect(withType({ type: "proxy", upstream: "app" }, "fastcgi")).toEqual({ type: "fastcgi", upstream: "" });
    expect(withType(folder, "")).toBeUndefined();
  });
});
