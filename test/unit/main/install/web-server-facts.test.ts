import { describe, expect, it } from "vitest";
import { takenPortsOf, webServersOf } from "../../../../main/install/web-server-facts.ts";

describe("the web servers of a server", () => {
  it.each([
    ["nginx", "nginx nginx version: nginx/1.22.1", { kind: "nginx", version: "1.22.1" }],
    ["apache", "apache Server version: Apache/2.4.62 (Debian)", { kind: "apache", version: "2.4.62" }],
    ["caddy", "caddy v2.6.2 h1:wKoFIxpmOJLGl3QXoo6PNbYvGW4xLEgo32GPBEjWL8o=", { kind: "caddy", version: "2.6.2" }],
    [
      "haproxy",
      "haproxy HAProxy version 2.6.12-1+deb12u1 2023/12/16 - https://haproxy.org/",
      { kind: "haproxy", version: "2.6.12" },
    ],
    ["nginx", "caddy v2.6.2", { kind: "nginx", version: null }],
    ["nginx", "nginx sh: cannot run", { kind: "nginx", version: null }],
  ])("%s: %s", (said, about, found) => {
    expect(webServersOf([said], [about])).toEqual([{ ...found, inContainer: false }]);
  });

  it("are told apart from those in containers, whose version is not that of the machine", () => {
    expect(webServersOf(["nginx", "nginx container", "lighttpd"], ["nginx nginx/1.22.1"])).toEqual([
      { kind: "nginx", version: "1.22.1", inContainer: false },
      { kind: "nginx", version: null, inContainer: true },
    ]);
  });
});

describe("taken ports", () => {
  it("are each said once, ascending", () => {
    expect(takenPortsOf("backsoon:ports=known\nbacksoon:port=443\nbacksoon:port=80\nbacksoon:port=443\n")).toEqual([
      80, 443,
    ]);
    expect(takenPortsOf("\nbacksoon:ports=known\n")).toEqual([]);
  });

  it("are not known where nothing says so", () => {
    expect(takenPortsOf("backsoon:home=/root\n")).toBeNull();
  });
});
