/** Where documents are written. */
import ElectronStore from "electron-store";
import type { Stored, WriteDocument } from "./document.ts";

/**
 * Writes documents as JSON files for this account only (mode 0600), atomically, through
 * electron-store.
 */
export function electronFiles(folder: string): WriteDocument {
  const open = new Map<string, ElectronStore<{ version?: number; content?: unknown }>>();
  return (name, document: Stored) => {
    let store = open.get(name);
    if (store === undefined) {
      store = new ElectronStore({ name, cwd: folder, accessPropertiesByDotNotation: false, configFileMode: 0o600 });
      open.set(name, store);
    }
    store.store = { ...document };
  };
}
