import { expect, it } from "vitest";
import type { RequestFacts } from "../../../../server-agent/core/routing/request-facts.ts";
import type { Carrier } from "../../../../server-agent/worker/http/carrier.ts";
import type { IncomingRequest } from "../../../../server-agent/worker/http/incoming-request.ts";
import { describe as described, InFlight } from "../../../../server-agent/worker/in-flight.ts";
import type { Site, SiteFigures } from "../../../../server-agent/worker/site.ts";

const MIB = 1024 * 1024;

// Only what an entry reads of them.
const carrier: unknown = {};
const request: unknown = { contentLength: undefined, chunked: false };

it.each([
  [{ bytesSent: MIB - 1 }, "page"],
  [{ bytesSent: MIB }, "download"],
  [{ bytesExpected: MIB - 1 }, "page"],
  [{ bytesExpected: MIB }, "download"],
])("an answer with %j is a %s, as the handlers have it", (sizes, kind) => {
  const entry = new InFlight(
    carrier as Carrier<InFlight>,
    { generation: { number: 1 } } as SiteFigures,
    { id: "shop", site: "shop" } as Site,
    request as IncomingRequest,
    { method: "GET", host: "shop", path: "/", client: "" } as RequestFacts,
  );
  Object.assign(entry, sizes);
  expect(described(entry, 1).kind).toBe(kind);
});
