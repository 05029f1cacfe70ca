/** `https-443`, with the address where it is not all of IPv4. */
export function listenerName(isSecure: boolean, address: string, port: number | string): string {
  const suffix = address === "0.0.0.0" ? "" : address === "::" ? "-ipv6" : `-${address}`;
  return `${isSecure ? "https" : "http"}-${String(port)}${suffix}`;
}
