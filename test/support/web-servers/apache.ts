/**
 * A real Apache on free ports of the loopback interface, with a folder of its own. It never sees
 * the Apache of the machine.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Instance } from "../../../server-agent/adapters/adapter.ts";
import { findMasters } from "../../../server-agent/adapters/apache/masters.ts";
import { reloadMaster } from "../../../server-agent/adapters/apache/reload.ts";
import {
  type ServerFiles,
  type ServerFolder,
  serverFolder,
  untilListening,
} from "../../../tools/driving/web-servers/server-folder.ts";

/** Where it is missing, its tests are skipped. */
export const HAS_APACHE = spawnSync("apache2", ["-v"]).status === 0;

export interface TestApache extends AsyncDisposable {
  readonly pid: number;
  /** As the agent finds it. */
  readonly instance: Instance;
  log: () => Promise<string>;
}

/** Folder of Debian's modules. */
const MODULES = "/usr/lib/apache2/modules";
export const USUAL_MODULES = [
  ...["mpm_event", "authn_core", "authn_file", "authz_core", "authz_host", "authz_user", "auth_basic"],
  ...["access_compat", "alias", "dir", "env", "mime", "setenvif", "expires", "status", "macro"],
  ...["ssl", "socache_shmcb", "http2", "rewrite", "proxy", "proxy_http", "proxy_wstunnel", "headers", "asis"],
];

/** As Debian's package begins: modules, then what is for all, then sites. */
export const MAIN = `# It is split into several files forming the configuration hierarchy outlined
# below, all located in the /etc/apache2/ directory:
# * Configuration files in the mods-enabled/, conf-enabled/ and sites-enabled/ directories
#   are activated by symlinking available configuration files from their
#   respective *-available/ counterparts. These should be managed by using our
#   helpers
ServerRoot "@ETC@"
DefaultRuntimeDir @RUN@
PidFile @RUN@/apache.pid
ErrorLog @RUN@/error.log
LogLevel warn
IncludeOptional mods-enabled/*.load
IncludeOptional mods-enabled/*.conf
Include ports.conf
User www-data
Group www-data
Timeout 300
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 60
TypesConfig mime.types
<IfModule mod_ssl.c>
    SSLSessionCache shmcb:@RUN@/ssl_scache(512000)
</IfModule>
ServerName localhost
<IfModule mpm_event_module>
    # With fewer threads it closes idle connections whenever all of them are busy.
    StartServers 2
    ServerLimit 8
    ThreadsPerChild 50
    MaxRequestWorkers 400
    MinSpareThreads 75
    MaxSpareThreads 400
</IfModule>
<Directory />
    Options FollowSymLinks
    AllowOverride None
    Require all denied
</Directory>
<Directory @RUN@/www>
    AllowOverride All
    Require all granted
</Directory>
IncludeOptional conf-enabled/*.conf
IncludeOptional sites-enabled/*.conf
`;

export function moduleLines(names: readonly string[] = USUAL_MODULES): string {
  return names.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so\n`).join("");
}

export interface ApacheFiles {
  /** Below `etc`, over those of `MAIN`. */
  readonly etc: ServerFiles;
  /** Below `@RUN@/www`. */
  readonly www?: ServerFiles;
}

export async function apacheFolder({ etc, www = {} }: ApacheFiles): Promise<ServerFolder> {
  const folder = await serverFolder("apache", "apache2.conf", {
    "apache2.conf": MAIN,
    "mime.types": "text/html html\n",
    "mods-enabled/all.load": moduleLines(),
    "ports.conf": "Listen 127.0.0.1:@PORT1@\nListen 127.0.0.1:@PORT2@\n",
    ...etc,
  });
  for (const name of ["conf-enabled", "sites-enabled"]) await mkdir(join(folder.etc, name), { recursive: true });
  for (const [name, text] of Object.entries(www)) {
    const path = join(folder.run, "www", name);
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, text);
  }
  return folder;
}

interface StartOptions {
  /** Default: `-f` and the main file. */
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts it, and waits until it listens. */
export async function startApache(folder: ServerFolder, options: StartOptions = {}): Promise<TestApache> {
  const child = spawn("apache2", [...(options.args ?? ["-f", folder.main]), "-DFOREGROUND"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...options.environment },
    // With mpm_prefork it signals all of its process group.
    detached: true,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const pid = child.pid ?? 0;
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  await using unless = new AsyncDisposableStack();
  unless.defer(stop);
  await untilListening(folder, "Listen", child, () => said);
  const instance = await untilFound(pid);
  unless.move();
  const log = () => readFile(join(folder.run, "error.log"), "utf8");
  return { pid, instance, log, [Symbol.asyncDispose]: stop };
}

/** As an operator does. Resolves when no worker of before accepts. */
export async function reloadByHand({ pid }: Instance): Promise<void> {
  const failed = await reloadMaster(pid);
  if (failed !== undefined) throw new Error(failed);
}

/** It listens a moment before it has a worker. */
async function untilFound(pid: number): Promise<Instance> {
  for (;;) {
    const instance = (await findMasters()).instances.find((found) => found.pid === pid);
    if (instance !== undefined && instance.user !== "root") return instance;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
