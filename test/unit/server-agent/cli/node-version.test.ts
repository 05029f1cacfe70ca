import { expect, it } from "vitest";
import { nodeProblem } from "../../../../server-agent/cli/node-version.ts";

it.each(["22.0.0", "26.10.0", "100.1.0"])("Node %s runs the agent", (version) => {
  expect(nodeProblem(version, "/usr/bin/node")).toBeUndefined();
});

it.each(["20.20.2", "9.0.0"])("Node %s is refused by name", (version) => {
  expect(nodeProblem(version, "/usr/bin/node")).toBe(
    `the agent needs Node 22 or newer; /usr/bin/node is Node ${version}`,
  );
});
