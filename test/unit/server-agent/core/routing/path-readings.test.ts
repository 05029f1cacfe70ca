/**
 * Programs that read a path otherwise than the agent: none of them may be entered through an
 * exception, or past a rule, for another path than it sees.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Condition } from "../../../../../server-agent/contract/condition.ts";
import { canonicalPath, normalisePath } from "../../../../../server-agent/core/routing/normalise-path.ts";
import { everyReading, isAmbiguous } from "../../../../../server-agent/core/routing/path-readings.ts";
import { compileConfig, matchRequest, type Match } from "../../../../../server-agent/core/routing/routing-table.ts";
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
  ])("%s falls through", (raw) => {
    expect(ask(closedBut({ path: ["/healthz", "/public/*"] }), raw)?.virtualHost.id).toBe("shop");
  });

  it("lets through what every reader takes for excepted, and nothing else", () => {
    const piece = fc.constantFrom(
      ..."/ // .. . %2f %2F %5c \\ ; ;x ..; %2e %252e %252f %3f %23 %3b %c0%ae %c0%af admin public healthz .css css".split(
        " ",
      ),
    );
    for (const [exception, isExcepted] of EXCEPTIONS) {
      const table = closedBut(exception);
      fc.assert(
        fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
          const raw = `/${pieces.join("")}`;
          const match = ask(table, raw);
          if (match?.rule?.config.handler.type !== "proxy") return;
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

  it("is closed to a path with too many readings", () => {
    expect(ask(closedBut({ path: "/public/*" }), `/public/${";x%5c".repeat(600)}`)?.rule).toBeUndefined();
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
  ])("%s is refused, as the upstream may take it for /internal/users", (raw, status) => {
    expect(ask(table, raw)).toMatchObject({ rule: undefined, otherwise: status });
  });

  it.each(["/x/../internal/users", "//internal/users", "/internal%2fusers", "/x/..%2finternal/users"])(
    "%s is judged as /internal/users",
    (raw) => {
      expect(ask(table, raw)?.rule?.index).toBe(0);
    },
  );

  it.each([
    "/api/projects/group%2Fproject",
    "/@scope%2fname",
    "/a//b",
    "/cart;jsessionid=1",
    "/find/a%5Cb",
    "/100%25",
    "/a%3Fb",
  ])("%s is no trouble", (raw) => {
    expect(ask(table, raw)?.rule?.index).toBe(1);
  });
});

describe("the readings of a path", () => {
  it("include the one that is judged", () => {
    const piece = fc.constantFrom("/", "//", "a", ".css", "%2f", ";x", "\\", "%5c", "%3f", "%25", "%20", "%252f");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const rawPath = canonicalPath(`/${pieces.join("")}`);
        const path = normalisePath(rawPath);
        const readings = everyReading(rawPath);
        if (path === undefined || readings === undefined || !isAmbiguous(rawPath)) return;
        expect(readings).toContain(path);
      }),
      { numRuns: repetitions(500, 8_000) },
    );
  });
});
