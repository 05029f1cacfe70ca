/** What the report of an import says in German is what the importers say. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { AGENT_IMPORT_GERMAN } from "../../../../main/language/agent-import-german.ts";

const agent = path.join(import.meta.dirname, "../../../../server-agent");
const source = ["core/import", "importing", "core/nginx", "core/apache"]
  .flatMap((folder) =>
    readdirSync(path.join(agent, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "utf8")),
  )
  .join("\n")
  .replaceAll("\\`", "`");

it("has no sentence that no importer says, and the same values on both sides", () => {
  const valuesIn = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  const strange = Object.entries(AGENT_IMPORT_GERMAN).filter(([english, german]) => {
    // The end of a sentence is added where it is one.
    const parts = english
      .replace(/\.$/, "")
      .split(/\{\w+\}/)
      .map((part) => part.trim().replace(/^: /, ""));
    return !parts.every((part) => source.includes(part)) || valuesIn(english).join() !== valuesIn(german).join();
  });
  expect(strange).toEqual([]);
});
