/**
 * A real authority on free ports of the loopback interface: Let's Encrypt's Pebble, with its DNS
 * server, for which every name is 127.0.0.1 unless told otherwise. It refuses some good nonces, as
 * it does by default, and never sees another test's.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { request } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import type { AcmeAuthority } from "../../../server-agent/contract/tls/acme.ts";
import { freePort } from "../../../tools/driving/free-port.ts";
import { certificateFolder } from "../http/certificates.ts";

/** Where it is missing, its tests are skipped. */
export const HAS_PEBBLE = spawnSync("pebble", ["-h"]).error === undefined;

export interface Pebble extends AsyncDisposable {
  /** As a document names it. */
  readonly authority: AcmeAuthority & { directory: string };
  /** What it has said so far. */
  said: () => string;
  /** Where its DNS server says that the name is; undefined: 127.0.0.1 again. */
  place: (name: string, address: string | undefined) => Promise<void>;
}

export interface PebbleOptions {
  /** Where it asks for names, by HTTP or by TLS. */
  readonly httpPort: number;
  /** Of its certificates, in seconds. Default: years. */
  readonly lifeSeconds?: number;
  /** For each order, also for names that it knows. Default: for half of those. */
  readonly asksAgain?: boolean;
  /** By key id, in base64url: accounts must be bound to one of these. */
  readonly externalAccounts?: Readonly<Record<string, string>>;
}

/** Starts it, and waits until its directory answers. */
export async function startPebble({
  httpPort,
  lifeSeconds,
  asksAgain,
  externalAccounts,
}: PebbleOptions): Promise<Pebble> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(certificateFolder());
  const own = folder.make("pebble", ["localhost"]);
  const [port, managementPort, dnsPort, dnsManagementPort] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  const at = (number: number): string => `127.0.0.1:${String(number)}`;
  const config = join(folder.path, "pebble.json");
  const pebble = {
    listenAddress: at(port),
    managementListenAddress: at(managementPort),
    certificate: own.certificate,
    privateKey: own.key,
    httpPort,
    tlsPort: httpPort,
    ...(lifeSeconds === undefined ? {} : { certificateValidityPeriod: lifeSeconds }),
    ...(externalAccounts === undefined
      ? {}
      : { externalAccountBindingRequired: true, externalAccountMACKeys: externalAccounts }),
  };
  await writeFile(config, JSON.stringify({ pebble }));
  let said = "";
  const start = (program: string, args: readonly string[]): void => {
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env.PATH,
        PEBBLE_VA_NOSLEEP: "1",
        ...(asksAgain === true ? { PEBBLE_AUTHZREUSE: "0" } : {}),
      },
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (said += text));
    stack.defer(() => end(child));
  };
  start("pebble-challtestsrv", [
    ...["-dns01", at(dnsPort), "-management", at(dnsManagementPort), "-defaultIPv6", ""],
    ...["-http01", "", "-https01", "", "-tlsalpn01", ""],
  ]);
  start("pebble", ["-config", config, "-dnsserver", at(dnsPort)]);
  const directory = `https://localhost:${String(port)}/dir`;
  while (!(await answers(directory))) await delay(20);
  const stopping = stack.move();
  return {
    authority: { termsAgreed: true, directory, caFile: own.certificate },
    said: () => said,
    place: async (name, address) => {
      const call = address === undefined ? "clear-a" : "add-a";
      const body = JSON.stringify({ host: name, ...(address === undefined ? {} : { addresses: [address] }) });
      const answer = await fetch(`http://${at(dnsManagementPort)}/${call}`, { method: "POST", body });
      if (!answer.ok) throw new Error(`the DNS server answered with ${String(answer.status)}`);
    },
    [Symbol.asyncDispose]: () => stopping.disposeAsync(),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    request(url, { rejectUnauthorized: false, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .on("error", () => {
        resolve(false);
      })
      .end();
  });
}
