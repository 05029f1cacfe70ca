/** Addresses and networks as other servers write them, for the condition `from`. */
import ipaddr from "ipaddr.js";

export interface IpRanges {
  readonly known: string[];
  /** Names, and whatever else is no address. */
  readonly unknown: string[];
}

export function ipRanges(texts: readonly string[]): IpRanges {
  const known: string[] = [];
  const unknown: string[] = [];
  for (const text of texts) {
    const range = rangeOf(text);
    if (range === undefined) unknown.push(text);
    else known.push(...range);
  }
  return { known, unknown };
}

/** `10.0.0.1`, `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `10.1` and `10.1.` (Apache), or `all`. */
function rangeOf(text: string): string[] | undefined {
  if (text === "all") return ["0.0.0.0/0", "::/0"];
  const [address = "", mask] = text.replace(/^\[(.*)\]/, "$1").split("/");
  const short = /^(?:\d{1,3}\.){1,3}$|^\d{1,3}(?:\.\d{1,3}){0,2}$/.test(address) && mask === undefined;
  if (short) {
    const parts = address.split(".").filter((part) => part !== "");
    const full = [...parts, "0", "0", "0"].slice(0, 4).join(".");
    return rangeOf(`${full}/${String(8 * parts.length)}`);
  }
  if (!ipaddr.isValid(address) || (!address.includes(":") && !ipaddr.IPv4.isValidFourPartDecimal(address)))
    return undefined;
  if (mask === undefined) return [address];
  const bits = /^\d{1,3}$/.test(mask)
    ? Number(mask)
    : ipaddr.IPv4.isValidFourPartDecimal(mask)
      ? ipaddr.IPv4.parse(mask).prefixLengthFromSubnetMask()
      : null;
  return bits === null || bits > (address.includes(":") ? 128 : 32) ? undefined : [`${address}/${String(bits)}`];
}
