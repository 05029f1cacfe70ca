/** The licences that Settings show: of everything that is shipped, and of nothing else. */
import { join } from "node:path";
import { expect, it } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import { packageLicences } from "../../../tools/package-licences.ts";

const licences = await packageLicences(join(import.meta.dirname, "../../.."));
const names = licences.map(({ name }) => name.replace(/ [^ ]+$/, ""));

it("are those of all dependencies, and of what these depend on", () => {
  expect(names).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
  expect(names).toEqual(expect.arrayContaining(["asn1", "bcrypt-pbkdf", "tweetnacl", "temporal-spec"]));
  expect(new Set(licences.map(({ name }) => name)).size).toBe(licences.length);
});

it("are texts, of nothing that only builds and tests", () => {
  expect(licences.find(({ name }) => name.startsWith("ssh2 "))?.text).toContain("Permission is hereby granted");
  expect(licences.filter(({ text }) => text.trim() === "")).toEqual([]);
  for (const name of ["typescript", "vitest", "playwright", "eslint"]) expect(names).not.toContain(name);
});
