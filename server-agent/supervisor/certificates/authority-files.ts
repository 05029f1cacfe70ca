/** The files that an authority of the configuration names (ACME), read and checked. */
import { readFile, stat } from "node:fs/promises";
import { AccountKey } from "../../acme/account-key.ts";
import type { AcmeAuthority } from "../../contract/tls/acme.ts";
import { messageOf } from "../../log.ts";
import { refuseUnreadable } from "../../worker/clients/readable-file.ts";
import { authoritiesFault } from "../../worker/tls/certificate-files.ts";

/** More is no key. */
const MAX_FILE_BYTES = 64 * 1024;

export type AuthorityFiles =
  | {
      ok: true;
      /** PEM, by which the directory's own certificate is checked; undefined: as usual. */
      ca: string | undefined;
      /** PEM of the operator's account key. */
      accountKey: string | undefined;
      external: { id: string; macKey: string } | undefined;
    }
  /** `field`: path below the authority. */
  | { ok: false; field: string; message: string };

export async function readAuthority({ caFile, accountKey, externalAccount }: AcmeAuthority): Promise<AuthorityFiles> {
  if (caFile !== undefined) {
    const message = await authoritiesFault(caFile);
    if (message !== undefined) return { ok: false, field: "caFile", message };
  }
  const key = accountKey === undefined ? undefined : await text(accountKey);
  if (key?.ok === false) return { ok: false, field: "accountKey", message: key.message };
  if (key !== undefined && !isAccountKey(key.text))
    return {
      ok: false,
      field: "accountKey",
      message: `${accountKey ?? ""} has no usable private key in PEM form; make one: openssl ecparam -name prime256v1 -genkey -noout -out ${accountKey ?? ""}`,
    };
  const mac = externalAccount === undefined ? undefined : await text(externalAccount.keyFile);
  if (mac?.ok === false) return { ok: false, field: "externalAccount/keyFile", message: mac.message };
  const macKey = mac?.text.trim() ?? "";
  if (externalAccount !== undefined && !/^[A-Za-z0-9_-]{16,}=*$/.test(macKey))
    return {
      ok: false,
      field: "externalAccount/keyFile",
      message: `${externalAccount.keyFile} must hold the MAC key in base64url, on one line`,
    };
  return {
    ok: true,
    ca: caFile === undefined ? undefined : await readFile(caFile, "latin1"),
    accountKey: key?.text,
    external: externalAccount === undefined ? undefined : { id: externalAccount.id, macKey },
  };
}

function isAccountKey(pem: string): boolean {
  try {
    return new AccountKey(pem).thumbprint !== "";
  } catch {
    return false;
  }
}

async function text(path: string): Promise<{ ok: true; text: string } | { ok: false; message: string }> {
  try {
    refuseUnreadable(await stat(path), MAX_FILE_BYTES);
    return { ok: true, text: await readFile(path, "latin1") };
  } catch (failure) {
    return { ok: false, message: `${path} cannot be read: ${messageOf(failure)}` };
  }
}
