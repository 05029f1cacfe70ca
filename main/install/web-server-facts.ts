/** Which web servers run on a server and which ports are taken: how it is asked, and understood. */
import { WebServerKind } from "../../server-agent/contract/web-servers.ts";
import type { FoundWebServer } from "../contract/install.ts";

/**
 * Says `web=KIND [container]` for each web server that runs, by the names of processes;
 * `webversion=KIND TEXT`; `ports=known` and `port=N` for each TCP port on which something listens,
 * by the kernel's tables, else by what ss(8) says.
 *
 * A process in a container has the container's id in its control group. The installed program is
 * asked for its version and not the one that runs, as anybody's process can have such a name.
 */
export const LOOK_FOR_WEB_SERVERS = `
processes() {
  if [ -r /proc/self/comm ]; then
    for file in /proc/[0-9]*/comm; do
      name=; { read -r name < "$file"; } 2>/dev/null || continue
      pid=\${file#/proc/}; echo "$name \${pid%/comm}"
    done
  else ps -A -o comm= 2>/dev/null | sed 's,^.*/,,'; fi
}
ours=$(cat /proc/self/cgroup 2>/dev/null || true)
web() {
  id=$(sed -n 's/.*\\([0-9a-f]\\{64\\}\\).*/\\1/p' "/proc/$2/cgroup" 2>/dev/null | head -n 1)
  case "$ours" in *"$id"*) echo "$1" ;; *) echo "$1 container" ;; esac
}
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
# Caddy makes a folder in its home.
version() {
  if command -v "$1" >/dev/null 2>&1; then say webversion "$kind $(HOME=/proc limited "$@" 2>&1 </dev/null | head -n 1)"; fi
}
processes | while read -r name pid; do
  case "$name" in
    nginx|openresty|angie) web nginx "$pid" ;;
    apache2|httpd) web apache "$pid" ;;
    caddy|haproxy) web "$name" "$pid" ;;
  esac
done | sort -u | while read -r kind place; do
  say web "$kind $place"
  case "$kind$place" in
    nginx) version nginx -v ;;
    apache) version apache2 -v; version httpd -v ;;
    caddy) version caddy version ;;
    haproxy) version haproxy -v ;;
  esac
done
if [ -r /proc/net/tcp ]; then
  say ports known
  for table in /proc/net/tcp /proc/net/tcp6; do
    # Not by the shell, which reads a byte at a time: there may be 50,000 connections.
    [ ! -r "$table" ] || sed -n 's/^ *[0-9]*: [0-9A-F]*:\\([0-9A-F]*\\) [0-9A-F]*:[0-9A-F]* 0A .*/\\1/p' "$table"
  done | while read -r port; do printf 'backsoon:port=%d\\n' "$((0x$port))"
  done
elif found=$(ss -ltnH 2>/dev/null); then
  say ports known
  printf '%s\\n' "$found" | sed -n 's/^[A-Z]* *[0-9]* *[0-9]* *[^ ]*:\\([0-9][0-9]*\\) .*/backsoon:port=\\1/p'
fi
`;

/** @param said `KIND` or `KIND container` each, and `KIND` with what its program says of itself */
export function webServersOf(said: readonly string[], versions: readonly string[]): FoundWebServer[] {
  return said.flatMap((line) => {
    const [name, where] = line.split(" ");
    const kind = WebServerKind.safeParse(name);
    if (!kind.success) return [];
    const inContainer = where === "container";
    const about = versions.find((text) => text.startsWith(`${kind.data} `)) ?? "";
    const version = inContainer ? null : (/\d+(?:\.\d+)+/.exec(about)?.[0] ?? null);
    return [{ kind: kind.data, version, inContainer }];
  });
}

/** Ascending; `null` where the server could not tell. */
export function takenPortsOf(stdout: string): number[] | null {
  if (!/^backsoon:ports=known$/m.test(stdout)) return null;
  const ports = [...stdout.matchAll(/^backsoon:port=(\d{1,5})$/gm)].map(([, port]) => Number(port));
  return [...new Set(ports)].sort((one, other) => one - other);
}
