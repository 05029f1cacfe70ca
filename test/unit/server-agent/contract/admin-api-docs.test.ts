/**
 * docs/admin-api.md is written by hand; nothing of the contract may be missing in it, and nothing
 * may be left that is gone.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { API_VERSION } from "../../../../server-agent/contract/agent.ts";
import { ERROR_STATUS } from "../../../../server-agent/contract/errors.ts";
import { Event } from "../../../../server-agent/contract/events.ts";
import { MaintenanceOptions } from "../../../../server-agent/contract/maintenance.ts";
import { ROUTES } from "../../../../server-agent/contract/routes.ts";
import { EXIT } from "../../../../server-agent/exit-codes.ts";

const text = readFileSync(path.join(import.meta.dirname, "../../../../docs/admin-api.md"), "utf8");

describe("docs/admin-api.md", () => {
  it("describes every route under its own heading, and no other", () => {
    const headings = [...text.matchAll(/^### `(\w+ \/\S+)`$/gm)].map(([, route]) => route);
    expect(headings.toSorted()).toEqual(
      Object.values(ROUTES)
        .map(({ method, path: route }) => `${method} ${route}`)
        .toSorted(),
    );
  });

  it("has a row for every error code, with its status", () => {
    const rows = [...text.matchAll(/^\| `([\w.-]+)` +\| (\d{3}) +\| .+ \|$/gm)].map(([, code, status]) => [
      code,
      Number(status),
    ]);
    expect(Object.fromEntries(rows)).toEqual(ERROR_STATUS);
    expect(rows).toHaveLength(Object.keys(ERROR_STATUS).length);
  });

  it("has a row for every event", () => {
    const events = Event.options.map((option) => option.shape.type.value);
    expect([...text.matchAll(/^\| `([a-z-]+)` +\| [^|]+ \|$/gm)].map(([, type]) => type).toSorted()).toEqual(
      events.toSorted(),
    );
  });

  it("names every option of maintenance, every exit code and the API version", () => {
    for (const option of Object.keys(MaintenanceOptions.shape)) expect(text).toContain(`\`${option}\``);
    for (const code of Object.values(EXIT)) expect(text).toMatch(new RegExp(`\\b${String(code)} [a-z]`));
    expect(text).toContain(`(now \`${String(API_VERSION)}\`)`);
  });
});
