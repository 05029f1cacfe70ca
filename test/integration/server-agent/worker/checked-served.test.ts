/** What `check` accepts can be served: a worker gets documents that are nearly those of people. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Config } from "../../../../server-agent/contract/config.ts";
import { validateConfig } from "../../../../server-agent/core/config/validate-config.ts";
import { openRaw } from "../../../support/http/raw-client.ts";
import { configWith, startWorker } from "../../../support/agent/worker-harness.ts";
import { repetitions } from "../../../support/repetitions.ts";

const GOOD: Config = configWith(
  [
    {
      id: "shop",
      hosts: ["shop", "*.shop.test", "~^(?<name>[a-z]+)\\.test$"],
      errorPages: { "404": "/srv/404.html" },
      rules: [
        { requestHeaders: { set: { "X-A": "${host}" }, remove: ["X-B"] }, compress: { minBytes: 100 } },
        { when: { any: [{ path: "/a/*" }, { not: { method: ["GET"] } }] }, handler: { type: "error", status: 410 } },
        {
          when: { pathRegex: "^/old/" },
          handler: { type: "redirect", regex: "^/old/(\\d+)$", to: "/new/$1", status: 308 },
        },
        { when: { from: "10.0.0.0/8", header: { "X-Staff": "~^y" } }, handler: { type: "file", root: "/srv/www" } },
        { when: { extension: ["php"] }, handler: { type: "fastcgi", upstream: "php", root: "/srv/www" } },
        { when: { query: { a: ["1", "~^2"] } }, handler: { type: "maintenance", page: "default", retryAfter: 60 } },
        { when: { path: "/gif" }, handler: { type: "emptyGif" }, cacheControl: "max-age=60" },
        { when: { path: "/x" }, handler: { type: "respond", status: 201, body: "x", headers: { "X-C": "d" } } },
        { handler: { type: "proxy", upstream: "app" }, responseHeaders: { add: { "X-E": ["f", "g"] } } },
      ],
    },
  ],
  {
    trustedProxies: ["127.0.0.1"],
    upstreams: {
      app: { targets: ["http://127.0.0.1:9"] },
      php: { targets: ["fcgi://127.0.0.1:9"] },
    },
  },
);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Path = readonly string[];

/** Every place in the document, and every value in it. */
function placesOf(value: Json, at: Path = []): { at: Path; value: Json }[] {
  if (typeof value !== "object" || value === null) return [{ at, value }];
  return [{ at, value }, ...Object.entries(value).flatMap(([key, below]) => placesOf(below, [...at, key]))];
}

function withValue(document: Json, [key, ...below]: Path, value: Json | undefined): Json {
  if (key === undefined) return value ?? null;
  const copy = Array.isArray(document) ? [...document] : { ...(document as Record<string, Json>) };
  const record = copy as Record<string, Json>;
  if (below.length === 0 && value === undefined) Reflect.deleteProperty(record, key);
  else record[key] = withValue(record[key] ?? null, below, value);
  return copy;
}

const PLACES = placesOf(GOOD as unknown as Json).filter(({ at }) => at.length > 0);
/** Most changes of another kind are refused. */
const change = fc.constantFrom(...PLACES).chain(({ at, value }) => {
  const alike = PLACES.map((place) => place.value).filter((other) => typeof other === typeof value);
  const odd = fc.constantFrom<Json | undefined>(undefined, "", "/", "*", "~.", "${path}", "$9", 0, 599, true, [], {});
  const text = fc.string({ minLength: 1, maxLength: 8 });
  const to = fc.oneof(fc.constantFrom(...alike), typeof value === "string" ? text : odd, odd);
  return fc.tuple(fc.constant(at), to);
});

it("documents that check accepts are taken by a worker, which goes on answering", async () => {
  await using worker = await startWorker(GOOD);
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 2 }), async (changes) => {
      const document = changes.reduce<Json>((all, [at, to]) => withValue(all, at, to), GOOD as unknown as Json);
      const checked = validateConfig(document);
      if (!checked.ok) return;
      accepted += 1;
      expect(await worker.prepare(checked.config)).toEqual([]);
    }),
    { numRuns: repetitions(300, 5000) },
  );
  // Many are refused; a test of none would say nothing.
  expect(accepted).toBeGreaterThan(5);
  using client = await openRaw(worker.port);
  expect((await client.ask("GET /x HTTP/1.1\r\nHost: shop\r\n\r\n")).status).toBe(201);
});
