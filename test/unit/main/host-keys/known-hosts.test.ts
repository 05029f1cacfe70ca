import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HostKey, fingerprint, hostKeyOf } from "../../../../main/host-keys/host-key.ts";
import { parseKnownHosts } from "../../../../main/host-keys/known-hosts-lines.ts";
import {
  checkHostKey,
  formatKnownHost,
  hostKeyPlace,
  knownKeyTypes,
  preferKnownTypes,
} from "../../../../main/host-keys/known-hosts.ts";
import { repetitions } from "../../../support/repetitions.ts";

function wire(...parts: (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}
function keyOf(type: string, seed: string): HostKey {
  return { type, blob: wire(type, seed.padEnd(32, ".")) };
}
function base64({ blob }: HostKey) {
  return Buffer.from(blob).toString("base64");
}
function text(key: HostKey) {
  return `${key.type} ${base64(key)}`;
}
function hashed(host: string, salt = "twenty bytes of salt") {
  return `|1|${Buffer.from(salt).toString("base64")}|${createHmac("sha1", salt).update(host).digest("base64")}`;
}

const a = keyOf("ssh-ed25519", "a");
const b = keyOf("ssh-ed25519", "b");
const rsa = keyOf("ssh-rsa", "r");
function shown(key: HostKey, line: number) {
  return { type: key.type, fingerprint: fingerprint(key.blob), file: "kh", line };
}
function check(file: string, host: string, port: number, key: HostKey) {
  return checkHostKey(parseKnownHosts(file, "kh").entries, host, port, key);
}

describe("the key of a host", () => {
  it.each([
    ["under its name", `gate ${text(a)}`, "gate", 22],
    ["with a remark behind it", `gate ${text(a)} me@desk of old`, "gate", 22],
    ["on a line of Windows", `gate ${text(a)}\r`, "gate", 22],
    ["behind blanks", ` \tgate\t ${a.type}\t${base64(a)}`, "gate", 22],
    ["in other letters", `GATE.example ${text(a)}`, "Gate.Example", 22],
    ["among other names", `other,gate,10.0.0.1 ${text(a)}`, "gate", 22],
    ["by a star", `*.example ${text(a)}`, "gate.example", 22],
    ["by question marks", `g?t? ${text(a)}`, "gate", 22],
    ["at its port", `[gate]:2222 ${text(a)}`, "gate", 2222],
    ["at any port by a pattern", `[gate]:* ${text(a)}`, "gate", 2222],
    ["by a hash", `${hashed("gate")} ${text(a)}`, "Gate", 22],
    ["by a hash of its port", `${hashed("[gate]:2222")} ${text(a)}`, "gate", 2222],
    ["by an address", `2001:db8::1 ${text(a)}`, "2001:DB8::1", 22],
    ["by an address at a port", `[2001:db8::1]:2222 ${text(a)}`, "2001:db8::1", 2222],
    ["on another port, under the name alone", `gate ${text(a)}`, "gate", 2222],
    ["after another key", `gate ${text(b)}\ngate ${text(a)}`, "gate", 22],
  ])("is known %s", (_how, file, host, port) => {
    expect(check(file, host, port, a)).toEqual({ kind: "known", file: "kh", line: file.split("\n").length });
  });

  it.each([
    ["under another name", `gate2 ${text(a)}`, "gate", 22],
    ["in an empty file", "", "gate", 22],
    ["in a remark", `#gate ${text(a)}`, "gate", 22],
    ["where the line leaves it out", `*,!gate ${text(a)}`, "gate", 22],
    ["by a negation alone", `!other ${text(a)}`, "gate", 22],
    ["at the usual port, when it is on file for another", `[gate]:2222 ${text(a)}`, "gate", 22],
    ["at the usual port written out, as for ssh", `[gate]:22 ${text(a)}`, "gate", 22],
    ["by the hash of another name", `${hashed("other")} ${text(a)}`, "gate", 22],
    ["when only the name without its port has another key", `gate ${text(b)}`, "gate", 2222],
  ])("is unknown %s", (_how, file, host, port) => {
    expect(check(file, host, port, a)).toEqual({ kind: "unknown" });
  });

  it("has changed when only others of its type are on file, and all of them are shown", () => {
    const c = keyOf("ssh-ed25519", "c");
    const file = `gate ${text(b)}\ngate ${text(rsa)}\n${hashed("gate")} ${text(c)}\n`;
    expect(check(file, "gate", 22, a)).toEqual({ kind: "changed", known: [shown(b, 1), shown(c, 3)] });
  });

  it("has changed at its port even when it is right for the host without the port", () => {
    expect(check(`gate ${text(a)}\n[gate]:2222 ${text(b)}\n`, "gate", 2222, a)).toEqual({
      kind: "changed",
      known: [shown(b, 2)],
    });
    expect(check(`gate ${text(a)}\n[gate]:2222 ${text(rsa)}\n`, "gate", 2222, a)).toEqual({
      kind: "other-type",
      known: [shown(rsa, 2)],
    });
  });

  it("is of another type than those on file", () => {
    expect(check(`gate ${text(rsa)}\n`, "gate", 22, a)).toEqual({ kind: "other-type", known: [shown(rsa, 1)] });
  });

  it.each([
    ["alone", `@revoked * ${text(a)}`, 22],
    ["before being known", `@revoked gate ${text(a)}\ngate ${text(a)}`, 22],
    ["for the name without the port", `@revoked gate ${text(a)}\n[gate]:2222 ${text(a)}`, 2222],
    ["by a hash", `@revoked ${hashed("gate")} ${text(a)}`, 22],
  ])("that is revoked never passes: %s", (_how, file, port) => {
    expect(check(file, "gate", port, a)).toEqual({ kind: "revoked", file: "kh", line: 1 });
    expect(check(file.split("\n").reverse().join("\n"), "gate", port, a)).toMatchObject({ kind: "revoked" });
  });

  it("is not revoked by a line about another host or another key", () => {
    expect(check(`@revoked other ${text(a)}\n@revoked * ${text(b)}\ngate ${text(a)}`, "gate", 22, a)).toMatchObject({
      kind: "known",
    });
    expect(check(`@revoked * ${text(b)}`, "gate", 22, a)).toEqual({ kind: "unknown" });
  });

  it("is not vouched for by an authority's line, even with the same key, but the caller hears of it", () => {
    expect(check(`@cert-authority *.example ${text(a)}`, "gate.example", 22, a)).toEqual({
      kind: "certificate-authority",
      file: "kh",
      line: 1,
    });
    expect(check(`gate ${text(rsa)}\n@cert-authority gate ${text(b)}`, "gate", 22, a)).toEqual({
      kind: "certificate-authority",
      file: "kh",
      line: 2,
    });
    expect(check(`@cert-authority gate ${text(b)}\ngate ${text(a)}`, "gate", 22, a)).toMatchObject({
      kind: "known",
      line: 2,
    });
    expect(check(`@cert-authority gate ${text(a)}\ngate ${text(b)}`, "gate", 22, a)).toMatchObject({ kind: "changed" });
  });
});

describe("the place of a key", () => {
  it("is the host at its port, or the alias that stands for both", () => {
    expect(hostKeyPlace({ hostName: "10.0.0.1", port: 2222 })).toEqual({ host: "10.0.0.1", port: 2222 });
    expect(hostKeyPlace({ hostName: "10.0.0.1", port: 2222, hostKeyAlias: "gate" })).toEqual({
      host: "gate",
      port: 22,
    });
  });
});

describe("a damaged line", () => {
  it.each([
    [`gate ${a.type}`, "it has not the parts host, key type and key"],
    ["gate", "it has not the parts host, key type and key"],
    [`@revokd gate ${text(a)}`, "the marker is neither @cert-authority nor @revoked"],
    [`@revoked @revoked gate ${text(a)}`, "the key is not base64"],
    [`|1|xx|yy ${text(a)}`, "the hashed host name is damaged"],
    [`|2|${hashed("gate").slice(3)} ${text(a)}`, "the hashed host name is damaged"],
    ["gate 1024 65537 1234567890", "it has a key of the outdated SSH protocol 1"],
    [`gate ${a.type} ?${base64(a)}`, "the key is not base64"],
    [`gate ${a.type} ${base64(a).slice(0, 30)}`, "the key is damaged"],
    [`gate ${rsa.type} ${base64(a)}`, "the key is of another type than the line says"],
  ])("is skipped and reported: %s", (line, why) => {
    const file = `# mine\ngate ${text(a)}\n${line}\nother ${text(b)}\n`;
    const { entries, problems } = parseKnownHosts(file, "kh");
    expect(entries.map((entry) => entry.line)).toEqual([2, 4]);
    expect(problems).toEqual([{ file: "kh", line: 3, message: `kh line 3 is skipped: ${why}.` }]);
  });

  it("of any kind never fails", () => {
    const piece = fc.constantFrom(
      "@revoked",
      "@cert-authority",
      "|1|",
      "|",
      "gate",
      "*",
      "!",
      ",",
      "[",
      "]:22",
      a.type,
      base64(a),
      "AAAA",
      "=",
      " ",
      "\t",
      "\n",
      "\r",
      "#",
      "\0",
      "é",
    );
    const garbage = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join("")),
    );
    fc.assert(
      fc.property(garbage, garbage, fc.integer({ min: 1, max: 65_535 }), (file, host, port) => {
        const { entries, problems } = parseKnownHosts(file, "kh");
        expect(entries.length + problems.length).toBeLessThanOrEqual(file.split("\n").length);
        expect(["known", "changed", "other-type", "unknown", "revoked", "certificate-authority"]).toContain(
          checkHostKey(entries, host, port, a).kind,
        );
      }),
      { numRuns: repetitions(500, 8_000) },
    );
  });

  it("in the blob of a key is not taken for a key", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const key = hostKeyOf(bytes);
        expect(key === undefined || key.blob === bytes).toBe(true);
      }),
    );
    expect(hostKeyOf(wire("ssh-ed25519"))).toBeUndefined();
    expect(hostKeyOf(Buffer.concat([a.blob, Buffer.from([0])]))).toBeUndefined();
    expect(hostKeyOf(wire("ssh ed25519", "x"))).toBeUndefined();
    expect(hostKeyOf(a.blob)).toEqual(a);
  });
});

describe("the types to ask a server for", () => {
  it("are those on file, each once, without markers", () => {
    const file = `gate ${text(rsa)}\n@revoked gate ${text(keyOf("ecdsa-sha2-nistp256", "e"))}\ngate ${text(a)}\ngate ${text(b)}\nother ${text(a)}\n`;
    const { entries } = parseKnownHosts(file, "kh");
    expect(knownKeyTypes(entries, "gate", 22)).toEqual(["ssh-rsa", "ssh-ed25519"]);
    expect(knownKeyTypes(entries, "gate", 2222)).toEqual(["ssh-rsa", "ssh-ed25519"]);
    expect(knownKeyTypes(entries, "elsewhere", 22)).toEqual([]);
  });

  it("at another port are those of the port, if it has some", () => {
    const { entries } = parseKnownHosts(`gate ${text(rsa)}\n[gate]:2222 ${text(a)}\n`, "kh");
    expect(knownKeyTypes(entries, "gate", 2222)).toEqual(["ssh-ed25519"]);
  });

  it("come first among the algorithms, an RSA key by its newer signatures", () => {
    const algorithms = ["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"];
    expect(preferKnownTypes(algorithms, ["ssh-rsa"])).toEqual([
      "rsa-sha2-512",
      "rsa-sha2-256",
      "ssh-rsa",
      "ssh-ed25519",
      "ecdsa-sha2-nistp256",
    ]);
    expect(preferKnownTypes(algorithms, [])).toEqual(algorithms);
    expect(preferKnownTypes(["ssh-ed25519"], ["ssh-rsa"])).toEqual(["ssh-ed25519"]);
  });
});

describe("a line for the app's own store", () => {
  it("is found again, and by no other host, port or key", () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.constantFrom("Gate", "fe80::1%eth0"));
    fc.assert(
      fc.property(
        host,
        fc.integer({ min: 1, max: 65_535 }),
        host,
        fc.integer({ min: 1, max: 65_535 }),
        (name, port, otherName, otherPort) => {
          const line = formatKnownHost(name, port, a);
          expect(line).not.toContain("\n");
          expect(check(line, name, port, a)).toEqual({ kind: "known", file: "kh", line: 1 });
          expect(check(line, name, port, b)).toMatchObject({ kind: "changed" });
          // As in ssh, a key on file without a port counts at every port.
          const same = name.toLowerCase() === otherName.toLowerCase() && (port === otherPort || port === 22);
          expect(check(line, otherName, otherPort, a).kind).toBe(same ? "known" : "unknown");
        },
      ),
    );
  });

  it.each(["", "a b", "a,b", "*", "g?te", "!gate", "gate\nother", "|1|x", "#gate", "@revoked", "[gate]:22"])(
    "is not made for “%s”, which would mean something else",
    (name) => {
      expect(() => formatKnownHost(name, 22, a)).toThrow(RangeError);
    },
  );
});
