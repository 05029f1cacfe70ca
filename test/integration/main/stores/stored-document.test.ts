import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type DocumentDefinition, type WriteDocument, openDocument } from "../../../../main/stores/document.ts";

const definition: DocumentDefinition<{ names: string[] }> = {
  name: "names",
  title: "the presets",
  version: 1,
  schema: z.strictObject({ names: z.array(z.string()) }),
  defaults: { names: [] },
  migrations: {},
};
const now = new Date("2026-03-01T12:00:00.000Z");

let folder: string;
let file: string;
let write: WriteDocument;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "backsoon-store-"));
  file = path.join(folder, "names.json");
  write = (name, document) => fs.writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(document));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function reopen() {
  return openDocument(definition, folder, write, now);
}

describe("a document on disk", () => {
  it("starts with defaults and is not written before there is something to store", () => {
    expect(reopen()).toMatchObject({ value: { names: [] }, problem: undefined });
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it("is there again at the next start", () => {
    reopen().save({ names: ["a"] });
    expect(reopen()).toMatchObject({ value: { names: ["a"] }, problem: undefined });
  });

  it.each([
    ["torn", '{"version":1,"content":{"names":["a"'],
    ["of another shape", '{"version":1,"content":{"names":"a"}}'],
    ["from a newer app", '{"version":2,"content":{"names":["a"]}}'],
    ["not text", Buffer.from([0, 255, 1, 254])],
  ])("that is %s is set aside, byte for byte, and the app goes on", (_what, bytes) => {
    fs.writeFileSync(file, bytes);
    const opened = reopen();
    expect(opened.value).toEqual({ names: [] });
    const aside = `${file}.corrupt-2026-03-01T12-00-00.000Z`;
    expect(opened.problem?.detail).toContain(aside);
    expect(fs.readFileSync(aside)).toEqual(Buffer.from(bytes));
    opened.save({ names: ["new"] });
    expect(fs.readFileSync(aside)).toEqual(Buffer.from(bytes));
    expect(reopen()).toMatchObject({ value: { names: ["new"] }, problem: undefined });
  });

  it("that cannot be read is left alone, and nothing is stored in its place", () => {
    fs.mkdirSync(file);
    const opened = reopen();
    expect(opened).toMatchObject({ value: { names: [] }, problem: { title: "Cannot read the presets" } });
    expect(() => opened.save({ names: ["b"] })).toThrow("left as it is");
    expect(fs.statSync(file).isDirectory()).toBe(true);
  });

  it("keeps its old value when the new one cannot be stored", () => {
    const opened = openDocument(definition, folder, () => fs.writeFileSync(path.join(folder, "missing", "x"), ""), now);
    expect(() => opened.save({ names: ["c"] })).toThrow("could not be written");
    expect(opened.value).toEqual({ names: [] });
  });
});
