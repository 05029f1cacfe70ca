/**
 * Whether a certificate is for a host, as browsers judge (RFC 9525, 6): only the names beside the
 * subject count, and a star stands for one whole label at the left.
 */

/** As in `subjectAltName` of a certificate; in lower case, addresses among them. */
export function namesIn(subjectAltName: string): string[] {
  return [...subjectAltName.matchAll(/(?:^|, )(?:DNS|IP Address):([^,"]+)/g)].map(([, name = ""]) =>
    name.toLowerCase(),
  );
}

/**
 * Who has signed it, for people: `Let's Encrypt (R11)`.
 * @param issuer As Node writes it: a line for each part, `O=Let's Encrypt`.
 */
export function issuerName(issuer: string): string {
  const parts = new Map(issuer.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line]));
  const of = (part: string): string => parts.get(part)?.slice(part.length + 1) ?? "";
  const [organization, name] = [of("O"), of("CN")];
  if (organization === "" || name === "") return organization + name;
  return name.includes(organization) ? name : `${organization} (${name})`;
}

/** @param host An entry of `hosts`. Undefined for one that stands for names which nobody knows. */
export function coversHost(names: readonly string[], host: string): boolean | undefined {
  if (host === "*" || host.startsWith("~")) return undefined;
  const name = host
    .toLowerCase()
    .replace(/\.$/, "")
    .replace(/^\[|\]$/g, "");
  if (names.includes(name)) return true;
  const dot = name.indexOf(".");
  return dot > 0 && !name.startsWith("*") && names.includes(`*${name.slice(dot)}`);
}
