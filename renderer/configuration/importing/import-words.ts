/** Words of an import. */
import type { ImportFormat, ImportOutcome, Listener } from "../../../main/contract/agent.ts";
import type { PlainMessage } from "../../../main/language/translate.ts";

/** Names of the web servers, and where each has its configuration. */
export const FORMATS: Readonly<Record<ImportFormat, { name: string; file: string }>> = {
  nginx: { name: "nginx", file: "/etc/nginx/nginx.conf" },
  apache: { name: "Apache", file: "/etc/apache2/apache2.conf" },
  caddy: { name: "Caddy", file: "/etc/caddy/Caddyfile" },
  cherokee: { name: "Cherokee", file: "/etc/cherokee/cherokee.conf" },
};

export const OUTCOMES: Readonly<Record<ImportOutcome, PlainMessage>> = {
  closed: "Closed",
  left: "Not carried over",
  changed: "Changed",
  carried: "Carried over",
};

/** `0.0.0.0:80`, `[::]:443` */
export function placeWords({ address, port }: Pick<Listener, "address" | "port">): string {
  return `${address.includes(":") ? `[${address}]` : address}:${String(port)}`;
}

/** What a file of this computer is called on the server: what it includes is found there. */
export function pathOnServer(name: string, format: ImportFormat): string {
  const { file } = FORMATS[format];
  return `${file.slice(0, file.lastIndexOf("/"))}/${name}`;
}
