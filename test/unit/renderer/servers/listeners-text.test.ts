import { expect, it } from "vitest";
import { listenersText } from "../../../../renderer/servers/listeners-text.ts";

it("says who accepts visitors where", () => {
  expect(listenersText([])).toEqual(["none of its own"]);
  expect(
    listenersText([
      { name: "http", address: "127.0.0.1", port: 80 },
      { name: "nginx-443", address: "::", port: 443, foreign: "nginx", tls: true },
    ]),
  ).toEqual(["http 127.0.0.1:80", "nginx: [::]:443 TLS"]);
});
