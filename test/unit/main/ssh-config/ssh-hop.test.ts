import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jumpsOfCommand, parseHop, parseJumps } from "../../../../main/ssh-config/ssh-hop.ts";

describe("a place to go through", () => {
  it.each([
    ["gate", { host: "gate" }],
    ["root@gate", { host: "gate", user: "root" }],
    ["root@gate:2222", { host: "gate", user: "root", port: 2222 }],
    ["me@corp@gate", { host: "gate", user: "me@corp" }],
    ["gate:", { host: "gate" }],
    ["[2001:db8::1]:2222", { host: "2001:db8::1", port: 2222 }],
    ["[2001:db8::1]", { host: "2001:db8::1" }],
    ["ssh://root@gate:2222", { host: "gate", user: "root", port: 2222 }],
    ["ssh://gate/", { host: "gate" }],
    ["SSH://[::1]:22", { host: "::1", port: 22 }],
    ["ssh://me%40corp;fingerprint=x@gate", { host: "gate", user: "me@corp" }],
  ])("%s", (text, hop) => expect(parseHop(text)).toEqual(hop));

  it.each([
    "",
    "@gate",
    "gate:x",
    "gate:0",
    "gate:65536",
    "2001:db8::1",
    "[::1",
    "[::1]x",
    "-oProxyCommand=x",
    "a b",
    "ssh://",
    "ssh://gate/x",
    "ssh://%zz@gate",
    "http://gate",
    "a/22",
  ])("is not “%s”", (text) => expect(parseHop(text)).toBeUndefined());

  it("is read back from what it is written as", () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(
        host,
        fc.option(fc.stringMatching(/^[a-z][a-z0-9-]*$/)),
        fc.option(fc.integer({ min: 1, max: 65_535 })),
        fc.boolean(),
        (name, user, port, uri) => {
          const place = `${user === null ? "" : `${user}@`}${name.includes(":") ? `[${name}]` : name}${port === null ? "" : `:${port}`}`;
          expect(parseHop(uri ? `ssh://${place}` : place)).toEqual({
            host: name,
            ...(user === null ? {} : { user }),
            ...(port === null ? {} : { port }),
          });
        },
      ),
    );
  });

  it("never fails", () =>
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        (text) => [parseHop(text), parseJumps(text), jumpsOfCommand(`ssh ${text}`)].length === 3,
      ),
    ));
});

describe("a list of jump hosts", () => {
  it.each([
    ["none", []],
    ["NONE", []],
    ["a,root@b:22,ssh://c", [{ host: "a" }, { host: "b", user: "root", port: 22 }, { host: "c" }]],
  ])("%s", (text, hops) => expect(parseJumps(text)).toEqual(hops));

  it.each(["", ",a", "a,", "a,,b", "a, b"])("is not “%s”", (text) => expect(parseJumps(text)).toBeUndefined());
});

describe("a ProxyCommand that is a jump", () => {
  it.each([
    ["ssh -W %h:%p gate", [{ host: "gate" }]],
    ["ssh gate -W %h:%p", [{ host: "gate" }]],
    ["/usr/bin/ssh -q -W [%h]:%p root@gate", [{ host: "gate", user: "root" }]],
    ['ssh -xaW "%h:%p" gate', undefined],
    ["ssh -p2222 -l root -W %h:%p gate", [{ host: "gate", user: "root", port: 2222 }]],
    ["ssh -J first,second -W %h:%p gate", [{ host: "first" }, { host: "second" }, { host: "gate" }]],
    ["C:\\Windows\\System32\\OpenSSH\\ssh.exe -W %h:%p gate", [{ host: "gate" }]],
    ["ssh -W %h:22 gate", undefined],
    ["ssh -i key -W %h:%p gate", undefined],
    ["ssh -o User=root -W %h:%p gate", undefined],
    ["ssh -W %h:%p gate nc", undefined],
    ["ssh gate nc %h %p", undefined],
    ["ssh -W %h:%p", undefined],
    ["ssh -W %h:%p -p 0 gate", undefined],
    ["sh -c 'ssh -W %h:%p gate'", undefined],
    ["ssh -W %h:%p gate | tee log", undefined],
    ["ssh -W '%h:%p", undefined],
  ])("%s", (command, hops) => expect(jumpsOfCommand(command)).toEqual(hops));
});
