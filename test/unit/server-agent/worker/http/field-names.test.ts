import fc from "fast-check";
import { expect, it } from "vitest";
import { classOf, mayBeOfConnection, mayBeSpecial } from "../../../../../server-agent/worker/http/field-names.ts";
import { repetitions } from "../../../../support/repetitions.ts";

const OF_CONNECTION = [
  ..."connection keep-alive content-length transfer-encoding upgrade te trailer http2-settings".split(" "),
  ..."proxy proxy-connection proxy-authenticate proxy-anything-else".split(" "),
];
const OF_VISITOR = [
  ..."host expect forwarded x-real-ip x-original-url x-original-uri x-original-host x-rewrite-url".split(" "),
  ..."x-host x-http-host-override x-envoy-original-path x-replaced-path x-forwarded-for x-forwarded-any".split(" "),
];
const PASSED_ON = ["end-to-end", "forwarding", "host", "expect"];

it("knows every name that is not simply passed on by its first byte and its length", () => {
  const name = fc.oneof(
    fc.constantFrom(...OF_CONNECTION, ...OF_VISITOR, "Content-Type", "Cache-Control", "Date"),
    fc.stringMatching(/^[a-zA-Z][a-zA-Z_-]{0,70}$/),
  );
  const spelled = fc.tuple(name, fc.func(fc.constantFrom("as it is", "upper", "underscore"))).map(([text, how]) =>
    Array.from(text, (letter, at) => {
      const kind = how(at);
      return kind === "upper" ? letter.toUpperCase() : kind === "underscore" && letter === "-" ? "_" : letter;
    }).join(""),
  );
  fc.assert(
    fc.property(spelled, (text) => {
      const kind = classOf(text);
      const isKnown = PASSED_ON.includes(kind) || mayBeOfConnection(text.charCodeAt(0), text.length);
      return isKnown && (kind === "end-to-end" || mayBeSpecial(text));
    }),
    { numRuns: repetitions(2000, 20_000) },
  );
  for (const one of ["Content-Type", "Server", "Date", "ETag", "Cache-Control", "Set-Cookie", "Last-Modified"])
    expect([mayBeOfConnection(one.charCodeAt(0), one.length), mayBeSpecial(one)], one).toEqual([false, false]);
});
