/**
 * Runs in the sandboxed page before its own scripts and hands it `window.bridge`: two channels in,
 * one out, and nothing of Electron itself.
 */
import { type IpcRendererEvent, contextBridge, ipcRenderer } from "electron";
import type { Bridge } from "../contract/commands.ts";
import type { Destination } from "../contract/desktop.ts";
import type { StatePatch } from "../contract/state.ts";
import { CHANNELS } from "../contract/channels.ts";

function listen(channel: string, listener: (message: unknown) => void): () => void {
  // The event carries `sender`; it must not reach the page.
  const deliver = (_event: IpcRendererEvent, message: unknown): void => listener(message);
  ipcRenderer.on(channel, deliver);
  return () => {
    ipcRenderer.removeListener(channel, deliver);
  };
}

const bridge: Bridge = {
  call: (name, input) => ipcRenderer.invoke(CHANNELS.call, name, input) as Promise<never>,
  onPatch: (listener) => listen(CHANNELS.patch, (patch) => listener(patch as StatePatch)),
  onGo: (listener) => listen(CHANNELS.go, (destination) => listener(destination as Destination)),
};

contextBridge.exposeInMainWorld("bridge", bridge);
