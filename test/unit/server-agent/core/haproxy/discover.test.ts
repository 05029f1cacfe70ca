import { describe, expect, it } from "vitest";
import { closedNames, mapText } from "../../../../../server-agent/core/haproxy/closed-names.ts";
import { discover } from "../../../../../server-agent/core/haproxy/discover.ts";
import { readSessions } from "../../../../../server-agent/core/haproxy/sessions.ts";
import { backendsOf } from "../../../../../server-agent/core/haproxy/site-backends.ts";
import { readLines, textsOf } from "../../../../../server-agent/core/haproxy/lines.ts";

const AROUND = {
  environment: { ADDRESS: "127.0.0.9" },
  version: "2.6.12",
  token: "t",
  hasMaster: true,
  facts: () => undefined,
  fileText: () => undefined,
};
const BASE = "global\n stats socket /run/a.sock level admin\ndefaults\n mode http\n";

function read(text: string, more: Partial<typeof AROUND> = {}) {
  return discover([{ path: "/etc/haproxy/haproxy.cfg", text: BASE + text }], { ...AROUND, ...more });
}

describe("a line of HAProxy", () => {
  it.each([
    [String.raw`a b\ c 'd # e' "f \" g" # h`, ["a", "b c", "d # e", 'f " g']],
    [String.raw`acl x hdr_reg(host) ^a\.b$`, ["acl", "x", "hdr_reg(host)", String.raw`^a\.b$`]],
    [`bind "$A:80" "\${B-x}" '$A' $A`, ["bind", "1:80", "x", "$A", "$A"]],
    ["  # only", []],
  ])("%s", (text, words) => {
    const [line] = readLines(text, { A: "1" });
    expect(line === undefined ? [] : textsOf(line)).toEqual(words);
  });
});

describe("sites of HAProxy", () => {
  it("are the names that are tested together, and the rest", () => {
    const { sites } = read(`frontend web
 bind :80
 bind "$ADDRESS:443" ssl crt /c.pem alpn h2,http/1.1 accept-proxy
 acl shop hdr(host) -i shop.example www.shop.example
 use_backend shop if shop
 default_backend rest
`);
    expect(sites.map(({ id, hosts }) => [id, hosts])).toEqual([
      ["shop.example", ["shop.example", "www.shop.example"]],
      ["default", ["*"]],
    ]);
    expect(sites[0]?.listeners).toEqual([
      { address: "0.0.0.0", port: 80, tls: false, http2: false, proxyProtocol: false, clientCertificate: false },
      { address: "127.0.0.9", port: 443, tls: true, http2: true, proxyProtocol: true, clientCertificate: false },
    ]);
    expect(sites[0]?.certificates).toEqual([{ file: "/c.pem" }]);
    expect(sites[0]?.blocks).toMatchObject([{ line: 5, role: "serves", names: ["shop.example", "www.shop.example"] }]);
  });

  it("have the ports that only send visitors on", () => {
    const { sites, questions } = read(`frontend http
 bind :80
 http-request redirect scheme https
frontend https
 bind :443 ssl crt /c.pem
 use_backend a if { hdr(host) -i a.example }
`);
    expect(sites.map(({ id }) => id)).toEqual(["a.example"]);
    expect(sites[0]?.blocks.map(({ role }) => role)).toEqual(["redirects", "serves"]);
    expect(questions.map(({ host, connectTo, listener }) => [host, connectTo, listener.port])).toEqual([
      ["a.example", "127.0.0.1", 80],
      ["a.example", "127.0.0.1", 443],
    ]);
  });

  it("say which names cannot be told", () => {
    const { sites } = read(
      "frontend web\n bind :80\n use_backend a if { hdr_sub(host) -i shop }\n default_backend b\n",
    );
    expect(sites.map(({ id }) => id)).toEqual(["default"]);
    expect(sites[0]?.hazards).toMatchObject([{ code: "name-unusable", line: 7, refuses: false }]);
  });

  it.each([
    ["no-master", { hasMaster: false }],
    ["haproxy-lacks", { version: "2.2.9" }],
  ])("are refused: %s", (code, more) => {
    const { sites } = read("frontend web\n bind :80\n default_backend b\n", more);
    expect(sites[0]?.hazards).toMatchObject([{ code, line: 1, refuses: true }]);
  });

  it("are refused where another agent has prepared them", () => {
    const { sites } = read(
      "frontend web\n bind :80\n http-request return status 204 if { path /.backsoon/hook/other/default } # backsoon\n default_backend b\n",
    );
    expect(sites[0]?.hazards).toMatchObject([{ code: "another-agent", refuses: true }]);
  });
});

describe("what runs through HAProxy", () => {
  const backends = (text: string) =>
    read(text).groups.map((site) => [site.id, ...(backendsOf(site) ?? ["nobody knows"])].join(" "));

  it("is counted by the backends that a site is sent to", () => {
    const text = `frontend http
 bind :80
 http-request redirect scheme https
frontend web
 bind :443 ssl crt /c.pem
 acl shop hdr(host) -i shop.example
 use_backend news if { hdr(host) -i news.example }
 use_backend slow if shop { path_beg /report }
 use_backend shop if shop
 acl old hdr(host) -i old.example
 http-request deny if old { path /admin }
 default_backend rest
`;
    expect(backends(text)).toEqual(["shop.example slow shop", "news.example news", "old.example rest", "default rest"]);
    expect(backends("listen app\n bind :80\n server a 127.0.0.1:1\n")).toEqual(["default app"]);
    const unknown = "frontend web\n bind :80\n acl a hdr(host) -i a.example\n use_backend %[path] if a\n";
    expect(backends(unknown)).toEqual(["a.example nobody knows"]);
  });

  it("is what it shows of its sessions", () => {
    const shown = `0x5605490344f0: proto=tcpv4 src=127.0.0.1:60840 fe=web be=shop srv=a ts=00 epoch=0 age=1h3m2s calls=3
0x560549150560: proto=unix_stream src=unix:1 fe=GLOBAL be=<NONE> srv=<none> ts=00 epoch=0 age=0s calls=1

nonsense`;
    expect(readSessions(shown)).toEqual([
      { frontend: "web", backend: "shop", ageSeconds: 3782 },
      { frontend: "GLOBAL", backend: "<NONE>", ageSeconds: 0 },
    ]);
  });
});

describe("the map of closed names", () => {
  const all = new Map([
    ["shop.example", ["shop.example", "www.shop.example"]],
    ["any.shop.example", ["*.shop.example"]],
    ["default", ["*"]],
  ]);
  const text = (...closed: string[]) =>
    mapText(closedNames(new Map([...all].filter(([id]) => closed.includes(id))), all));

  it("has the names of closed sites alone", () => {
    expect(text()).toBe("");
    expect(text("shop.example")).toBe("www.shop.example shop.example\nshop.example shop.example\n");
  });

  it("has those of open sites where a closed one would have them too", () => {
    expect(text("any.shop.example")).toBe("www.shop.example .\n.shop.example* any.shop.example\nshop.example .\n* .\n");
    expect(text("default")).toBe("www.shop.example .\n.shop.example* .\nshop.example .\n* default\n");
  });
});
