import { describe, expect, it } from "vitest";
import {
  type RunArguments,
  readRunArguments,
  readsCaddyfile,
  runArgumentsOf,
} from "../../../../../server-agent/adapters/caddy/run-arguments.ts";

function read(...args: string[]): RunArguments {
  return readRunArguments(args, "/srv", (path) => path === "/srv/Caddyfile");
}

describe("the arguments of a Caddy", () => {
  it.each([
    [
      "/usr/bin/caddy\0run\0--environ\0--config\0/etc/caddy/Caddyfile\0",
      ["--environ", "--config", "/etc/caddy/Caddyfile"],
    ],
    ["caddy\0run\0", []],
    ["caddy\0reload\0--config\0x\0", undefined],
    ["caddy\0file-server\0", undefined],
    ["vi\0caddy\0run\0", undefined],
    ["/opt/caddy_linux_amd64\0run\0", []],
  ])("%j", (cmdline, args) => {
    expect(runArgumentsOf(cmdline)).toEqual(args);
  });

  it("say which configuration it is, whatever way they are written", () => {
    expect(read("--config", "/etc/caddy/Caddyfile")).toMatchObject({
      configuration: "/etc/caddy/Caddyfile",
      resumes: false,
    });
    expect(read("-c=a.conf", "-acaddyfile")).toMatchObject({ configuration: "/srv/a.conf", adapter: "caddyfile" });
    expect(read("--envfile", "a", "--watch", "--envfile=/b")).toMatchObject({ environmentFiles: ["/srv/a", "/b"] });
    expect(read("--resume").resumes).toBe(true);
    expect(read("--pingback", "127.0.0.1:9").configuration).toBe("/srv/Caddyfile");
    expect(readRunArguments([], "/", () => false).configuration).toBeUndefined();
  });

  it("say whether it is a Caddyfile, as Caddy decides it", () => {
    expect(
      ["Caddyfile", "Caddyfile.prod", "site.caddyfile"].map((name) => readsCaddyfile(read("--config", name))),
    ).toEqual([true, true, true]);
    expect(readsCaddyfile(read("--config", "x.json"))).toBe(false);
    expect(readsCaddyfile(read("--config", "Caddyfile", "--adapter", "json5"))).toBe(false);
    expect(readsCaddyfile(read("--config", "x", "--adapter", "caddyfile"))).toBe(true);
  });
});
