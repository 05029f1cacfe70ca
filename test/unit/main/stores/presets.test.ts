import { expect, it } from "vitest";
import { MAX_PRESETS, type Preset } from "../../../../main/contract/maintenance.ts";
import { Presets } from "../../../../main/state/presets.ts";
import { parseDocument } from "../../../../main/stores/document.ts";
import { presetsDocument } from "../../../../main/stores/presets.ts";

const SHOP = { serverId: "web-01", site: "shop" };

/** Presets over a document in memory. */
function open(value: Preset[] = []) {
  const document = {
    value,
    problem: undefined,
    save(next: Preset[]) {
      document.value = parseDocument(presetsDocument, JSON.stringify({ version: 1, content: next }));
    },
  };
  const told: unknown[] = [];
  const presets = new Presets(document, { set: (part, shown) => void told.push([part, shown]) });
  return { presets, document, told };
}

it("presets are stored and told by name, one of a name for each site and for all", () => {
  const { presets, document, told } = open();
  expect(told).toEqual([["presets", []]]);
  presets.save({ name: "Upgrade", site: null, options: { page: "default" } });
  presets.save({ name: "Move", site: SHOP, options: { status: 503 } });
  presets.save({ name: "Move", site: null, options: { status: 503 } });
  const first = document.value.find(({ site }) => site !== null);
  presets.save({ name: "Move", site: SHOP, options: { page: { title: "We move" }, internalHosts: ["staff.test"] } });
  expect(document.value.map(({ name }) => name)).toEqual(["Move", "Move", "Upgrade"]);
  expect(document.value.find(({ site }) => site !== null)).toMatchObject({
    id: first?.id,
    options: { page: { title: "We move" } },
  });
  expect(told.at(-1)).toEqual(["presets", document.value]);
  presets.remove(first?.id ?? "");
  expect(document.value).toHaveLength(2);
});

it("there is an end to their number", () => {
  const many = Array.from({ length: MAX_PRESETS }, (_, index): Preset => ({
    id: `${index}`,
    name: `${index}`,
    site: null,
    options: {},
  }));
  const { presets, document } = open(many);
  expect(presets.save({ name: "one more", site: null, options: {} })).toMatchObject({ ok: false });
  expect(presets.save({ name: "7", site: null, options: { status: 500 } })).toMatchObject({ ok: true });
  expect(document.value).toHaveLength(MAX_PRESETS);
});
