/** Certificates for tests, made by openssl: signed by an authority of theirs, or by themselves. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateFolder extends Disposable {
  readonly path: string;
  /** Signed by itself, or by `by`; `days` below 0: it has ended. */
  make(name: string, hosts: readonly string[], options?: { days?: number; by?: CertificateFiles }): CertificateFiles;
}

export function certificateFolder(): CertificateFolder {
  const path = mkdtempSync(join(tmpdir(), "backsoon-certificates-"));
  let made = 0;
  return {
    path,
    make(name, hosts, { days = 30, by } = {}) {
      const folder = join(path, String(++made));
      mkdirSync(folder);
      const files = { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
      const names = hosts.map((host) => `DNS:${host}`).join(",");
      execFileSync(
        "openssl",
        [
          ...["req", "-x509", "-utf8", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
          ...["-keyout", files.key, "-out", files.certificate, "-days", String(days), "-subj", `/CN=${name}`],
          ...(names === "" ? [] : ["-addext", `subjectAltName=${names}`]),
          ...(by === undefined
            ? []
            : ["-CA", by.certificate, "-CAkey", by.key, "-addext", "basicConstraints=CA:FALSE"]),
        ],
        { stdio: "pipe" },
      );
      return files;
    },
    [Symbol.dispose]() {
      rmSync(path, { recursive: true, force: true });
    },
  };
}
