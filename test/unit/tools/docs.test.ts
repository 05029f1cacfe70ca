import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { validateConfig } from "../../../server-agent/core/config/validate-config.ts";
import {
  CONFIGURATION_MD,
  CONFIGURATION_SCHEMA,
  renderMarkdown,
  renderSchema,
} from "../../../tools/docs/configuration.ts";
import { CATCH_ALL } from "../../support/agent/config.ts";
import { RELIABILITY_MD, renderReliability } from "../../../tools/docs/reliability.ts";

const WAY_OUT = "run: node tools/docs/configuration.ts";

it("the page on reliability has the matrix that is tested", async () => {
  const page = await readFile(RELIABILITY_MD, "utf8");
  expect(page, "run: node tools/docs/reliability.ts").toBe(await renderReliability(page));
});

describe("the configuration's reference", () => {
  it("is what the schemas say", async () => {
    expect(await readFile(CONFIGURATION_MD, "utf8"), WAY_OUT).toBe(await renderMarkdown());
    expect(await readFile(CONFIGURATION_SCHEMA, "utf8"), WAY_OUT).toBe(await renderSchema());
  });

  it("shows documents and rules that can serve", async () => {
    const examples = [...(await renderMarkdown()).matchAll(/```json\n(.*?)```/gs)].map(
      ([, text = ""]) => JSON.parse(text) as unknown,
    );
    expect(examples.length).toBeGreaterThan(1);
    for (const example of examples) {
      const document = Array.isArray(example)
        ? { listeners: [], virtualHosts: [{ ...CATCH_ALL, rules: example }] }
        : example;
      expect(validateConfig(document)).toMatchObject({ ok: true });
    }
  });
});
