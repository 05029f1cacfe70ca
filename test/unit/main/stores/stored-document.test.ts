import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type DocumentDefinition, parseDocument } from "../../../../main/stores/document.ts";
import { remindedDocument } from "../../../../main/stores/reminded.ts";
import { serverProfilesDocument } from "../../../../main/stores/server-profiles.ts";
import { someProfile } from "../../../support/desktop/desktop-fixtures.ts";

const definition: DocumentDefinition<{ names: string[] }> = {
  name: "names",
  title: "the presets",
  version: 3,
  schema: z.strictObject({ names: z.array(z.string()) }),
  defaults: { names: [] },
  migrations: { 1: (content) => [content], 2: (content) => ({ names: content }) },
};

function stored(version: number, content: unknown) {
  return JSON.stringify({ version, content });
}

describe("a stored document", () => {
  it("of the present version is read as it is", () => {
    expect(parseDocument(definition, stored(3, { names: ["a"] }))).toEqual({ names: ["a"] });
  });

  it("of an older version takes every step up", () => {
    expect(parseDocument(definition, stored(1, "a"))).toEqual({ names: ["a"] });
    expect(parseDocument(definition, stored(2, ["a", "b"]))).toEqual({ names: ["a", "b"] });
  });

  it.each([
    ["torn", '{"version":3,"conte', "not valid JSON"],
    ["empty", "", "not valid JSON"],
    ["of another program", '{"theme":"dark"}', "not a file of this app"],
    ["from a newer app", stored(4, {}), "newer version of the app (4, known is 3)"],
    ["wrong in a field", stored(3, { names: [1] }), "names.0"],
    ["with a field too many", stored(3, { names: [], more: 1 }), "more"],
  ])("that is %s is refused with the reason", (_what, text, reason) => {
    expect(() => parseDocument(definition, text)).toThrow(reason);
  });

  it("that no migration reaches is refused", () => {
    expect(() => parseDocument({ ...definition, migrations: { 1: (content) => content } }, stored(2, []))).toThrow(
      "version 2 cannot be migrated to 3",
    );
  });

  it("never holds a practice server or the same id twice", () => {
    expect(serverProfilesDocument.schema.safeParse([{ ...someProfile, kind: "practice" }]).success).toBe(false);
    expect(serverProfilesDocument.schema.safeParse([someProfile, someProfile]).success).toBe(false);
    expect(serverProfilesDocument.schema.safeParse([someProfile, { ...someProfile, id: "other" }]).success).toBe(true);
  });
});

describe("what was dismissed", () => {
  it("stays dismissed with a file of the version before", () => {
    const said = { a: { at: "2026-01-01T00:00:00Z", late: false, putAside: true } };
    const content = { said, servers: ["web"] };
    expect(parseDocument(remindedDocument, JSON.stringify({ version: 1, content }))).toEqual({
      said: { a: { at: "2026-01-01T00:00:00Z", late: false, dismissed: true } },
      servers: ["web"],
    });
  });
});
