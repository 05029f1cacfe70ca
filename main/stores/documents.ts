/** Everything that the app keeps between starts. A new kind is one entry in this table. */
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

/** @param author the login name of this account */
function definitions(author: string) {
  return {
    settings: settingsDocument(author),
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
}

type Definitions = ReturnType<typeof definitions>;
export type Documents = {
  [K in keyof Definitions]: Definitions[K] extends DocumentDefinition<infer T> ? OpenDocument<T> : never;
};

/** Opens them all; what is wrong with one is told by its `problem`. */
export function openDocuments(author: string, folder: string, write: WriteDocument, now: Date): Documents {
  const opened = Object.entries(definitions(author)).map(([name, definition]) => [
    name,
    openDocument(definition as DocumentDefinition<unknown>, folder, write, now),
  ]);
  return Object.fromEntries(opened) as Documents;
}
