import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SshTarget } from "../../../../main/contract/servers.ts";
import {
  draftOf,
  NO_ADDRESS,
  parseAddress,
  targetOf,
  type SshDraft,
} from "../../../../renderer/connections/ssh-address.ts";
import { repetitions } from "../../../support/repetitions.ts";

function draft(changes: Partial<SshDraft>): SshDraft {
  return { ...NO_ADDRESS, ...changes };
}

describe("an address", () => {
  it.each([
    ["web-01", { host: "web-01" }],
    [" web-01.example.com ", { host: "web-01.example.com" }],
    ["deploy@web-01", { user: "deploy", host: "web-01" }],
    ["deploy@example.com@web-01", { user: "deploy@example.com", host: "web-01" }],
    ["me@account@target@bastion:2222", { user: "me@account@target", host: "bastion", port: 2222 }],
    ["deploy@web-01:2222", { user: "deploy", host: "web-01", port: 2222 }],
    ["203.0.113.7:22", { host: "203.0.113.7", port: 22 }],
    ["2001:db8::7", { host: "2001:db8::7" }],
    ["root@2001:db8::7", { user: "root", host: "2001:db8::7" }],
    ["root@[2001:db8::7]:2222", { user: "root", host: "2001:db8::7", port: 2222 }],
    ["[::1]", { host: "::1" }],
    ["ssh deploy@web-01", { user: "deploy", host: "web-01" }],
    ["ssh://deploy@web-01:2222/", { user: "deploy", host: "web-01", port: 2222 }],
  ])("%s is read", (typed, address) => {
    expect(parseAddress(typed)).toEqual(address);
  });

  it.each([
    ["", "Enter the address"],
    ["web-01 -p 22", "no spaces"],
    ["@web-01", "user name"],
    ["a:b@web-01", "user name"],
    ["deploy@", "host is missing"],
    ["-oProxyCommand=x", "is not a host"],
    ["web-01:", "1 to 65535"],
    ["web-01:70000", "1 to 65535"],
    ["web-01:22a", "1 to 65535"],
    ["https://web-01", "is not a host"],
    ["[::1", "is not a host"],
  ])("%s is none, and the text says why", (typed, why) => {
    expect(parseAddress(typed)).toContain(why);
  });
});

describe("the login", () => {
  it("takes user and port from the address or from their fields", () => {
    expect(
      targetOf(
        draft({ address: "web-01", user: "deploy", port: "2222", identityFile: "/home/m/.ssh/id", jump: "gate" }),
      ).target,
    ).toEqual({
      host: "web-01",
      user: "deploy",
      port: 2222,
      identityFile: "/home/m/.ssh/id",
      jump: "gate",
    });
    expect(targetOf(draft({ address: "deploy@web-01:2222", user: "deploy", port: "2222" })).target).toEqual({
      host: "web-01",
      user: "deploy",
      port: 2222,
    });
  });

  it("says at the field what is wrong", () => {
    expect(
      targetOf(draft({ address: "deploy@web-01:22", user: "root", port: "2222", identityFile: "id" })).problems,
    ).toEqual({
      user: expect.stringContaining("deploy") as string,
      port: expect.stringContaining("22") as string,
      identityFile: expect.stringContaining("absolute") as string,
    });
    expect(targetOf(draft({ address: "web-01", user: "a b", port: "x" })).problems).toHaveProperty("user");
    expect(targetOf(draft({ address: "" })).problems).toHaveProperty("address");
  });

  it("is one that the main process accepts, whatever is typed", () => {
    const typed = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[a-z0-9@:.[\]/-]{0,24}$/),
      fc.constantFrom("", "web-01", "deploy@web-01:2222", "::1"),
    );
    fc.assert(
      fc.property(typed, typed, typed, (address, user, port) => {
        const { target } = targetOf(draft({ address, user, port }));
        if (target === undefined) return;
        expect(SshTarget.safeParse(target).success, JSON.stringify(target)).toBe(true);
        expect(targetOf(draftOf(target)).target).toEqual(target);
      }),
      { numRuns: repetitions(500, 8_000) },
    );
  });
});
