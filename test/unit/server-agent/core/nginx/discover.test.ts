import { describe, expect, it } from "vitest";
import { discover } from "../../../../../server-agent/core/nginx/discover.ts";
import { splitDump } from "../../../../../server-agent/core/nginx/dump.ts";

const MAIN = "/etc/nginx/nginx.conf";

function sitesOf(http: string, more: Record<string, string> = {}) {
  const dumped = Object.entries({ [MAIN]: `events {}\nhttp {\n${http}\n}\n`, ...more }).map(([path, text]) => ({
    path,
    text,
  }));
  return discover(dumped, { hostname: "box", facts: () => undefined });
}

function listenersOf(listen: string): string[] {
  const { sites } = sitesOf(`server { ${listen} server_name a.example; }`);
  return (sites[0]?.listeners ?? []).map(({ address, port, tls, http2 }) =>
    [address, String(port), tls ? "tls" : "", http2 ? "http2" : ""].join(" ").trim(),
  );
}

function hazardsOf(http: string): string[] {
  return sitesOf(http).sites.flatMap(({ hazards }) => hazards.map(({ code }) => code));
}

describe("listeners of nginx", () => {
  it.each([
    ["", ["0.0.0.0 80"]],
    ["listen 80;", ["0.0.0.0 80"]],
    ["listen *:8080;", ["0.0.0.0 8080"]],
    ["listen 127.0.0.1;", ["127.0.0.1 80"]],
    ["listen localhost:81;", ["127.0.0.1 81"]],
    ["listen [::]:443 ssl http2;", [":: 443 tls http2"]],
    ["listen [::1];", ["::1 80"]],
    ["listen [0:0::1]:80;", ["::1 80"]],
    ["listen 443 ssl; http2 on;", ["0.0.0.0 443 tls http2"]],
    ["listen 443; ssl on;", ["0.0.0.0 443 tls"]],
    ["listen 80; listen 8001-8003;", ["0.0.0.0 80", "0.0.0.0 8001", "0.0.0.0 8002", "0.0.0.0 8003"]],
    ["listen 443 quic reuseport; listen 443 ssl;", ["0.0.0.0 443 tls"]],
    ["listen unix:/run/a.sock; listen 80;", ["0.0.0.0 80"]],
    ["listen web.example:80; listen 81;", ["0.0.0.0 81"]],
  ])("%s", (listen, expected) => {
    expect(listenersOf(listen)).toEqual(expected);
  });

  it("share their options with all blocks of the same address and port", () => {
    const { sites } = sitesOf(`server { listen 443 ssl http2 proxy_protocol; server_name a.example; }
      server { listen *:443; server_name b.example; }`);
    expect(sites[1]?.listeners).toMatchObject([{ tls: true, http2: true, proxyProtocol: true }]);
  });

  it("have a default: the one that says so, or the first", () => {
    const { sites } = sitesOf(`server { listen 80; listen 81; server_name a.example; }
      server { listen 80 default_server; server_name b.example; }`);
    expect(sites.flatMap(({ blocks }) => blocks.map(({ isDefault }) => isDefault))).toEqual([true, true]);
    const { questions } = sitesOf(
      `server { listen 80; server_name ~^(a|b)\\.example$; } server { listen 80 default_server; return 444; }`,
    );
    expect(questions.map(({ site, host }) => [site, host])).toEqual([
      ["site-1", "a.example"],
      ["default", "backsoon.invalid"],
    ]);
  });
});

describe("names of nginx", () => {
  it("lead to the part that nginx takes for them on each listener", () => {
    const { questions } = sitesOf(`server { listen 80; listen 81; server_name a.example *.a.example; }
      server { listen 81; listen 82; server_name b.a.example ~^.+\\.a\\.example$; }
      server { listen 82; server_name c.example; }`);
    const leading = (name: string) =>
      questions.filter(({ leads }) => leads(name)).map(({ site, listener }) => `${site} ${String(listener.port)}`);
    expect(leading("a.example")).toEqual(["a.example 80", "a.example 81", "b.a.example 82"]);
    expect(leading("b.a.example")).toEqual(["a.example 80", "b.a.example 81", "b.a.example 82"]);
    expect(leading("x.a.example")).toEqual(["a.example 80", "a.example 81", "b.a.example 82"]);
    expect(leading("nobody.example")).toEqual(["a.example 80", "a.example 81", "b.a.example 82"]);
    expect(leading("c.example")).toEqual(["a.example 80", "a.example 81", "c.example 82"]);
  });
});

describe("sites of nginx", () => {
  it.each([
    ["names", "server_name A.example www.a.example;", "a.example", ["a.example", "www.a.example"]],
    ["a dot in front", "server_name .a.example;", "a.example", ["a.example", "*.a.example"]],
    ["a wildcard in front", "server_name *.a.example;", "any.a.example", ["*.a.example"]],
    ["a wildcard behind", "server_name www.a.*;", "site-1", ["~^www\\.a\\..+$"]],
    ["an expression", "server_name ~^(?<x>.+)\\.a\\.example$;", "site-1", ["~^(?<x>.+)\\.a\\.example$"]],
    ["an expression and a name", "server_name ~^x a.example;", "a.example", ["~^x", "a.example"]],
    ["the machine's name", "server_name $hostname;", "box", ["box"]],
    ["no name", "", "default", ["*"]],
    ["the name that is none", "server_name _;", "default", ["*"]],
    ["an empty name beside one", 'server_name a.example "";', "a.example", ["a.example"]],
    ["an address", "server_name 192.0.2.1;", "192.0.2.1", ["192.0.2.1"]],
    ["the name of our own file", "server_name http;", "http-2", ["http"]],
  ])("with %s", (_what, names, id, hosts) => {
    expect(sitesOf(`server { ${names} }`).sites).toMatchObject([{ id, hosts }]);
  });

  it.each([
    [
      "share a name",
      "server { server_name a.example; } server { listen 81; server_name b.example a.example; }",
      ["a.example"],
    ],
    [
      "redirect to it",
      "server { server_name www.a.example; return 301 https://a.example$request_uri; } server { server_name a.example; }",
      ["a.example"],
    ],
    [
      "redirect to it by rewrite",
      "server { server_name old.example; rewrite ^ http://a.example$request_uri? permanent; } server { server_name a.example; }",
      ["a.example"],
    ],
    [
      "redirect to its wildcard",
      "server { server_name a.example; return 302 https://www.a.example; } server { server_name *.a.example; }",
      ["a.example"],
    ],
    [
      "redirect to www of their own name",
      "server { server_name a.example; return 301 https://www.$host$request_uri; } server { server_name www.a.example; }",
      ["www.a.example"],
    ],
    ["have no name", "server { return 444; } server { listen 81; server_name _; }", ["default"]],
    [
      "are apart",
      "server { server_name a.example; return 301 https://elsewhere.example/; } server { server_name b.example; }",
      ["a.example", "b.example"],
    ],
    [
      "serve beside a redirect",
      "server { server_name a.example; location = /x { return 301 https://b.example/; } root /a; } server { server_name b.example; }",
      ["a.example", "b.example"],
    ],
    [
      "redirect all but a page",
      "server { server_name a.example; location /app { proxy_pass http://127.0.0.1; } location / { return 301 https://b.example/; } } server { server_name b.example; }",
      ["a.example", "b.example"],
    ],
  ])("of blocks that %s", (_what, http, ids) => {
    expect(sitesOf(http).sites.map(({ id }) => id)).toEqual(ids);
  });

  it("tell who serves and who redirects", () => {
    const { sites } = sitesOf(`
      server { listen 80; server_name a.example;
        if ($host = a.example) { return 301 https://$host$request_uri; } # managed by Certbot
        return 404; }
      server { listen 443 ssl; server_name a.example; root /a; }`);
    expect(sites).toMatchObject([{ blocks: [{ role: "redirects" }, { role: "serves" }] }]);
  });

  it("are not those of mail and stream, nor of upstreams", () => {
    const dumped = [
      {
        path: MAIN,
        text: "mail { server { listen 25; } } stream { server { listen 53; } } http { upstream a { server b; } server { listen 80; } }",
      },
    ];
    expect(discover(dumped, { hostname: "box", facts: () => undefined }).sites.map(({ id }) => id)).toEqual([
      "default",
    ]);
  });

  it("have certificates of their own, or of http", () => {
    const { sites } = sitesOf(`ssl_certificate all.pem;
      server { listen 443 ssl; server_name a.example; }
      server { listen 443; server_name b.example; ssl_certificate /b/rsa.pem; ssl_certificate /b/ec.pem; }
      server { listen 80; server_name c.example; }`);
    expect(sites.map(({ certificates }) => certificates.map(({ file }) => file))).toEqual([
      ["/etc/nginx/all.pem"],
      ["/b/rsa.pem", "/b/ec.pem"],
      [],
    ]);
  });
});

describe("hazards of nginx", () => {
  it.each([
    ["a cache of files in the block", "server { open_file_cache max=1; server_name a.example; }", ["open-file-cache"]],
    ["a cache of files in http", "open_file_cache max=1; server { server_name a.example; }", []],
    ["a cache that the block turns off", "server { open_file_cache off; server_name a.example; }", []],
    [
      "one in http that the block turns off",
      "open_file_cache max=1; server { open_file_cache off; server_name a.example; }",
      ["open-file-cache"],
    ],
    [
      "a certificate of the visitor",
      "ssl_verify_client on; server { listen 443 ssl; server_name a.example; }",
      ["client-certificate"],
    ],
    ["an optional certificate", "ssl_verify_client optional; server { listen 443 ssl; server_name a.example; }", []],
    ["a numbered group that is used", "server { server_name ~^(.+)\\.a$; root /srv/$1; }", ["numbered-group"]],
    ["a named group", "server { server_name ~^(?<x>.+)\\.a$; root /srv/$x; }", []],
    ["a group of a location", "server { server_name ~^(.+)\\.a$; location ~ /(x) { return 200 $1; } }", []],
    ["Lua in front of all", "access_by_lua_block { ngx.exit(403) } server { server_name a.example; }", ["lua"]],
    [
      "an application for what nginx refuses",
      "server { server_name a.example; error_page 405 = @app; }",
      ["early-error"],
    ],
    ["the same in http", "error_page 497 =302 @app; server { server_name a.example; }", ["early-error"]],
    ["a page for it", "server { server_name a.example; error_page 405 =200 /x; error_page 404 502 @app; }", []],
    ["only a Unix socket", "server { listen unix:/run/x; server_name a.example; }", ["listen-unix", "no-listener"]],
    [
      "an expression that is not RE2",
      "server { server_name ~^(?!www); } server { listen 80 default_server; return 444; }",
      ["name-unusable"],
    ],
    [
      "a comment of a generator",
      "server { server_name a.example; }\n# This file is managed by Ansible",
      ["generated-file", "generated-file"],
    ],
    ["a comment of certbot", "server { server_name a.example; }\n# managed by Certbot", []],
    ["a comment of a person", "# managed by hand\nserver { server_name a.example; }", []],
    ["a comment of a team", "# maintained by the web team\nserver { server_name a.example; }", []],
    ["a comment of a person", "server { server_name a.example; }\n# do not change the order of these", []],
  ])("%s", (_what, http, codes) => {
    expect(hazardsOf(http).filter((code) => code !== "also-default")).toEqual(codes);
  });
});

describe("a dump of nginx", () => {
  it("is split where the files end, whatever stands in them", () => {
    const files = {
      [MAIN]: "a;\n# configuration file /etc/nginx/nginx.conf:\nb;",
      "/etc/nginx/x.conf": "",
      "/etc/nginx/y.conf": "c;\n\n",
    };
    const dump = Object.entries(files)
      .map(([path, text]) => `# configuration file ${path}:\n${text}\n`)
      .join("");
    const onDisk = new Map(Object.entries(files));
    expect(splitDump(dump, (path) => onDisk.get(path))).toEqual({
      files: Object.entries(files).map(([path, text]) => ({ path, text })),
      changed: [],
    });
  });

  it("tells which files cannot be read, or have changed since", () => {
    const dump = "# configuration file /a:\nx;\ny;\n# configuration file /b:\nz;\n";
    expect(splitDump(dump, () => undefined)).toEqual({
      files: [
        { path: "/a", text: "x;\ny;" },
        { path: "/b", text: "z;" },
      ],
      changed: ["/a", "/b"],
    });
  });
});
