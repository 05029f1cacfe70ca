import type { AppState, StatePatch } from "../../main/ipc-contract.ts";

/** The state after some patches; a new server comes last. */
export function patched(state: AppState, patches: readonly StatePatch[]): AppState {
  const servers = new Map(state.servers.map((server) => [server.profile.id, server]));
  const rest = { ...state };
  for (const patch of patches) {
    if (patch.part === "server") servers.set(patch.server.profile.id, patch.server);
    else if (patch.part === "server-removed") servers.delete(patch.id);
    else if (patch.part === "practice") rest.practice = patch.practice;
    else if (patch.part === "settings") rest.settings = patch.settings;
    else if (patch.part === "notices") rest.notices = patch.notices;
    else if (patch.part === "questions") rest.questions = patch.questions;
    else if (patch.part === "keychain") rest.keychain = patch.keychain;
    else if (patch.part === "install") rest.install = patch.install;
    else rest.operations = patch.operations;
  }
  const touched = patches.some(({ part }) => part === "server" || part === "server-removed");
  return touched ? { ...rest, servers: [...servers.values()] } : rest;
}
