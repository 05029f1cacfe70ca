/** Header names by what a proxy does with them (RFC 9110, 7.6.1). */
export type NameClass =
  /** Passed on. */
  | "end-to-end"
  /** About one connection only. */
  | "hop-by-hop"
  | "connection"
  | "keep-alive"
  | "content-length"
  | "transfer-encoding"
  | "upgrade"
  | "host"
  | "expect"
  /** Says who the visitor is and how they came: believed from trusted proxies only. */
  | "forwarding"
  /** Not a token (RFC 9110, 5.6.2). */
  | "malformed";

const CLASSES: Readonly<Record<string, NameClass>> = {
  connection: "connection",
  "keep-alive": "keep-alive",
  "content-length": "content-length",
  "transfer-encoding": "transfer-encoding",
  upgrade: "upgrade",
  host: "host",
  expect: "expect",
  te: "hop-by-hop",
  trailer: "hop-by-hop",
  "http2-settings": "hop-by-hop",
  // CGI programs read a header `Proxy` as the variable HTTP_PROXY (CVE-2016-5385).
  proxy: "hop-by-hop",
  forwarded: "forwarding",
  "x-real-ip": "forwarding",
  // Applications that take one of these for the address that was asked for would answer for another
  // path or host than the rules and the exceptions of a closed site have judged.
  "x-original-url": "forwarding",
  "x-original-uri": "forwarding",
  "x-original-host": "forwarding",
  "x-rewrite-url": "forwarding",
  "x-host": "forwarding",
  "x-http-host-override": "forwarding",
  "x-envoy-original-path": "forwarding",
  "x-replaced-path": "forwarding",
};

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const OF_VISITOR: ReadonlySet<NameClass> = new Set(["forwarding", "host", "expect"]);
const OF_CONNECTION = shapesOf((kind) => !OF_VISITOR.has(kind), "p");
const SPECIAL = shapesOf(() => true, "px");

/**
 * By first byte, the lengths of the names of these classes: one bit each.
 *
 * @param families First letters of names that may go on in any way, such as `Proxy-`.
 */
function shapesOf(isOne: (kind: NameClass) => boolean, families: string): Int32Array {
  const shapes = new Int32Array(256);
  for (const [name, kind] of Object.entries(CLASSES)) {
    if (!isOne(kind)) continue;
    for (const first of [name.charCodeAt(0), name.toUpperCase().charCodeAt(0)])
      shapes[first] = families.includes(name.charAt(0)) ? -1 : (shapes[first] ?? 0) | (1 << name.length);
  }
  return shapes;
}

/**
 * False for names that are not about a connection, whatever they are. The first byte and the length
 * tell, for most of them: to look a name up costs more.
 */
export function mayBeOfConnection(firstByte: number, length: number): boolean {
  return ((OF_CONNECTION[firstByte] ?? -1) & (1 << length)) !== 0;
}

/** The same for names that are simply passed on to an upstream. */
export function mayBeSpecial(name: string): boolean {
  return ((SPECIAL[name.charCodeAt(0)] ?? -1) & (1 << name.length)) !== 0;
}

const remembered = new Map<string, NameClass>();
const MAX_CACHED_NAMES = 1024;

/**
 * What a name in any case means. The few names in use are remembered, so that most calls cost one
 * look-up.
 */
export function classOf(name: string): NameClass {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const found = classify(name);
  if (remembered.size >= MAX_CACHED_NAMES) remembered.clear();
  if (name.length <= 64) remembered.set(name, found);
  return found;
}

function classify(name: string): NameClass {
  if (!TOKEN.test(name)) return "malformed";
  const lower = name.toLowerCase();
  // WSGI and CGI see `X_Forwarded_For` and `X-Forwarded-For` as the same variable, so the
  // underscore form must not smuggle a claim past.
  const dashed = lower.replaceAll("_", "-");
  if (dashed.startsWith("x-forwarded-")) return "forwarding";
  if (lower.startsWith("proxy-")) return "hop-by-hop";
  const found = CLASSES[dashed] ?? "end-to-end";
  return dashed === lower || found === "forwarding" ? found : found === "end-to-end" ? "end-to-end" : "hop-by-hop";
}

/**
 * The names that `Connection` lists (RFC 9110, 7.6.1), in lower case; undefined when it names none
 * besides `close` and `keep-alive`.
 */
export function connectionOptions(value: string | undefined): ReadonlySet<string> | undefined {
  if (value === undefined || value === "keep-alive" || value === "close" || value === "Keep-Alive") return undefined;
  const options = value
    .split(",")
    .map((option) => option.trim().toLowerCase())
    .filter((option) => option !== "" && option !== "close" && option !== "keep-alive");
  return options.length === 0 ? undefined : new Set(options);
}
