/** When the certificates of a site end, as their files say. */
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { DiscoveredSite } from "../contract/web-servers.ts";

type Certificate = DiscoveredSite["certificates"][number];

/** The sites with the ends of their certificates. */
export function withCertificateEnds(sites: readonly DiscoveredSite[]): Promise<DiscoveredSite[]> {
  return Promise.all(
    sites.map(async (site) => ({
      ...site,
      certificates: await Promise.all(site.certificates.map(({ file }) => certificateEnd(file))),
    })),
  );
}

/** @param file As the configuration has it. */
async function certificateEnd(file: string): Promise<Certificate> {
  if (file.includes("$")) return { file, message: "The name has a variable, so the file depends on the request." };
  if (file.startsWith("data:") || file.startsWith("engine:"))
    return { file: file.slice(0, file.indexOf(":")), message: "The certificate is not in a file." };
  try {
    const { validTo } = new X509Certificate(await readFile(file));
    return { file, expiresAt: new Date(validTo).toISOString() };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { file, message: code === "EACCES" ? "The agent may not read it." : `It cannot be read: ${message}.` };
  }
}
