import { expect, it } from "vitest";
import { describeProblem } from "../../../../server-agent/acme/acme-failure.ts";

it("tells what an authority said of each name, and takes nonsense for nothing", () => {
  const type = "urn:ietf:params:acme:error:dns";
  expect(describeProblem({ type, detail: "no", subproblems: [{ detail: "a.test: none" }] })).toMatch(
    /^no; a\.test: none \(the name must have an A/,
  );
  expect(describeProblem({ detail: "no", subproblems: [null, 1, { detail: 2 }] })).toBe("no");
  expect(describeProblem({ subproblems: "many" })).toBe("it did not say why");
});
