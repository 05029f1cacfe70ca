/** What the app does, without its window: all that follows from the documents and the state. */
import { app } from "electron";
import { Fleet } from "../fleet/fleet.ts";
import { shown } from "../fleet/operation.ts";
import { HostKeyStore } from "../host-keys/host-key-store.ts";
import { AgentPrograms } from "../install/agent-program.ts";
import { Visits } from "../install/visits.ts";
import { PracticeServer } from "../practice/practice-server.ts";
import type { ProgramPaths } from "../practice/program-paths.ts";
import { KeptLooks } from "../public-proof/kept-looks.ts";
import { lookBy } from "../public-proof/look.ts";
import { namesBy } from "../public-proof/names.ts";
import { PublicProofs } from "../public-proof/public-proofs.ts";
import { Servers } from "../servers/servers.ts";
import { WatchedRequests } from "../servers/watched-requests.ts";
import { localAccount } from "../ssh-config/ssh-config-files.ts";
import { Prompts } from "../ssh/prompts.ts";
import { Remotes } from "../ssh/remotes.ts";
import { openSecrets } from "../ssh/secrets.ts";
import { systemKeychain } from "../ssh/system-keychain.ts";
import { Preferences } from "../state/preferences.ts";
import { Presets } from "../state/presets.ts";
import type { StateStore } from "../state/state-store.ts";
import type { Documents } from "../stores/documents.ts";
import { Occurrences } from "../windows/occurrences.ts";
import { PlannedWindows } from "../windows/planned-windows.ts";
import { Undos } from "../windows/undos.ts";
import { WindowGroup } from "../windows/window-group.ts";

export type Parts = ReturnType<typeof openParts>;

export function openParts(
  documents: Documents,
  store: StateStore,
  programs: ProgramPaths,
  log: (line: string) => void,
) {
  const prompts = new Prompts(store);
  const secrets = openSecrets(systemKeychain, (keychain) => store.set("keychain", keychain));
  const hostKeys = new HostKeyStore(documents.hostKeys);
  const remotes = new Remotes({ prompts, secrets, hostKeys, account: localAccount() });
  const servers = new Servers(documents.servers, store, (profile) => remotes.connector(profile));
  const agents = agentsOf(servers, store, log);
  const fleet = new Fleet({
    ...agents,
    document: documents.operations,
    report: (operations) => store.set("operations", operations.map(shown)),
  });
  servers.onConnected((serverId) => fleet.observe(serverId));
  return {
    preferences: new Preferences(app, documents.settings, store),
    presets: new Presets(documents.presets, store),
    prompts,
    remotes,
    servers,
    requests: new WatchedRequests(servers, store),
    fleet,
    ...windowsOn(agents, documents),
    visits: new Visits(remotes, prompts, store, new AgentPrograms(programs)),
    practice: new PracticeServer(programs, servers, store, log),
    publicProofs: new PublicProofs({
      store,
      document: documents.publicAddresses,
      kept: new KeptLooks(documents.publicLooks, log),
      look: lookBy(namesBy(app.commandLine.getSwitchValue("host-resolver-rules"))),
      log,
    }),
  };
}

type Agents = ReturnType<typeof agentsOf>;

/** The agents as those see them that work on several of them. */
function agentsOf(servers: Servers, store: StateStore, log: (line: string) => void) {
  return {
    call: ((...given) => servers.call(...given)) as Servers["call"],
    nameOf: (serverId: string) => store.state.servers.find(({ profile }) => profile.id === serverId)?.profile.name,
    author: () => store.state.settings.author,
    log,
  };
}

function windowsOn(agents: Agents, documents: Documents) {
  const group = new WindowGroup(agents);
  const undos = new Undos(documents.undos, group, agents.log);
  return { windows: new PlannedWindows(group, undos), occurrences: new Occurrences(group, undos), undos };
}
