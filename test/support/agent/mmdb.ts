/** Writes small files in MMDB format (MaxMind DB 2.0): records of 24 bits, IPv6 with IPv4 in it. */
import ipaddr from "ipaddr.js";

type Value = string | number | { readonly [name: string]: Value };

const MARKER = Buffer.from("\xab\xcd\xefMaxMind.com", "latin1");
const SEPARATOR = Buffer.alloc(16);
/** A leaf is the data of a network; undefined: nothing is known. */
type Node = [Leaf | Node | undefined, Leaf | Node | undefined];
interface Leaf {
  readonly data: Value;
}

/** @param networks By CIDR, such as `192.0.2.0/24`; none lies within another. */
export function mmdbOf(networks: Readonly<Record<string, Value>>): Buffer {
  const root: Node = [undefined, undefined];
  for (const [network, data] of Object.entries(networks)) insert(root, bitsOf(network), { data });
  const nodes: Node[] = [root];
  for (const node of nodes) for (const side of node) if (Array.isArray(side)) nodes.push(side);
  const data: Buffer[] = [];
  let size = 0;
  const record = (side: Node[number]): number => {
    if (side === undefined) return nodes.length;
    if (Array.isArray(side)) return nodes.indexOf(side);
    const bytes = encode(side.data);
    data.push(bytes);
    size += bytes.length;
    return nodes.length + SEPARATOR.length + size - bytes.length;
  };
  const tree = Buffer.concat(nodes.flatMap((node) => node.map((side) => bigEndian(record(side), 3))));
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_800_000_000,
    database_type: "Test",
    ip_version: 6,
    node_count: nodes.length,
    record_size: 24,
  });
  return Buffer.concat([tree, SEPARATOR, ...data, MARKER, metadata]);
}

function insert(root: Node, bits: readonly (0 | 1)[], leaf: Leaf): void {
  let node = root;
  for (const [index, bit] of bits.entries()) {
    const next = node[bit];
    if (index === bits.length - 1) node[bit] = leaf;
    else if (Array.isArray(next)) node = next;
    else node[bit] = node = [undefined, undefined];
  }
}

/** IPv4 is where the first 96 bits are zero. */
function bitsOf(network: string): (0 | 1)[] {
  const [address, prefix] = ipaddr.parseCIDR(network);
  const bytes = address.toByteArray();
  const padding = 16 - bytes.length;
  return Array.from({ length: 8 * padding + prefix }, (_, index) => {
    const byte = bytes[(index >> 3) - padding] ?? 0;
    return ((byte >> (7 - (index & 7))) & 1) as 0 | 1;
  });
}

function encode(value: Value): Buffer {
  if (typeof value === "string") return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === "number") return Buffer.concat([control(6, 4), bigEndian(value, 4)]);
  const entries = Object.entries(value);
  return Buffer.concat([
    control(7, entries.length),
    ...entries.flatMap(([name, each]) => [encode(name), encode(each)]),
  ]);
}

/** Type and size, of less than 29. */
function control(type: number, size: number): Buffer {
  return Buffer.of((type << 5) | size);
}

function bigEndian(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}
