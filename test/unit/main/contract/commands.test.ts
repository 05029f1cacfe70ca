import { describe, expect, it } from "vitest";
import { ERROR_STATUS } from "../../../../server-agent/contract/errors.ts";
import { COMMANDS } from "../../../../main/contract/commands.ts";
import { FAILURE_CODES } from "../../../../main/contract/failures.ts";
import { Settings } from "../../../../main/contract/settings.ts";
import { type Services, ipcHandlers } from "../../../../main/ipc/handlers.ts";
import { settingsDocument } from "../../../../main/stores/settings.ts";

describe("the ipc contract", () => {
  it("has exactly one handler for every command", () => {
    // The table is built without being called; no service is reached.
    const table = ipcHandlers({} as Services);
    expect(Object.keys(table).sort()).toEqual(Object.keys(COMMANDS).sort());
  });

  it("knows every code of the agent, and none twice", () => {
    expect(new Set(FAILURE_CODES).size).toBe(FAILURE_CODES.length);
    for (const code of Object.keys(ERROR_STATUS)) expect(FAILURE_CODES).toContain(code);
  });

  it("takes no command's input without checking it", () => {
    for (const [name, { input }] of Object.entries(COMMANDS))
      expect(input.safeParse({ unexpected: true }).success, name).toBe(false);
  });

  it("has valid settings at the first start, also for an odd login name", () => {
    expect(Settings.safeParse(settingsDocument("jörg müller").defaults).success).toBe(true);
  });
});
