/** Which doors are asked, and what an answer says about what visitors get. */
import { describe, expect, it } from "vitest";
import { doorsOf, givenOf, type Question, questionOf } from "../../../../main/public-proof/question.ts";
import { judgeAnswers, type Knocked, type Seen } from "../../../../main/public-proof/judge-answers.ts";
import { namesBy } from "../../../../main/public-proof/names.ts";
import type { VirtualHost } from "../../../../server-agent/contract/config.ts";
import { renderMaintenance } from "../../../../server-agent/core/maintenance/page.ts";
import { isPublicAddress } from "../../../../main/contract/shared/public-address.ts";
import { someConfig, someProfile, someReceipt, someSnapshot } from "../../../support/desktop/desktop-fixtures.ts";

const HTTPS = { port: 443, tls: true };
const HTTP = { port: 80, tls: false };
const HANDLER = { type: "maintenance", page: "default" } as const;
const BASE: Question = {
  site: "shop",
  generation: 2,
  hosts: ["shop.test"],
  left: 0,
  path: "/",
  isHere: false,
  listeners: [{ port: 8080, tls: false }],
  given: undefined,
  mayBeLetIn: false,
  handler: HANDLER,
};

function seen(
  status: number,
  headers: Record<string, string> = {},
  change: { body?: string; fault?: string } = {},
): Seen {
  return {
    status,
    headers: { server: "nginx/1.24", ...headers },
    body: change.body ?? "",
    certificateFault: change.fault,
  };
}

/** `https: page nginx/1.24 at …` */
function judged(at: { https?: Seen; http?: Seen }, question: Question = BASE): string[] {
  const knocked: Knocked[] = [
    ...(at.https === undefined ? [] : [{ address: "203.0.113.7", door: HTTPS, seen: at.https }]),
    ...(at.http === undefined ? [] : [{ address: "203.0.113.7", door: HTTP, seen: at.http }]),
  ];
  return judgeAnswers(question, "shop.test", knocked).map(
    ({ url, kind, words, certificate }) =>
      `${url} ${kind}: ${words}${certificate === undefined ? "" : ` (${certificate})`}`,
  );
}
const REFUSED: Seen = { code: "ECONNREFUSED", message: "refused" };
const BUILT_IN = renderMaintenance(HANDLER, "html", 0);

describe("an answer from where visitors are", () => {
  it.each<[string, Parameters<typeof judged>, string[]]>([
    [
      "is known by its mark, whoever passes it on",
      [{ https: seen(503, { "backsoon-site": "shop" }), http: seen(503, { "backsoon-site": "shop; fallback" }) }],
      [
        "https://shop.test/ page: nginx/1.24 at 203.0.113.7 answered 503",
        "http://shop.test/ page: nginx/1.24 at 203.0.113.7 answered 503",
      ],
    ],
    [
      "is another one without it, 503 or not",
      [{ https: seen(200), http: seen(503) }],
      [
        "https://shop.test/ other: nginx/1.24 at 203.0.113.7 answered 200",
        "http://shop.test/ other: nginx/1.24 at 203.0.113.7 answered 503",
      ],
    ],
    [
      "is another one with the mark of another site",
      [{ http: seen(503, { "backsoon-site": "blog" }) }],
      ["http://shop.test/ other: nginx/1.24 at 203.0.113.7 answered 503, as for blog"],
    ],
    [
      "is the page of an agent without marks if it has its text, and perhaps if it only looks alike",
      [
        {
          https: seen(503, {}, { body: BUILT_IN.body }),
          http: seen(503, { "retry-after": "600", "cache-control": "no-store" }),
        },
      ],
      [
        "https://shop.test/ page: nginx/1.24 at 203.0.113.7 answered 503",
        "http://shop.test/ unseen: nginx/1.24 at 203.0.113.7 answered 503, as the maintenance page does, but without its mark",
      ],
    ],
    [
      "that leads to https is what https answers",
      [{ https: seen(503, { "backsoon-site": "shop" }), http: seen(301, { location: "https://shop.test/" }) }],
      ["https://shop.test/ page: nginx/1.24 at 203.0.113.7 answered 503"],
    ],
    [
      "that leads to https which does not answer is not seen",
      [{ https: REFUSED, http: seen(301, { location: "https://shop.test/" }) }],
      [
        "http://shop.test/ unseen: nginx/1.24 at 203.0.113.7 answered 301 and leads to https, which cannot be seen from here",
      ],
    ],
    [
      "that leads elsewhere is another one, with where",
      [{ http: seen(302, { location: "https://login.test/?from=shop" }) }],
      ["http://shop.test/ other: nginx/1.24 at 203.0.113.7 answered 302, to https://login.test"],
    ],
    [
      "names what browsers warn of",
      [{ https: seen(200, {}, { fault: "CERT_HAS_EXPIRED" }) }],
      ["https://shop.test/ other: nginx/1.24 at 203.0.113.7 answered 200 (its certificate has expired)"],
    ],
    [
      "of a web server without a name, or with a long one, is told in few words",
      [{ https: seen(200, { server: "" }), http: seen(200, { server: `x\u202e${"y".repeat(99)}` }) }],
      [
        "https://shop.test/ other: 203.0.113.7 answered 200",
        `http://shop.test/ other: x\ufffd${"y".repeat(37)}… at 203.0.113.7 answered 200`,
      ],
    ],
    [
      "may be because of an exception for addresses",
      [{ http: seen(200) }, { ...BASE, mayBeLetIn: true }],
      [
        "http://shop.test/ unseen: nginx/1.24 at 203.0.113.7 answered 200, perhaps as an exception lets this computer in",
      ],
    ],
    [
      "does not come where nobody listens",
      [{ https: REFUSED, http: REFUSED }],
      ["https://shop.test/ unseen: nobody answers at 203.0.113.7:443 or 203.0.113.7:80"],
    ],
    [
      "that does not come in time is said, beside the others",
      [{ https: { code: "", message: "no answer within 8 s" }, http: seen(200) }],
      [
        "http://shop.test/ other: nginx/1.24 at 203.0.113.7 answered 200",
        "https://shop.test/ unseen: 203.0.113.7 could not be asked: no answer within 8 s",
      ],
    ],
  ])("%s", (_name, given, lines) => {
    expect(judged(...given)).toEqual(lines);
  });
});

describe("what is asked", () => {
  const copycat = (when?: VirtualHost["when"]): VirtualHost => ({
    id: "shop-copycat",
    copycatOf: "shop",
    hosts: ["shop.example.com", "*.shop.example.com", "~^x$", "192.0.2.7"],
    ...(when === undefined ? {} : { when }),
    rules: [{ handler: HANDLER }],
  });
  const asked = (when?: VirtualHost["when"], given?: string) =>
    questionOf(
      {
        profile: someProfile,
        snapshot: someSnapshot({
          config: { ...someConfig, virtualHosts: [copycat(when), ...someConfig.virtualHosts] },
        }),
      },
      someReceipt(),
      given,
    );

  it("are the names of the copycat, and a path that no exception lets through", () => {
    expect(asked()).toMatchObject({ hosts: ["shop.example.com", "192.0.2.7"], left: 2, path: "/", mayBeLetIn: false });
    expect(asked({ not: { any: [{ path: "/" }] } })).toMatchObject({ path: "/backsoon-proof", mayBeLetIn: false });
    expect(asked({ not: { any: [{ all: [{ from: "10.0.0.0/8" }] }] } })).toMatchObject({ path: "/", mayBeLetIn: true });
  });

  it("is at the doors of the web, at a port that was given, or here at the server's own", () => {
    const here = { isHere: true, listeners: [{ port: 8080, tls: false }] };
    expect(doorsOf(BASE, "203.0.113.7", undefined)).toEqual([HTTPS, HTTP]);
    expect(doorsOf(here, "203.0.113.7", undefined)).toEqual([HTTPS, HTTP]);
    expect(doorsOf(here, "127.0.0.1", undefined)).toEqual(here.listeners);
    // A server elsewhere may not have this computer's own programs asked, however that is written.
    for (const address of ["127.0.0.1", "127.9.9.9", "0.0.0.0", "::", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1"])
      expect(doorsOf(BASE, address, undefined), address).toEqual([]);
    expect(doorsOf(BASE, "10.0.0.5", 8443)).toEqual([
      { port: 8443, tls: true },
      { port: 8443, tls: false },
    ]);
    expect(judgeAnswers(BASE, "shop.test", [])[0]?.words).toBe("it leads to this computer, which is not the server");
  });

  it.each([
    ["203.0.113.7", { address: "203.0.113.7", port: undefined }],
    ["lb.internal:8443", { address: "lb.internal", port: 8443 }],
    ["[2001:db8::1]:443", { address: "2001:db8::1", port: 443 }],
  ])("is at %s where that was given", (text, given) => {
    expect(isPublicAddress(text)).toBe(true);
    expect(givenOf(text)).toEqual(given);
  });

  it.each(["", "http://x", "a b", "x:99999", "x:0", "user@host", "/path"])("is never at %j", (text) => {
    expect(isPublicAddress(text)).toBe(false);
  });

  it("goes where rules say, and *.localhost always here", async () => {
    const names = namesBy("MAP *.shop.test 127.0.0.1:8443, MAP old.test 192.0.2.9 , MAP * ~NOTFOUND");
    expect(await names("www.shop.test")).toEqual({ addresses: ["127.0.0.1"], port: 8443 });
    expect(await names("old.test")).toEqual({ addresses: ["192.0.2.9"], port: undefined });
    expect(await names("shop.localhost")).toEqual({ addresses: ["127.0.0.1"], port: undefined });
    expect(await names("blog.test")).toEqual({ failed: "this computer's DNS does not know the name" });
  });
});
