import { expect, it } from "vitest";
import { askProblems, completeUrl } from "../../../../renderer/configuration/ask-words.ts";

it.each([
  ["", "http://example.com/"],
  ["shop.localhost/x", "http://shop.localhost/x"],
  [" https://shop.test ", "https://shop.test"],
  ["ftp://shop.test", "ftp://shop.test"],
])("an address is completed as browsers do: %j", (typed, asked) => {
  expect(completeUrl(typed, "http://example.com/")).toBe(asked);
});

it("what was refused stands at its field, in its words", () => {
  const problem = (path: string) => ({ path, code: "x", message: "`from` must be" });
  const refused = (code: "options.invalid" | "agent.busy", ...paths: string[]) =>
    askProblems({ code, message: "m", problems: paths.map(problem) });
  expect(refused("options.invalid", "/from")).toEqual({ from: "Enter an IP address like 192.0.2.1." });
  expect(refused("options.invalid", "/url")).toEqual({ url: "Enter an address like shop.example.com/cart." });
  expect(refused("options.invalid", "/method")).toEqual({});
  expect(refused("agent.busy", "/url")).toEqual({});
});
