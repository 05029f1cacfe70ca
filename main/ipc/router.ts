/** The only file that imports `ipcMain`. */
import { type IpcMainInvokeEvent, type WebContents, ipcMain } from "electron";
import { CHANNELS } from "../contract/channels.ts";
import { type Handlers, type Sender, answerCall } from "./dispatch.ts";

function senderOf(event: IpcMainInvokeEvent, page: WebContents | undefined): Sender {
  const frame = event.senderFrame;
  return {
    ownWindow: event.sender.id === page?.id,
    mainFrame: frame !== null && frame.parent === null && frame === event.sender.mainFrame,
    url: frame?.url,
  };
}

/**
 * The only door from the page to main. `page` is the web contents of the app's window as it is now.
 */
export function openIpcRouter(
  handlers: Handlers,
  page: () => WebContents | undefined,
  log: (line: string) => void,
): void {
  ipcMain.handle(CHANNELS.call, (event, name: unknown, input: unknown) =>
    answerCall(handlers, senderOf(event, page()), name, input, log),
  );
}
