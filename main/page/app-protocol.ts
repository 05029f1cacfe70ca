/** The `app://` scheme: the page's own files and the previews, and nothing else. */
import { protocol, type Session } from "electron";
import { answerPage } from "./app-files.ts";
import { messageOf } from "../failures.ts";
import type { PreviewStore } from "./preview-store.ts";

/**
 * Must run before the app is ready. `standard` gives the scheme origins, `secure` makes it a secure
 * context; it gets no fetch, no service workers, no CSP bypass.
 */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: "app",
      privileges: { standard: true, secure: true, supportFetchAPI: false, corsEnabled: false, stream: false },
    },
  ]);
}

export function serveAppScheme(
  session: Session,
  root: string,
  previews: PreviewStore,
  log: (line: string) => void,
): void {
  session.protocol.handle("app", async (request) => {
    try {
      const { status, headers, body } = await answerPage(request.method, request.url, root, previews);
      return new Response(request.method === "HEAD" ? null : body, { status, headers });
    } catch (error) {
      log(`${request.url} failed: ${messageOf(error)}`);
      return new Response("The app could not read this part of itself.", { status: 500 });
    }
  });
}
