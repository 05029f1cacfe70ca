import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HostKey, fingerprint, hostKeyOf } from "../../../../main/host-keys/host-key.ts";
import { readKnownHosts } from "../../../../main/host-keys/known-hosts-files.ts";
import { parseKnownHosts } from "../../../../main/host-keys/known-hosts-lines.ts";
import { checkHostKey, formatKnownHost, knownHostName, knownHostsOf } from "../../../../main/host-keys/known-hosts.ts";
import { repetitions } from "../../../support/repetitions.ts";

// ssh-keygen is asked what it makes of the same keys and files.

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "backsoon-known-"));
const file = path.join(folder, "known_hosts");
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function keygen(...args: string[]): string {
  const { stdout } = spawnSync("ssh-keygen", args, {
    encoding: "utf8",
    env: { PATH: process.env.PATH ?? "", HOME: folder },
  });
  return stdout;
}

const KINDS = [
  ["ed25519", "256"],
  ["ecdsa", "256"],
  ["ecdsa", "384"],
  ["ecdsa", "521"],
  ["rsa", "2048"],
  ["rsa", "3072"],
] as const;
const keys: { key: HostKey; line: string; printed: string }[] = [];

beforeAll(() => {
  for (const [type, bits] of KINDS) {
    const name = path.join(folder, `${type}-${bits}`);
    keygen("-q", "-t", type, "-b", bits, "-N", "", "-C", "", "-f", name);
    const line = fs.readFileSync(`${name}.pub`, "utf8").trim();
    const key = hostKeyOf(Buffer.from(line.split(" ")[1] ?? "", "base64"));
    if (key === undefined) throw new Error(`no key in ${line}`);
    keys.push({ key, line, printed: keygen("-lf", `${name}.pub`).split(" ")[1] ?? "" });
  }
});

/**
 * Numbers of the lines that ssh-keygen finds for a host; given the name as it stands in the file.
 */
function foundBySsh(name: string): number[] {
  return [...keygen("-F", name, "-f", file).matchAll(/found: line (\d+)/g)].map(([, line]) => Number(line));
}
async function foundByUs(host: string, port: number): Promise<number[]> {
  return knownHostsOf((await readKnownHosts([file])).entries, host, port).map(({ line }) => line);
}

const HOSTS: [string, number][] = [
  ["gate", 22],
  ["gate", 2222],
  ["web1.example", 22],
  ["web1.example", 2222],
  ["10.0.0.1", 22],
  ["2001:db8::1", 22],
  ["2001:db8::1", 2222],
  ["elsewhere", 1],
];

describe("a key", () => {
  it("has the fingerprint and the type that ssh-keygen prints", () => {
    expect(keys.map(({ key }) => fingerprint(key.blob))).toEqual(keys.map(({ printed }) => printed));
    expect(keys.map(({ key }) => key.type)).toEqual(keys.map(({ line }) => line.split(" ")[0]));
  });
});

describe("a known_hosts file", () => {
  const pattern = fc.constantFrom(
    ...[
      "gate",
      "GATE",
      "[gate]:2222",
      "*",
      "*.example",
      "!web1.example",
      "web?.example",
      "[*]:2222",
      "[*.example]:*",
      "!*2222",
      "10.0.0.?",
      "2001:db8::1",
      "[2001:db8::1]:2222",
      "*:*",
    ],
  );
  const name = fc.array(pattern, { minLength: 1, maxLength: 3 }).map((patterns) => patterns.join(","));
  const line = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(
        fc.constantFrom("", "", "@revoked ", "@cert-authority "),
        name,
        fc.nat(KINDS.length - 1),
        fc.constantFrom("", " a remark", "\r"),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom("# gate ssh-rsa AAAA", "", "gate", "@revokd gate", "|1|broken|line ssh-rsa AAAA"),
    },
  );
  const write = (lines: (string | [string, string, number, string])[]) => {
    const texts = lines.map((one) =>
      typeof one === "string" ? one : `${one[0]}${one[1]} ${keys[one[2]]?.line ?? ""}${one[3]}`,
    );
    fs.writeFileSync(file, `${texts.join("\n")}\n`);
  };

  it("has the lines for a host that ssh-keygen finds", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 6 }), async (lines) => {
        write(lines);
        for (const [host, port] of HOSTS)
          expect(await foundByUs(host, port)).toEqual(foundBySsh(knownHostName(host, port)));
      }),
      { numRuns: repetitions(15, 240) },
    );
  });

  it("means the same after ssh-keygen hashed it", async () => {
    fs.writeFileSync(
      file,
      HOSTS.map(
        ([host, port], index) =>
          `${formatKnownHost(host, port, keys[index % keys.length]?.key ?? { type: "", blob: Buffer.of() })}\n`,
      ).join(""),
    );
    const before = await readKnownHosts([file]);
    keygen("-H", "-f", file);
    const text = fs.readFileSync(file, "utf8");
    expect(text.match(/^\|1\|/gm)).toHaveLength(HOSTS.length);
    const after = await readKnownHosts([file]);
    for (const [index, [host, port]] of HOSTS.entries()) {
      expect(await foundByUs(host, port)).toEqual([index + 1]);
      for (const { key } of keys) {
        expect(checkHostKey(after.entries, host, port, key)).toEqual(checkHostKey(before.entries, host, port, key));
      }
    }
  });

  it("written here is found by ssh-keygen", () => {
    const key = keys[0]?.key;
    if (key === undefined) throw new Error("no key");
    for (const [host, port] of HOSTS) {
      fs.writeFileSync(file, `${formatKnownHost(host, port, key)}\n`);
      expect(foundBySsh(knownHostName(host, port))).toEqual([1]);
    }
  });

  it("that cannot be read is reported, and the others count", async () => {
    fs.writeFileSync(file, `gate ${keys[0]?.line ?? ""}\n`);
    const binary = path.join(folder, "binary");
    fs.writeFileSync(binary, Buffer.from([1, 0, 2]));
    // As for ssh, a folder, what is below a file, and a loop of links are no files.
    const loop = path.join(folder, "loop");
    fs.symlinkSync(loop, loop);
    const absent = [path.join(folder, "absent"), path.join(file, "below"), loop];
    const read = await readKnownHosts([folder, ...absent, "/dev/null", binary, file]);
    expect(read.entries).toHaveLength(1);
    expect(read.unread).toEqual([{ file: binary, message: `${binary} cannot be read: it is not a text file.` }]);
    expect(parseKnownHosts("", file)).toEqual({ entries: [], problems: [] });
  });
});

describe("the key that a server offers", () => {
  // A server that refuses every login, so that only the host key matters.
  const startServer = async () => {
    const server = new ssh2.Server({ hostKeys: [fs.readFileSync(path.join(folder, "ed25519-256"))] }, (client) => {
      client.on("authentication", (attempt) => attempt.reject());
      client.on("error", () => client.end());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    return { port, close: () => new Promise((resolve) => server.close(resolve)) };
  };

  /** What ssh says about it, in our words; `none` for a key that is not on file. */
  const answerOfSsh = async (port: number): Promise<"known" | "revoked" | "changed" | "none"> => {
    const options = [
      `UserKnownHostsFile=${file}`,
      "GlobalKnownHostsFile=none",
      "StrictHostKeyChecking=yes",
      "BatchMode=yes",
    ].flatMap((option) => ["-o", option]);
    const ssh = spawn("ssh", ["-F", "none", ...options, "-p", String(port), "127.0.0.1", "true"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    ssh.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    await once(ssh, "close");
    if (stderr.includes("REVOKED HOST KEY DETECTED")) return "revoked";
    if (stderr.includes("REMOTE HOST IDENTIFICATION HAS CHANGED")) return "changed";
    if (stderr.includes("host key is known for")) return "none";
    if (stderr.includes("Permission denied")) return "known";
    throw new Error(stderr);
  };

  it("is taken or refused as by ssh", { timeout: 120_000 }, async () => {
    const server = await startServer();
    const offered = keys[0];
    const other = hostKeyOf(Buffer.concat([offered?.key.blob.subarray(0, -1) ?? Buffer.of(), Buffer.of(7)]));
    if (offered === undefined || other === undefined) throw new Error("no key");
    const [here, host] = [`[127.0.0.1]:${server.port}`, "127.0.0.1"];
    const otherLine = `${other.type} ${Buffer.from(other.blob).toString("base64")}`;
    const line = fc
      .tuple(
        // ssh does not look for what is revoked without the port when it knows the key at the port.
        fc.constantFrom(
          ["", here],
          ["", here],
          ["", host],
          ["", "*"],
          ["", `*,!${host}`],
          ["", "gate"],
          ["@revoked", "*"],
          ["@revoked", here],
          ["@cert-authority", "*"],
          ["@revoked", "gate"],
        ),
        fc.constantFrom(offered.line, otherLine, keys[1]?.line ?? "", keys[4]?.line ?? ""),
      )
      .map(([[marker = "", name = ""], key]) => `${marker} ${name} ${key}`.trim());
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 4 }), async (lines) => {
        fs.writeFileSync(file, `${lines.join("\n")}\n`);
        const { kind } = checkHostKey((await readKnownHosts([file])).entries, host, server.port, offered.key);
        const theirs = await answerOfSsh(server.port);
        if (kind === "certificate-authority") expect(["none", "changed"]).toContain(theirs);
        else expect(kind === "other-type" ? "changed" : kind === "unknown" ? "none" : kind).toBe(theirs);
      }),
      { numRuns: repetitions(20, 320) },
    );
    await server.close();
  });
});
