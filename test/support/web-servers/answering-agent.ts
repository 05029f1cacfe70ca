/** What the hook of a web server meets on the page socket: answers an ask and a page, counts. */
import { createServer, type IncomingMessage } from "node:http";
import { once } from "node:events";
import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { chmodSync } from "node:fs";
import { join } from "node:path";

export interface AnsweringAgent extends AsyncDisposable {
  readonly asked: { stage: string; fields: IncomingMessage["headers"] }[];
  /** Paths (as visitors sent them) that are let in while a site is closed. */
  readonly letIn: Set<string>;
  readonly webFolder: string;
  /** Publishes which sites are closed, as the agent does: a folder, and one rename of a link. */
  close: (...sites: string[]) => Promise<void>;
  /** It no longer accepts anything. */
  die: () => Promise<void>;
}

/** @param folder That of the web server, which its workers can see. */
export async function answeringAgent(folder: string, name: string): Promise<AnsweringAgent> {
  const webFolder = join(folder, "web");
  const pageSocket = join(webFolder, `${name}.sock`);
  const asked: AnsweringAgent["asked"] = [];
  const letIn = new Set<string>();
  let generation = 0;
  await mkdir(webFolder, { mode: 0o755 });
  const server = createServer((request, response) => {
    const { "backsoon-stage": stage, "backsoon-uri": uri } = request.headers;
    asked.push({ stage: String(stage), fields: request.headers });
    request.resume().on("end", () => {
      if (stage === "page")
        response.writeHead(503, { "retry-after": "120", "content-type": "text/plain" }).end("closed\n");
      else if (letIn.has(String(uri))) response.writeHead(204, { "backsoon-pass": "1" }).end();
      else response.writeHead(403).end();
    });
  });
  server.listen(pageSocket);
  await once(server, "listening");
  chmodSync(pageSocket, 0o666);
  const close = async (...sites: string[]) => {
    const made = join(webFolder, "gen", String((generation += 1)));
    await mkdir(join(made, "closed"), { recursive: true });
    await mkdir(join(made, "pages"));
    for (const site of sites) {
      await writeFile(join(made, "closed", site), "");
      await writeFile(join(made, "pages", `${site}.html`), "<p>from disk</p>\n");
    }
    await rm(join(webFolder, "next"), { force: true });
    await symlink(`gen/${String(generation)}`, join(webFolder, "next"));
    await rename(join(webFolder, "next"), join(webFolder, "now"));
  };
  await close();
  const die = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { asked, letIn, webFolder, close, die, [Symbol.asyncDispose]: die };
}
