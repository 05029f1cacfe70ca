import type { Result } from "../../../../main/contract/failures.ts";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net, { type AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Target } from "../../../../main/ssh-config/ssh-config-evaluate.ts";
import type { ConfigFile, ConfigProblem } from "../../../../main/ssh-config/ssh-config-lines.ts";
import { readSshConfig } from "../../../../main/ssh-config/ssh-config-files.ts";
import type { LocalAccount } from "../../../../main/ssh-config/ssh-config-tokens.ts";
import { type ResolvedHost, resolveHost, resolveRoute } from "../../../../main/ssh-config/ssh-config.ts";
import type { Hop } from "../../../../main/ssh-config/ssh-hop.ts";
import { ALIASES, arbitrarySshConfig } from "../../../support/ssh/arbitrary-ssh-config.ts";
import { repetitions } from "../../../support/repetitions.ts";

// ssh itself is asked what it understands: `ssh -G` prints the settings for a host and connects
// nowhere.

const { username, homedir, uid } = os.userInfo();
const home = fs.mkdtempSync(path.join(os.tmpdir(), "backsoon-ssh-"));
const folder = path.join(home, ".ssh");
const config = path.join(folder, "config");
const env = {
  HOME: home,
  PATH: process.env.PATH ?? "",
  AGENT_SOCKET: "/run/agent",
  AGENT_NAME: "keys",
  HOME_OF_KEYS: "/known",
  SSH_AUTH_SOCK: "/run/usual",
};
const account: LocalAccount = { user: username, home, env, uid, machine: os.hostname() };

beforeAll(() => fs.mkdirSync(path.join(folder, "conf.d"), { recursive: true }));
beforeEach(() => fs.rmSync(config, { force: true }));
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

function write(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text, { mode: 0o600 });
}
function read(): Promise<Result<ConfigFile[], ConfigProblem>> {
  return readSshConfig(account, [{ path: config, base: folder }]);
}
/** What is said on the command line of ssh. */
function argumentsOf({ alias, user, port, jumps }: Target): string[] {
  return [
    ...(user === undefined ? [] : ["-l", user]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...(jumps === undefined
      ? []
      : jumps.length === 0
        ? ["-J", "none", "-o", "ProxyCommand=none"]
        : ["-J", jumps.map(written).join(",")]),
    alias,
  ];
}
async function ourAnswer(alias: string): Promise<Result<ResolvedHost, ConfigProblem>> {
  const files = await read();
  return files.ok ? resolveHost(files.value, { alias }, account) : files;
}

type Answer = Map<string, string[]>;
function sshAnswer(target: string | Target): { ok: true; answer: Answer } | { ok: false; stderr: string } {
  const { status, stdout, stderr } = spawnSync(
    "ssh",
    ["-G", "-F", config, ...argumentsOf(typeof target === "string" ? { alias: target } : target)],
    {
      env,
      encoding: "utf8",
    },
  );
  if (status !== 0) return { ok: false, stderr };
  const answer: Answer = new Map();
  for (const line of stdout.split("\n")) {
    const [key = "", ...words] = line.split(" ");
    answer.set(key, [...(answer.get(key) ?? []), words.join(" ")]);
  }
  return { ok: true, answer };
}

function written({ user, host, port }: Hop) {
  return `${user === undefined ? "" : `${user}@`}${host.includes(":") ? `[${host}]` : host}${port === undefined ? "" : `:${port}`}`;
}

/** ssh finds the home folder in the user database, the test's account has its own. */
function atHome(text: string) {
  return text.replaceAll(`${homedir}/`, `${home}/`);
}

const DEFAULTS = ["rsa", "ecdsa", "ecdsa_sk", "ed25519", "ed25519_sk", "xmss", "dsa"].map(
  (name) => `~/.ssh/id_${name}`,
);
const OF_HARDWARE_OR_GONE = /id_(?:ecdsa_sk|ed25519_sk|xmss|dsa)$/;

/**
 * What `ssh -G` printed, in the words of `ResolvedHost`. It prints identity files as written;
 * `expandTokens` has a test of its own below.
 */
function expected(answer: Answer) {
  const only = (key: string) => answer.get(key)?.[0];
  const identities = answer.get("identityfile") ?? [];
  const isDefault = identities.join() === DEFAULTS.join();
  const agent = only("identityagent");
  const knownHosts = (key: string) => (only(key) === "none" ? "" : atHome(only(key) ?? ""));
  return {
    hostName: only("hostname"),
    port: Number(only("port")),
    user: only("user"),
    identityFiles: identities
      .filter((file) => file.toLowerCase() !== "none" && !(isDefault && OF_HARDWARE_OR_GONE.test(file)))
      .map((file) => (file.startsWith("~/") ? home + file.slice(1) : file.startsWith("/") ? file : `${home}/${file}`)),
    identityFilesAreDefault: isDefault,
    identitiesOnly: only("identitiesonly") === "yes",
    identityAgent:
      agent === undefined || agent === "SSH_AUTH_SOCK"
        ? env.SSH_AUTH_SOCK
        : agent === "$AGENT_SOCKET"
          ? env.AGENT_SOCKET
          : atHome(agent),
    hostKeyAlias: only("hostkeyalias"),
    userKnownHostsFiles: knownHosts("userknownhostsfile"),
    globalKnownHostsFiles: knownHosts("globalknownhostsfile"),
    proxy: only("proxyjump") ?? (only("proxycommand") === "ssh -W %h:%p jump" ? "jump" : ""),
    command: only("proxycommand")?.startsWith("nc") === true ? expandedCommand(answer) : undefined,
  };
}

/** `ssh -G` prints it as written. */
function expandedCommand(answer: Answer): string | undefined {
  const only = (key: string) => answer.get(key)?.[0] ?? "";
  return only("proxycommand").replaceAll("%h", only("hostname")).replaceAll("%p", only("port"));
}

function comparable(host: ResolvedHost) {
  return {
    hostName: host.hostName,
    port: host.port,
    user: host.user,
    identityFiles: host.identityFiles,
    identityFilesAreDefault: host.identityFilesAreDefault,
    identitiesOnly: host.identitiesOnly,
    identityAgent: host.identityAgent,
    hostKeyAlias: host.hostKeyAlias,
    userKnownHostsFiles: host.userKnownHostsFiles.join(" "),
    globalKnownHostsFiles: host.globalKnownHostsFiles.join(" "),
    proxy: host.proxyJump.map(written).join(","),
    command: host.way.proxyCommand,
  };
}

/** What a person may say beside the alias. */
const said: fc.Arbitrary<Omit<Target, "alias">> = fc.record(
  {
    user: fc.constantFrom("root", "deploy"),
    port: fc.integer({ min: 1, max: 65_535 }),
    jumps: fc.constantFrom<Hop[][]>(
      [],
      [{ host: "gate", user: "me", port: 24 }],
      [{ host: "gate" }, { host: "fe80::2", port: 22 }],
    ),
  },
  { requiredKeys: [] },
);

/**
 * The hosts that ssh would go through, found by asking it for the command that it would start for
 * its jump host, and so on.
 */
function sshRoute(args: readonly string[], depth = 0): string[] | "circle" {
  const { status, stdout, stderr } = spawnSync("ssh", ["-v", "-G", "-F", config, ...args], { env, encoding: "utf8" });
  if (stderr.includes("jumphost loop") || depth > 20) return "circle";
  if (status !== 0) throw new Error(stderr);
  const only = (key: string) => new RegExp(`^${key} (.*)$`, "m").exec(stdout)?.[1] ?? "";
  const here = `${only("user")}@${only("hostname")}:${only("port")}`;
  const command = /Setting implicit ProxyCommand from ProxyJump: ssh (.*)$/m.exec(stderr)?.[1]?.trim().split(" ");
  const jump = command?.filter(
    (arg, index, all) => !["-F", "-W", "-v"].includes(arg) && !["-F", "-W"].includes(all[index - 1] ?? ""),
  );
  if (jump === undefined) return [here];
  const before = sshRoute(jump, depth + 1);
  return before === "circle" ? before : [...before, here];
}

describe("the way to a host", () => {
  it("is the one that ssh takes, whatever the files say", { timeout: 300_000 }, async () => {
    const jumping = fc.constantFrom("jump", "a,me@b:2222", "b", "c,jump", "none", "a,b,c", "me@a");
    const block = fc.tuple(
      fc.constantFrom("web", "a", "b", "c", "jump", "*", "!jump *", "??"),
      jumping,
      fc.constantFrom("", "User deploy", "HostName h.lan", "Port 2200"),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(block, { minLength: 1, maxLength: 5 }), async (blocks) => {
        write({
          config: blocks.map(([host, jump, more]) => `Host ${host}\n  ProxyJump ${jump}\n  ${more}\n`).join(""),
        });
        const files = await read();
        if (!files.ok) throw new Error(files.failure.message);
        const theirs = sshRoute(["web"]);
        const ours = resolveRoute(files.value, { alias: "web" }, account);
        expect(
          ours.ok ? ours.value.map(({ user, hostName, port }) => `${user}@${hostName}:${port}`) : "circle",
        ).toEqual(theirs);
        if (!ours.ok) expect(ours.failure.message).toContain("the jump hosts lead in a circle");
      }),
      { numRuns: repetitions(15, 240) },
    );
  });
});

describe("a host of the ssh configuration", () => {
  it("is what ssh makes of it, whatever the files say", { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitrarySshConfig(folder),
        fc.array(said, { minLength: 1, maxLength: 3 }),
        async (files, words) => {
          write(files);
          const read_ = await read();
          for (const [index, alias] of ALIASES.entries()) {
            const target = { alias, ...words[index] };
            const theirs = sshAnswer(target);
            if (!theirs.ok) throw new Error(`ssh refuses a configuration that was meant to be right: ${theirs.stderr}`);
            const ours = read_.ok ? resolveHost(read_.value, target, account) : read_;
            expect(ours.ok ? comparable(ours.value) : ours.failure).toEqual(expected(theirs.answer));
          }
        },
      ),
      { numRuns: repetitions(20, 320) },
    );
  });

  it.each([
    ["ProxyJump none before a ProxyCommand", "ProxyJump none\nProxyCommand ssh -W %h:%p jump\n"],
    ["ProxyJump none before a ProxyJump", "ProxyJump none\nProxyJump jump\n"],
    ["ProxyCommand none before a ProxyJump", "ProxyCommand none\nProxyJump jump\n"],
    ["a Host line in a file for another host", "Host db\n  Include deep\nHost *\n  Port 9\n", "Host web\n  Port 4\n"],
    ["a Match line in a file for another host", "Host db\n  Include deep\n", "Match all\n  Port 4\n"],
    [
      "a request for a second pass in a file for another host",
      "Host db\n  Include deep\nHost h.lan\n  Port 4\nHost web\n  HostName h.lan\n",
      "Match final all\n",
    ],
    ["an included file with a Host line that is not left open", "Include deep\nPort 4\n", "Host db\n"],
    ["a backslash before a space in quotes", 'UserKnownHostsFile "/a\\ b" /c\\ d\n'],
    ["quotes within a word", 'UserKnownHostsFile /a"b c"\'d e\'\\"f\\\\g\\h\n'],
    ["a second pass that would rename the host", "Match final\n  HostName other\nMatch host other\n  Port 4\n"],
    ["an obsolete name of a setting", "IdentityFile2 /a\nIdentityFile /b\n"],
    ["a port with a sign and zeros", 'Port "+022"\n'],
  ])("is what ssh makes of it: %s", async (_what, config_, deep = "") => {
    write({ config: config_, deep });
    const [theirs, ours] = [sshAnswer("web"), await ourAnswer("web")];
    if (!theirs.ok) throw new Error(theirs.stderr);
    expect(ours.ok ? comparable(ours.value) : ours.failure).toEqual(expected(theirs.answer));
  });

  it("has its words split as ssh splits them", { timeout: 120_000 }, async () => {
    const text = fc.string({ unit: fc.constantFrom(..."ab\\\"' \t#=x\"'".split("")), maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom(" ", "=", " = "), async (value, between) => {
        // A list that is only a remark counts as absent for ssh, and as a mistake here.
        fc.pre(!/^[ \t]*=?[ \t]*#/.test(value));
        write({ config: `UserKnownHostsFile${between}${value}\n` });
        const theirs = sshAnswer("web");
        const ours = await ourAnswer("web");
        expect(
          ours.ok ? ours.value.userKnownHostsFiles.map((file) => file.replace(`${home}/`, "")).join(" ") : "refused",
        ).toBe(theirs.ok ? theirs.answer.get("userknownhostsfile")?.[0] : "refused");
      }),
      { numRuns: repetitions(50, 800) },
    );
  });
});

describe("a mistake in the ssh configuration", () => {
  it.each([
    ["a keyword without a value", "Port\n"],
    ["a Host line without a name", "Host\n  HostName x\n"],
    ["a value that is only a remark", "Port #22\n"],
    ["an empty value", 'User ""\n'],
    ["an empty name among others", 'Host web ""\n'],
    ["an open quote", 'User "root\n'],
    ["a port that is no number", "Port 22a\n"],
    ["port 0", "Port 0\n"],
    ["a port that is too large", "Port 65536\n"],
    ["two users", "User root deploy\n"],
    ["neither yes nor no", "IdentitiesOnly perhaps\n"],
    ["a jump to nowhere", "ProxyJump a,,b\n"],
    ["a jump with an empty user", "ProxyJump @a\n"],
    ["a jump to a port that is none", "ProxyJump a:b\n"],
    ["a jump to an address with a path", "ProxyJump ssh://a/b\n"],
    ["a token that HostName does not know", "HostName %n\n"],
    ["a Match line without a value", "Match host\n"],
    ["a Match line with an unknown criterion", "Match moon full\n"],
    ["a Match line with all and more", "Match all host web\n"],
    ["a file that includes itself", "\nInclude config\n"],
    ["a value without a keyword", "= x\n"],
  ])("is refused by ssh and by us: %s", async (_what, text) => {
    write({ config: text });
    const theirs = sshAnswer("web");
    const ours = await ourAnswer("web");
    expect(theirs.ok).toBe(false);
    expect(ours).toMatchObject({ ok: false, failure: { file: config } });
    const line = theirs.ok ? undefined : / line (\d+)/.exec(theirs.stderr)?.[1];
    if (!ours.ok && line !== undefined && !text.includes("Include")) expect(ours.failure.line).toBe(Number(line));
    if (!ours.ok) expect(ours.failure.message).toContain(config);
  });

  it("of nesting is one at the same depth as in ssh", async () => {
    const nest = (depth: number) => {
      const files: Record<string, string> = { config: "Include conf.d/n1\n" };
      for (let level = 1; level <= depth; level += 1)
        files[`conf.d/n${level}`] = level === depth ? "Port 4\n" : `Include conf.d/n${level + 1}\n`;
      write(files);
    };
    nest(16);
    expect(sshAnswer("web").ok).toBe(true);
    expect(await ourAnswer("web")).toMatchObject({ ok: true, value: { port: 4 } });
    nest(17);
    expect(sshAnswer("web").ok).toBe(false);
    const ours = await ourAnswer("web");
    expect(ours).toMatchObject({ ok: false, failure: { file: path.join(folder, "conf.d/n16"), line: 1 } });
  });

  it("is an included file that others may write, as for ssh", async () => {
    write({ config: "Include conf.d/open\n", "conf.d/open": "Port 4\n" });
    fs.chmodSync(path.join(folder, "conf.d/open"), 0o622);
    const theirs = sshAnswer("web");
    expect(!theirs.ok && theirs.stderr).toContain("Bad owner or permissions");
    const ours = await ourAnswer("web");
    expect(!ours.ok && ours.failure.message).toMatch(/conf\.d\/open: other users may write it.*chmod go-w/);
    fs.rmSync(path.join(folder, "conf.d/open"));
  });
});

describe("the identity files of a connection", () => {
  it("have the tokens that ssh gives them", async () => {
    const closer = net.createServer((socket) => socket.destroy());
    closer.listen(0, "127.0.0.1");
    await once(closer, "listening");
    const { port } = closer.address() as AddressInfo;
    write({
      config: [
        "Host gate",
        "  HostName 127.0.0.1",
        `  Port ${port}`,
        "  User deploy",
        "  IdentityFile /keys/%h-%n-%p-%r-%u-%i-%k-%L-%l-%%",
        "  IdentityFile /keys/${AGENT_NAME}/%d",
        "  HostKeyAlias Other",
        "",
      ].join("\n"),
    });
    const ssh = spawn("ssh", ["-v", "-F", config, "gate"], { env, stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    ssh.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    await once(ssh, "close");
    closer.close();
    await once(closer, "close");
    const theirs = [...stderr.matchAll(/identity file (\S+) type/g)]
      .map(([, file = ""]) => file)
      .filter((file) => !file.endsWith("-cert"));
    const ours = await ourAnswer("gate");
    expect(theirs).toHaveLength(2);
    expect(ours.ok && ours.value.identityFiles.map((file) => file.replace(home, homedir))).toEqual(theirs);
  });
});
