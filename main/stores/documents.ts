/** Everything that the app keeps between starts. A new kind is one entry in this table. */
import type { Settings } from "../contract/settings.ts";
import { type DocumentDefinition, type OpenDocument, type WriteDocument, openDocument } from "./document.ts";
import { fleetOperationsDocument } from "./fleet-operations.ts";
import { hostKeysDocument } from "./host-keys.ts";
import { publicAddressesDocument } from "./public-addresses.ts";
import { publicLooksDocument } from "./public-looks.ts";
import { presetsDocument } from "./presets.ts";
import { remindedDocument } from "./reminded.ts";
import { serverProfilesDocument } from "./server-profiles.ts";
import { settingsDocument } from "./settings.ts";
import { undosDocument } from "./undos.ts";
import { windowStateDocument } from "./window-state.ts";

const DEFINITIONS = {
  servers: serverProfilesDocument,
  operations: fleetOperationsDocument,
  hostKeys: hostKeysDocument,
  publicAddresses: publicAddressesDocument,
  publicLooks: publicLooksDocument,
  presets: presetsDocument,
  reminded: remindedDocument,
  undos: undosDocument,
  window: windowStateDocument,
};

type Definitions = typeof DEFINITIONS;
export type Documents = {
  [K in keyof Definitions]: Definitions[K] extends DocumentDefinition<infer T> ? OpenDocument<T> : never;
} & { settings: OpenDocument<Settings> };

/**
 * Opens them all; what is wrong with one is told by its `problem`.
 *
 * @param author the login name of this account
 * @param settled is called with the settings, which say in which language what is wrong with the
 *   others is told
 */
export function openDocuments(
  { author, folder, write }: { author: string; folder: string; write: WriteDocument },
  now: Date,
  settled: (settings: Settings) => void,
): Documents {
  const settings = openDocument(settingsDocument(author), folder, write, now);
  settled(settings.value);
  const others = Object.entries(DEFINITIONS).map(([name, definition]) => [
    name,
    openDocument(definition as DocumentDefinition<unknown>, folder, write, now),
  ]);
  return { settings, ...(Object.fromEntries(others) as Omit<Documents, "settings">) };
}
