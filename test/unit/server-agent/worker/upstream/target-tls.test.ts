/** Files for TLS with upstreams that change while they are in use. */
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SecureContext } from "node:tls";
import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";
import { connectFailure, TargetTls } from "../../../../../server-agent/worker/upstream/target-tls.ts";
import { certificateFolder } from "../../../../support/http/certificates.ts";

const LOOK_MS = 30_001;
const TARGET = { name: "app.test", address: { host: "app.test", port: 443 } };
const folder = certificateFolder();
const [first, second] = [folder.make("first", []), folder.make("second", [])];
const ca = join(folder.path, "ca.pem");

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  copyFileSync(first.certificate, ca);
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => {
  folder[Symbol.dispose]();
});

/** The context of the next connection, after the files have been looked at if it is time. */
async function contextAfter(
  tls: TargetTls,
  milliseconds: number,
  isNews: () => boolean,
): Promise<SecureContext | undefined> {
  vi.advanceTimersByTime(milliseconds);
  tls.optionsFor(TARGET);
  while (!isNews()) await new Promise(setImmediate);
  return tls.optionsFor(TARGET).secureContext;
}

it("takes over a new file, and drops the sessions that were agreed by the old one", async () => {
  const tls = new TargetTls({ ca }, () => undefined);
  const { secureContext: before } = tls.optionsFor(TARGET);
  const session = Buffer.from("session");
  tls.keepSession(TARGET, before, session);
  expect(tls.optionsFor(TARGET).session).toBe(session);
  copyFileSync(second.certificate, ca);
  const after = await contextAfter(tls, LOOK_MS, () => tls.optionsFor(TARGET).secureContext !== before);
  expect(after).not.toBe(before);
  tls.keepSession(TARGET, before, session);
  expect(tls.optionsFor(TARGET).session).toBeUndefined();
});

it("goes on with what it has where a new file is unusable, and says so once", async () => {
  const log: string[] = [];
  const own = { ca, certificate: first.certificate, key: join(folder.path, "own.key") };
  copyFileSync(first.key, own.key);
  const tls = new TargetTls(own, (line) => log.push(line));
  tls.optionsFor(TARGET);
  writeFileSync(own.key, "nonsense");
  await contextAfter(tls, LOOK_MS, () => log.length > 0);
  expect(log).toEqual([expect.stringMatching(/have changed and are unusable .*using the previous ones/)]);
});

it("names what to do about a certificate", () => {
  const failure = (code: string) => connectFailure(Object.assign(new Error("why"), { code }));
  expect(failure("SELF_SIGNED_CERT_IN_CHAIN")).toContain("tls.ca");
  expect(failure("ERR_TLS_CERT_ALTNAME_INVALID")).toContain("tls.serverName");
  expect(failure("CERT_HAS_EXPIRED")).toBe("its certificate is not valid now (why)");
  expect(failure("ECONNREFUSED")).toBe("why");
});
