/**
 * Programs that read a path otherwise than the agent: none of them may be entered through an
 * exception, or past a rule, for another path than it sees.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Condition } from "../../../../../server-agent/contract/condition.ts";
import { canonicalPath, normalisePath } from "../../../../../server-agent/core/routing/normalise-path.ts";
import { everyReading, isAmbiguous } from "../../../../../server-agent/core/routing/path-readings.ts";
import { compileConfig, matchRequest } from "../../../../../server-agent/core/routing/routing-table.ts";
import type { Match } from "../../../../../server-agent/core/routing/rule-matches.ts";
import { factsOf } from "../../../../support/agent/request-facts.ts";
import { repetitions } from "../../../../support/repetitions.ts";

const proxy = { type: "proxy", upstream: "app" } as const;

function tableOf(virtualHosts: Parameters<typeof compileConfig>[0]["virtualHosts"]) {
  const compiled = compileConfig({
    listeners: [{ name: "http", address: "127.0.0.1", port: 80 }],
    upstreams: { app: { targets: ["http://127.0.0.1:3000"] } },
    virtualHosts: [...virtualHosts, { id: "default", hosts: ["*"], rules: [{ handler: proxy }] }],
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.table;
}

/** A closed site with these exceptions. */
function closedBut(...exceptions: Condition[]) {
  const hosts = ["shop.example.com"];
  return tableOf([
    {
      id: "copycat",
      copycatOf: "shop",
      hosts,
      when: { not: { any: exceptions } },
      rules: [{ handler: { type: "maintenance", page: "default" } }],
    },
    { id: "shop", hosts, rules: [{ handler: proxy }] },
  ]);
}

function ask(table: ReturnType<typeof tableOf>, raw: string): Match | undefined {
  const rawPath = canonicalPath(raw);
  const path = normalisePath(rawPath);
  return path === undefined ? undefined : matchRequest(table, factsOf({ path, rawPath }));
}

/** How real programs read what they are sent. */
const READERS: Readonly<Record<string, (sent: string) => string>> = {
  "without decoding (a router by prefix)": (sent) => sent,
  "decoding segments (Express)": (sent) => decode(sent),
  "WHATWG URL (Node, Deno, .NET)": (sent) => new URL(sent, "http://x").pathname,
  "a servlet container": (sent) => resolve(sent.replace(/;[^/]*/g, "")),
  "a servlet container that decodes first": (sent) => resolve(decode(sent).replace(/;[^/]*/g, "")),
  IIS: (sent) => resolve(decode(sent).replaceAll("\\", "/")),
  "decoding twice": (sent) => resolve(decode(decode(sent))),
  "decoding before the query is cut": (sent) => resolve(decode(sent).replace(/[?#].*$/s, "")),
  "a C program that decodes twice": (sent) => resolve(decode(decode(sent)).replace(/\0.*$/s, "")),
  "Python, bytes ignored": (sent) => resolve(bytesOf(sent).replace(/(?:[\xc2-\xdf][\x80-\xbf])|[\x80-\xff]/g, "")),
  "an old decoder of UTF-8": (sent) => resolve(decodeLeniently(bytesOf(sent))),
  "dropping tabs and line ends": (sent) => resolve(decode(sent).replace(/[\t\r\n]/g, "")),
  "Windows, names of files": (sent) => resolve(decode(sent).replace(/(?<=[^/. ][^/]*)[. ]+(?=\/|$)/g, "")),
  "trimming segments": (sent) =>
    resolve(
      decode(sent)
        .split("/")
        .map((segment) => segment.trim())
        .join("/"),
    ),
  "taking ... for ..": (sent) => resolve(decode(sent).replace(/\/\.{3,}(?=\/|$)/g, "/..")),
  "best fit of an old character set": (sent) =>
    resolve(decode(sent).replaceAll("\u2215", "/").normalize("NFKC").replaceAll("\\", "/")),
  "keeping the lower byte": (sent) => resolve(Buffer.from(decode(sent), "latin1").toString("latin1")),
  "removing ../ once": (sent) => resolve(decode(sent).replaceAll("../", "")),
};

function decode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

function bytesOf(sent: string): string {
  return sent.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Takes any byte for a continuation, and any length. */
function decodeLeniently(bytes: string): string {
  return bytes.replace(/[\xc0-\xdf][^]|[\xe0-\xef][^]{2}|[\xf0-\xf7][^]{3}/g, (run) => {
    let code = run.charCodeAt(0) & (0x3f >> (run.length - 1));
    for (const byte of run.slice(1)) code = code * 64 + (byte.charCodeAt(0) & 0x3f);
    return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  });
}

function resolve(path: string): string {
  return new URL(`http://x/${path.replace(/\/+/g, "/").replace(/[\\?#]/g, encodeURIComponent)}`).pathname.replace(
    /^\/+/,
    "/",
  );
}

const EXCEPTIONS: readonly (readonly [Condition, (path: string) => boolean])[] = [
  [{ path: ["/healthz", "/public/*"] }, (path) => path === "/healthz" || path.startsWith("/public/")],
  [{ extension: "css" }, (path) => path.endsWith(".css")],
  [{ pathRegex: "^/public/[a-z./]*$" }, (path) => /^\/public\/[a-z./]*$/.test(path)],
];

describe("a closed site with an exception by path", () => {
  it.each([
    ["/public/..\\..\\admin"],
    ["/public/..%5cadmin"],
    ["/admin/..%2fhealthz"],
    ["/public/..%2fadmin"],
    ["/public/..;/admin"],
    ["/public/%252e%252e/admin"],
    ["/public/%c0%ae%c0%ae/admin"],
    ["/public/..%e0%80%afadmin"],
    ["/public/%E0%80%AE%e0%80%ae/admin"],
    ["/public/..%f0%80%80%afadmin"],
    ["/public/..%25e0%2580%25afadmin"],
    ["/admin;x.css"],
    ["/admin%3bx.css"],
    ["/admin%3f.css"],
    ["/admin%23.css"],
    ["/admin;x%2fy.css"],
    ["/public/..%c0%2fadmin"],
    ["/public/..%c0/admin"],
    ["/public/..%e0%40%2fadmin"],
    ["/public/.%ff./admin"],
    ["/public/%80../admin"],
    ["/public/..%f8%80%80%80%afadmin"],
    ["/public/%ef%bc%8e%ef%bc%8e/admin"],
    ["/public/..%ef%bc%8fadmin"],
    ["/public/..%e2%88%95admin"],
    ["/public/..%e2%81%84admin"],
    ["/public/..%ef%bc%bcadmin"],
    ["/public/..%c2%a5admin"],
    ["/public/%e2%80%a5/admin"],
    ["/public/%ef%bc%852e%ef%bc%852e/admin"],
    ["/public/..%ef%bc%9b/admin"],
    ["/public/%ef%bc%ae%ef%bc%ae/admin"],
    ["/public/..%c4%afadmin"],
    ["/public/..%20/admin"],
    ["/public/%20../admin"],
    ["/public/.%20./admin"],
    ["/public/..%09/admin"],
    ["/public/.%09./admin"],
    ["/public/..%0d%0a/admin"],
    ["/public/..%c2%a0/admin"],
    ["/public/..%e3%80%80/admin"],
    ["/public/.%e2%80%8b./admin"],
    ["/public/.../admin"],
    ["/public/..%20./admin"],
    ["/public/....//admin"],
    ["/public/..././admin"],
    ["/public/..;x=1/admin"],
    ["/public/..%20;/admin"],
    ["/public/..+/admin"],
    ["/public/..::$INDEX_ALLOCATION/admin"],
    ["/public/..:$i30:$INDEX_ALLOCATION/admin"],
    ["/public/.%e2%80./admin"],
    ["/public/..%3f/admin"],
    ["/public/%25u002e%25u002e/admin"],
    ["/admin%2500.css"],
    ["/admin%0a.css"],
    ["/admin%ef%bc%9f.css"],
    ["/admin%ef%bc%83.css"],
    ["/admin%c0%bf.css"],
    ["/admin::$DATA%ef%bc%9b.css"],
  ])("%s stays closed", (raw) => {
    expect(ask(closedBut({ path: ["/healthz", "/public/*"] }, { extension: "css" }), raw)?.virtualHost.id).toBe(
      "copycat",
    );
  });

  it.each([
    "/healthz",
    "/public/a/b",
    "/public/group%2Fproject",
    "/public/a//b",
    "/public/a%20b;v=1",
    "/public/100%25",
    "/public/%e0%a4%b9",
    "/public/caf%e9",
    "/public/%e3%81%a9%e3%81%86%ef%bc%9f%ef%bc%91%ef%bc%8f%ef%bc%92",
    "/public/%e2%80%a6",
    "/public/U.S.",
    "/public/%e2%9d%a4%ef%b8%8f/",
    "/public/%c4%afmon%c4%97",
  ])("%s falls through", (raw) => {
    expect(ask(closedBut({ path: ["/healthz", "/public/*"] }), raw)?.virtualHost.id).toBe("shop");
  });

  it.each(["/admin/x", "/admin./x", "/admin%20/x", "/admin%ef%bc%8fx", "/ad%ffmin/x", "/x/..%20/admin/x", "/admin;/x"])(
    "%s stays closed where only /admin is",
    (raw) => {
      expect(ask(closedBut({ not: { path: "/admin/*" } }), raw)?.virtualHost.id).toBe("copycat");
    },
  );

  it("lets through what every reader takes for excepted, and nothing else", () => {
    const piece = fc.constantFrom(
      ..."/ // .. . %2f %2F %5c \\ ; ;x ..; %2e %252e %252f %3f %23 %3b %c0%ae %c0%af %c0 %ff %20 %09 %0a %ef%bc%8e %ef%bc%8f %e2%88%95 %ef%bc%9f %ef%bc%ae ... admin public healthz .css css".split(
        " ",
      ),
    );
    for (const [exception, isExcepted] of EXCEPTIONS) {
      const table = closedBut(exception);
      fc.assert(
        fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
          const raw = `/${pieces.join("")}`;
          const match = ask(table, raw);
          if (match?.rule?.config.handler?.type !== "proxy") return;
          for (const [name, read] of Object.entries(READERS)) {
            if (name.startsWith("WHATWG") && !URL.canParse(canonicalPath(raw), "http://x")) continue;
            expect(
              `${name}: ${raw} ${String(isExcepted(read(canonicalPath(raw).replace(/%2e/gi, ".")).replace(/\/\/+/g, "/")))}`,
            ).toBe(`${name}: ${raw} true`);
          }
        }),
        { numRuns: repetitions(1_250, 20_000) },
      );
    }
  });

  it("lets in no spelling of a closed path below an excepted one", () => {
    const table = closedBut({ path: ["/healthz", "/public/*"] });
    const gap = fc.constantFrom(
      "",
      "",
      "",
      "%20",
      "%09",
      "%0d",
      "%c2%a0",
      "%e3%80%80",
      "%e2%80%8b",
      "%ff",
      "%c0",
      "%1f",
      "+",
    );
    const dot = fc.constantFrom(
      ".",
      "%2e",
      "%252e",
      "%c0%ae",
      "%c0%2e",
      "%e0%80%ae",
      "%ef%bc%8e",
      "%ef%bc%ae",
      "%25u002e",
    );
    const slash = fc.constantFrom(
      ..."/ %2f %5c \\ %252f %255c %c0%af %c0%2f %e0%80%af %ef%bc%8f %ef%bc%bc %e2%88%95 %e2%81%84 ;/ ;x/ %3b/ %ef%bc%9b/".split(
        " ",
      ),
    );
    const climb = fc.tuple(gap, dot, gap, dot, gap, slash).map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.array(climb, { minLength: 1, maxLength: 3 }), (climbs) => {
        const raw = `/public/${climbs.join("")}admin`;
        // Pairs of a climb and a plain `..` are gone before anything is judged.
        if (canonicalPath(raw) === "/public/admin") return;
        expect(`${raw}: ${String(ask(table, raw)?.rule?.config.handler?.type)}`).not.toBe(`${raw}: proxy`);
      }),
      { numRuns: repetitions(2_500, 40_000) },
    );
  });

  it("is closed to a path with too many readings", () => {
    expect(
      ask(closedBut({ path: "/public/*" }), `/public/${";x%5c%252f%ef%bc%8f%c0%af".repeat(300)}`)?.rule,
    ).toBeUndefined();
  });

  it("is open to a path that nobody else reads: files are the agent's own", () => {
    const table = tableOf([
      {
        id: "copycat",
        copycatOf: "shop",
        hosts: ["shop.example.com"],
        when: { not: { path: "/public/*" } },
        rules: [{ handler: { type: "maintenance" } }],
      },
      { id: "shop", hosts: ["shop.example.com"], rules: [{ handler: { type: "file", root: "/srv" } }] },
    ]);
    expect(ask(table, "/public/a;b.css")?.virtualHost.id).toBe("shop");
  });
});

describe("rules of a live site", () => {
  const table = tableOf([
    {
      id: "shop",
      hosts: ["shop.example.com"],
      rules: [{ when: { path: "/internal/*" }, handler: { type: "error", status: 403 } }, { handler: proxy }],
    },
  ]);

  it.each([
    ["/internal;x/users", 400],
    ["/internal%5cusers", 400],
    ["/\\x/internal/users", 400],
    ["/x/..;/internal/users", 400],
    ["/x/%252e%252e/internal/users", 400],
    ["/x/..%20/internal/users", 400],
    ["/x/..%c0%2finternal/users", 400],
    ["/x/%ef%bc%8e%ef%bc%8e/internal/users", 400],
    ["/internal%ef%bc%8fusers", 400],
    ["/internal%20/users", 400],
    ["/internal./users", 400],
    ["/internal:$i30:$INDEX_ALLOCATION/users", 400],
    ["/inter%ffnal/users", 400],
    ["/x/.../internal/users", 400],
  ])("%s is refused, as the upstream may take it for /internal/users", (raw, status) => {
    expect(ask(table, raw)).toMatchObject({ rule: undefined, otherwise: status });
  });

  it.each(["/x/../internal/users", "//internal/users", "/internal%2fusers", "/x/..%2finternal/users"])(
    "%s is judged as /internal/users",
    (raw) => {
      expect(ask(table, raw)?.rule?.index).toBe(0);
    },
  );

  it("may name a path in any case", () => {
    const when = { pathRegex: "(?i)^/internal/" };
    const rules = [{ when, handler: { type: "error" as const, status: 403 } }, { handler: proxy }];
    const anyCase = tableOf([{ id: "shop", hosts: ["shop.example.com"], rules }]);
    expect(ask(anyCase, "/InterNal/users")?.rule?.index).toBe(0);
  });

  it.each([
    "/api/projects/group%2Fproject",
    "/@scope%2fname",
    "/a//b",
    "/cart;jsessionid=1",
    "/find/a%5Cb",
    "/100%25",
    "/a%3Fb",
    "/wiki/%e6%97%a5%e6%9c%ac%ef%bc%8f%e9%a6%96%e9%83%bd%ef%bc%8e",
    `/wiki/${"%e3%81%82".repeat(1_000)}`,
    "/wiki/...",
    "/wiki/c++/",
    "/wiki/Help:Contents",
    "/wiki/%e2%80%a6",
    "/wiki/U.S.",
    "/%c4%afmon%c4%97",
    "/caf%e9",
    "/a%20b%20",
    "/%e2%9d%a4%ef%b8%8f",
  ])("%s is no trouble", (raw) => {
    expect(ask(table, raw)?.rule?.index).toBe(1);
  });
});

describe("the readings of a path", () => {
  it("include the one that is judged", () => {
    const piece = fc.constantFrom(
      "/",
      "//",
      "a",
      ".css",
      "%2f",
      ";x",
      "\\",
      "%5c",
      "%3f",
      "%25",
      "%20",
      "%252f",
      "%ef%bc%8f",
      "...",
      "%e3%81%82",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const rawPath = canonicalPath(`/${pieces.join("")}`);
        const path = normalisePath(rawPath);
        const readings = everyReading(rawPath);
        if (path === undefined || readings === undefined || !isAmbiguous({ rawPath, path })) return;
        expect(readings).toContain(path);
      }),
      { numRuns: repetitions(500, 8_000) },
    );
  });
});
