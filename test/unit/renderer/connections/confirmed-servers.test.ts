import { expect, it } from "vitest";
import { confirmedServers } from "../../../../renderer/connections/confirmed-servers.ts";
import { someOperation, somePart, someServer, someState } from "../../../support/desktop/desktop-fixtures.ts";

const production = { kind: "production" as const, confirms: true };
function named(name: string, environment?: { kind: "production" | "staging"; confirms: boolean }) {
  const server = someServer(name);
  return { ...server, profile: { ...server.profile, ...(environment === undefined ? {} : { environment }) } };
}
const state = {
  ...someState(),
  servers: [named("web-1", production), named("web-2"), named("web-3", { kind: "staging", confirms: false })],
  operations: [someOperation({ servers: [somePart("web-1"), somePart("web-2")] })],
};
function idOf(name: string) {
  return state.servers.find(({ profile }) => profile.name === name)?.profile.id ?? "";
}

it("a change is asked about where one of its servers wants that, wherever the command names it", () => {
  const asked = (name: Parameters<typeof confirmedServers>[0], input: unknown) =>
    confirmedServers(name, input as Parameters<typeof confirmedServers>[1], state);
  expect(asked("maintenance.revert", { serverId: idOf("web-1"), receiptId: "r", how: "delete" })).toEqual(["web-1"]);
  expect(asked("maintenance.revert", { serverId: idOf("web-2"), receiptId: "r", how: "delete" })).toEqual([]);
  expect(asked("config.put", { serverId: idOf("web-3"), config: {}, ifGeneration: 1, reason: "" })).toEqual([]);
  expect(
    asked("windows.create", { terms: {}, targets: [{ serverId: idOf("web-2") }, { serverId: idOf("web-1") }] }),
  ).toEqual(["web-1"]);
  expect(asked("fleet.undo", { operationId: state.operations[0]?.id })).toEqual(["web-1"]);
  // It does not say which servers it changes.
  expect(asked("windows.undo", { undo: "u" })).toEqual(["web-1"]);
});
