/** The host keys that the user trusted in this app, beside the `known_hosts` files. */
import { t } from "../language/translate.ts";
import { done, failed } from "../failures.ts";
import type { Failure, Result, SeenKey } from "../contract/failures.ts";
import type { OpenDocument } from "../stores/document.ts";
import type { TrustedHostKey } from "../stores/host-keys.ts";
import { type HostKey, fingerprint, hostKeyOf, isSameKey } from "./host-key.ts";
import type { HostKeyVerdict, HostKeys } from "./host-keys.ts";
import { readKnownHosts } from "./known-hosts-files.ts";
import { checkHostKey, knownHostName, knownKeyTypes } from "./known-hosts.ts";
import { type SshHost, addressOf } from "../ssh-config/ssh-host.ts";

/**
 * The keys that were trusted in this app, then those of the `known_hosts` files, which are only
 * read. A key trusted here stands above a different one there: trusting it was the explicit act.
 * One that is revoked there is refused in any case.
 */
export class HostKeyStore implements HostKeys {
  readonly #document: OpenDocument<TrustedHostKey[]>;
  /**
   * Keys that were refused as changed, by host and fingerprint: what the person may still accept.
   */
  readonly #refused = new Map<string, { host: SshHost; key: HostKey }>();

  constructor(document: OpenDocument<TrustedHostKey[]>) {
    this.#document = document;
  }

  async knownTypes(host: SshHost): Promise<readonly string[]> {
    const own = this.#own(host).map(({ type }) => type);
    if (own.length > 0) return own;
    const { entries } = await readKnownHosts(host.hostKey.files);
    return knownKeyTypes(entries, host.hostKey.name, host.hostKey.port);
  }

  async judge(host: SshHost, key: HostKey): Promise<HostKeyVerdict> {
    const address = addressOf(host);
    const { entries, unread } = await readKnownHosts(host.hostKey.files);
    const first = unread[0];
    if (first !== undefined)
      return refused({
        code: "ssh.config",
        message: t("{message} It may say that the key of {address} is revoked, so nothing was sent.", {
          message: first.message,
          address,
        }),
      });
    const answer = checkHostKey(entries, host.hostKey.name, host.hostKey.port, key);
    if (answer.kind === "revoked")
      return refused({
        code: "ssh.host-key-revoked",
        message: t(
          "The host key of {address} is marked as revoked in {file}, line {line}. Do not connect; ask whoever runs the server.",
          { address, file: answer.file, line: String(answer.line) },
        ),
      });
    const own = this.#own(host);
    if (own.some((known) => isSameKey(known, key)) || (own.length === 0 && answer.kind === "known"))
      return { kind: "known" };
    const known: (SeenKey & { where: string })[] = [
      ...own.map((trusted) => ({
        type: trusted.type,
        fingerprint: fingerprint(trusted.blob),
        where: t("trusted in this app"),
      })),
      ...(answer.kind === "changed"
        ? answer.known.map(({ file, line, ...rest }) => ({ ...rest, where: t("{file}, line {line}", { file, line }) }))
        : []),
    ];
    if (own.some(({ type }) => type === key.type) || (own.length === 0 && answer.kind === "changed")) {
      const offered = { type: key.type, fingerprint: fingerprint(key.blob) };
      const name = knownHostName(host.hostKey.name, host.hostKey.port);
      this.#refused.set(`${name} ${offered.fingerprint}`, { host, key });
      return refused({
        code: "ssh.host-key-changed",
        message: t(
          "{address} shows another host key than the one that is known. Either the server was reinstalled, or somebody stands in between. Nothing was sent to it.",
          { address },
        ),
        hostKey: { host: name, offered, known },
      });
    }
    if (answer.kind === "certificate-authority")
      return refused({
        code: "ssh.host-key-authority",
        message: t(
          "{address} is known by a certificate authority ({file}, line {line}), which is not supported. Add its own host key to known_hosts, for example with ssh-keyscan, after you have compared the fingerprint.",
          { address, file: answer.file, line: answer.line },
        ),
      });
    return {
      kind: "unknown",
      others:
        answer.kind === "other-type"
          ? answer.known.map(({ type, fingerprint: print }) => ({ type, fingerprint: print }))
          : known,
    };
  }

  trust(host: SshHost, key: HostKey): void {
    this.#save(host, key, (other) => !(isFor(other, host) && other.type === key.type));
  }

  /**
   * The person has compared both fingerprints: this key is the host's from now on, and none before
   * it.
   */
  replace(name: string, print: string): Result<null> {
    const id = `${name} ${print}`;
    const seen = this.#refused.get(id);
    if (seen === undefined)
      return failed(
        "not-found",
        t("{name} has not shown the key {print} since the app was started. Connect again first.", { name, print }),
      );
    this.#save(seen.host, seen.key, (other) => !isFor(other, seen.host));
    this.#refused.delete(id);
    return done(null);
  }

  #save(host: SshHost, key: HostKey, keeps: (other: TrustedHostKey) => boolean): void {
    const trusted = {
      host: host.hostKey.name,
      port: host.hostKey.port,
      type: key.type,
      key: Buffer.from(key.blob).toString("base64"),
      trustedAt: new Date().toISOString(),
    };
    this.#document.save([...this.#document.value.filter(keeps), trusted]);
  }

  #own(host: SshHost): HostKey[] {
    return this.#document.value
      .filter((trusted) => isFor(trusted, host))
      .flatMap(({ key }) => hostKeyOf(Buffer.from(key, "base64")) ?? []);
  }
}

function isFor(trusted: TrustedHostKey, { hostKey }: SshHost): boolean {
  return trusted.host === hostKey.name && trusted.port === hostKey.port;
}

function refused(failure: Failure): HostKeyVerdict {
  return { kind: "refused", failure };
}
