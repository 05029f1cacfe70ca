/**
 * A real nginx in front of the practice shop, in a folder of its own and on a port of the loopback
 * interface; it never sees the nginx of this computer.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { once } from "node:events";
import path from "node:path";
import { type ChildProgram, startProgram } from "./child-program.ts";

/** Beside what is on the path: where packages put it, for root only. */
const MORE_FOLDERS = ["/usr/sbin", "/usr/local/sbin"];
const START_TIMEOUT_MS = 10_000;
const LOOK_AGAIN_MS = 50;
/** It ends with its standard input, also where this process is killed. */
const WITH_INPUT = `exec 3<&0; "$@" & pid=$!; (cat <&3 >/dev/null; kill $pid 2>/dev/null) & wait $pid`;

/** Undefined where it is not installed, or where the agent could not stand beside it. */
export function nginxProgram(): string | undefined {
  if (process.platform !== "linux") return undefined;
  return [...(process.env.PATH ?? "").split(":"), ...MORE_FOLDERS]
    .map((folder) => path.join(folder, "nginx"))
    .find((file) => existsSync(file));
}

/**
 * @param pages Folder with `static/`, `blog/` and `welcome/`.
 * @param shopPort Of the shop's app.
 */
export async function startNginx(
  program: string,
  folder: string,
  { pages, shopPort }: { pages: string; shopPort: number },
  log: (line: string) => void,
): Promise<{ nginx: ChildProgram; port: number }> {
  mkdirSync(path.join(folder, "run"), { recursive: true });
  const port = await freePort();
  const main = path.join(folder, "nginx.conf");
  writeFileSync(main, configuration(folder, port, pages, shopPort));
  const nginx = startProgram("sh", "-c", [WITH_INPUT, "sh", program, "-p", folder, "-c", main], log);
  let why: string | undefined;
  void nginx.ended.then((said) => (why = said));
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await accepts(port))) {
    if (why !== undefined) throw new Error(`nginx did not start: ${why}`);
    if (performance.now() > deadline) throw new Error("nginx does not answer");
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  return { nginx, port };
}

function configuration(folder: string, port: number, pages: string, shopPort: number): string {
  const run = path.join(folder, "run");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `    ${name}_temp_path "${run}/${name}";\n`,
  );
  // Else its workers come under another user, who may not see the folder.
  const user = process.getuid?.() === 0 ? "user root;\n" : "";
  return `${user}daemon off;
pid "${run}/nginx.pid";
error_log stderr warn;
worker_processes 1;
events {}
http {
    access_log off;
${temporary.join("")}    types {
        text/html html;
        text/css css;
        text/javascript js;
        image/svg+xml svg;
        image/png png;
        image/jpeg jpg;
    }
    server {
        listen 127.0.0.1:${String(port)};
        server_name shop.localhost www.shop.localhost;
        location /static/ { root "${pages}"; }
        location / {
            proxy_pass http://127.0.0.1:${String(shopPort)};
            proxy_http_version 1.1;
            proxy_buffering off;
            proxy_set_header Host $host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $http_connection;
        }
    }
    server {
        listen 127.0.0.1:${String(port)};
        server_name blog.localhost;
        root "${pages}/blog";
    }
    server {
        listen 127.0.0.1:${String(port)} default_server;
        server_name _;
        root "${pages}/welcome";
    }
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
