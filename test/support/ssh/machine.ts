/**
 * A machine of its own for an sshd: a real `systemd --system` is process 1 of its namespaces, and
 * has the machine's files below what it writes itself. Everything is in memory and gone with it; of
 * this machine nothing is changed. Ports are this machine's.
 */
import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as after } from "node:timers/promises";

const SYSTEMD = "/lib/systemd/systemd";
const NAMESPACES = [
  "--mount",
  "--propagation",
  "private",
  "--pid",
  "--fork",
  "--kill-child",
  "--cgroup",
  "--ipc",
  "--uts",
];
/** What logins and services there find Node by. */
export const MACHINE_PATH = "/usr/local/bin:/usr/bin:/bin";

/** systemd needs a branch of the tree of control groups to itself. */
function controlGroups(): string | undefined {
  return / (\S+) cgroup2 /.exec(readFileSync("/proc/mounts", "utf8"))?.[1];
}

/** How long a machine may take to start (ms); half a second is usual. */
const START_MS = 30_000;

/**
 * Whether this machine can have another one inside: whether one starts, where all that is known
 * beforehand speaks for it.
 */
export async function canRunMachine(): Promise<boolean> {
  if (!mayRunMachine()) return false;
  const folder = await mkdtemp(join(tmpdir(), "backsoon-machine-"));
  const machine = startMachine(folder, ["sh", "-c", "echo it runs >&2; exec sleep 60"]);
  const runs = await new Promise<boolean>((resolve) => {
    createInterface({ input: machine.child.stderr }).on("line", (line) => line === "it runs" && resolve(true));
    machine.child.once("exit", () => resolve(false));
    setTimeout(() => resolve(false), START_MS).unref();
  });
  machine.child.kill("SIGKILL");
  await machine.ended();
  await rm(folder, { recursive: true, force: true });
  return runs;
}

function mayRunMachine(): boolean {
  return (
    userInfo().uid === 0 &&
    existsSync(SYSTEMD) &&
    controlGroups() !== undefined &&
    readFileSync("/proc/filesystems", "utf8").includes("overlay") &&
    spawnSync("unshare", [...NAMESPACES, "true"]).status === 0
  );
}

/**
 * Of the machine's units only these are there: others would act upon it (kernel settings, devices,
 * the temporary folder). `container` tells systemd that hardware, clock and kernel are not its
 * business. The home of root is empty: what a login shell runs there (pyenv waits for a lock among
 * its files, for a minute) is the person's, and is changed while this machine looks at it.
 */
const BEGIN = `set -eu
folder=$1; node=$2; accounts=$3; shift 3
mkdir "$folder/layers" "$folder/dev"
mount -t tmpfs -o mode=755 layers "$folder/layers"
for place in etc opt usr/local var; do
  layer=$folder/layers/$(echo "$place" | tr / _); mkdir -p "$layer/upper" "$layer/work"
  mount -t overlay -o "lowerdir=/$place,upperdir=$layer/upper,workdir=$layer/work" overlay "/$place"
done
mount -t tmpfs -o mode=755 run /run
mount -t proc proc /proc
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
umount -l /sys/fs/cgroup
mount -o remount,bind,ro /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs -o mode=755 dev "$folder/dev"
for device in null zero full random urandom tty; do : > "$folder/dev/$device"; mount --bind "/dev/$device" "$folder/dev/$device"; done
mkdir "$folder/dev/pts" "$folder/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$folder/dev/pts"
ln -s pts/ptmx "$folder/dev/ptmx"; ln -s /proc/self/fd "$folder/dev/fd"
mount --move "$folder/dev" /dev
units=$folder/layers/units; mkdir -p "$units/sysinit.target.wants" "$units/sockets.target.wants" "$folder/layers/none"
for unit in sysinit basic multi-user shutdown umount sockets timers paths slices local-fs network-online; do cp "/lib/systemd/system/$unit.target" "$units/"; done
for unit in systemd-journald.service systemd-journald.socket systemd-journald-dev-log.socket; do cp "/lib/systemd/system/$unit" "$units/"; done
ln -s ../systemd-journald.service "$units/sysinit.target.wants/"
ln -s ../systemd-journald.socket ../systemd-journald-dev-log.socket "$units/sockets.target.wants/"
mount --bind "$units" /usr/lib/systemd/system
mount --bind "$folder/layers/none" /usr/lib/systemd/system-generators
rm -rf /etc/systemd/system/*
for file in passwd group shadow sudoers; do if [ -e "$accounts/$file" ]; then cp -p "$accounts/$file" "/etc/$file"; fi; done
mkdir -p /run/sshd
: > /usr/local/bin/node; mount --bind "$node" /usr/local/bin/node
mount -t tmpfs -o mode=700 root /root
{ until systemctl is-system-running --wait >/dev/null 2>&1; do sleep 0.1; done; exec "$@"; } &
exec env -i container=backsoon PATH=/usr/sbin:/usr/bin:/sbin:/bin ${SYSTEMD} --system --unit=multi-user.target --show-status=no --log-target=console --log-level=err >&2`;

export interface Machine {
  child: ChildProcessByStdio<null, null, Readable>;
  /** To be called once the child was killed; resolves when nothing of the machine is left. */
  ended(): Promise<void>;
}

/**
 * Starts the machine and then the command in it. A process of the machine cannot outlive the child.
 * `folder` may hold `passwd`, `group`, `shadow` and `sudoers` for it.
 */
export function startMachine(folder: string, command: readonly string[]): Machine {
  const group = join(controlGroups() ?? "", `backsoon-${process.pid}-${Date.now().toString(36)}`);
  mkdirSync(group);
  const enter = `echo $$ > "$0/cgroup.procs"; exec unshare ${NAMESPACES.join(" ")} sh -c "$@"`;
  const child = spawn("sh", ["-c", enter, group, BEGIN, "sh", folder, process.execPath, folder, ...command], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  return {
    child,
    async ended() {
      writeFileSync(join(group, "cgroup.kill"), "1");
      while (/^populated 1$/m.test(readFileSync(join(group, "cgroup.events"), "utf8"))) await after(20);
      removeGroup(group);
    },
  };
}

function removeGroup(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) removeGroup(join(path, entry.name));
  rmdirSync(path);
}
