/** A real PHP-FPM on a unix socket in a folder of the test's; by choice on a port as well. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";

const FOLDER = "/usr/sbin";

/** `npm test` installs it on Debian and its relatives, under a name with its version. */
export const PHP_FPM = readdirSync(FOLDER)
  .filter((name) => /^php-fpm[\d.]*$/.test(name))
  .map((name) => join(FOLDER, name))
  .at(-1);

export interface PhpFpm extends AsyncDisposable {
  readonly socket: string;
}

/**
 * Writes its files into a folder, where its socket `php.sock` will be, too. @param port Of
 * 127.0.0.1, for two processes besides the socket's four.
 */
export async function phpFpmCommand(folder: string, port?: number): Promise<[string, ...string[]]> {
  if (PHP_FPM === undefined) throw new Error("PHP-FPM is not installed");
  const socket = join(folder, "php.sock");
  const file = join(folder, "php-fpm.conf");
  const pool = (name: string, listen: string, children: number) => `[${name}]
user = www-data
group = www-data
listen = ${listen}
listen.mode = 0666
pm = static
pm.max_children = ${String(children)}
`;
  const pools = pool("www", socket, 4) + (port === undefined ? "" : pool("tcp", `127.0.0.1:${String(port)}`, 2));
  await writeFile(file, `[global]\nerror_log = ${join(folder, "php.log")}\n${pools}`);
  return [PHP_FPM, "--nodaemonize", "--fpm-config", file, "--prefix", folder];
}

/** Starts it, and waits until it accepts. @param folder Where its socket and its files are. */
export async function startPhpFpm(folder: string, port?: number): Promise<PhpFpm> {
  const socket = join(folder, "php.sock");
  const [program, ...args] = await phpFpmCommand(folder, port);
  const child = spawn(program, args, { stdio: "ignore" });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`PHP-FPM did not start: ${String(child.exitCode)}`);
    const attempt = connect(socket);
    try {
      await once(attempt, "connect");
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      attempt.destroy();
    }
  }
  return {
    socket,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}
