import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { EventBus } from "../../../../server-agent/supervisor/event-bus.ts";

describe("EventBus", () => {
  it("delivers in the order of publication, to those who asked for it, and not at once", async () => {
    const bus = new EventBus();
    const heard: string[] = [];
    bus.on("windows-changed", ({ removed }) => heard.push(`first: ${removed.join()}`));
    bus.on("windows-changed", ({ removed }) => heard.push(`second: ${removed.join()}`));
    bus.on("handed-over", () => heard.push("handed over"));
    bus.publish({ type: "windows-changed", changed: [], removed: ["a"] });
    bus.publish({ type: "handed-over" });
    bus.publish({ type: "stages-changed" });
    bus.publish({ type: "windows-changed", changed: [], removed: ["b"] });
    await Promise.resolve();
    expect(heard, "the caller has its reply first").toEqual([]);
    await nextTurn();
    expect(heard).toEqual(["first: a", "second: a", "handed over", "first: b", "second: b"]);
  });

  it("tells what is published by who hears of something after that", async () => {
    const bus = new EventBus();
    const heard: string[] = [];
    bus.on("handed-over", () => bus.publish({ type: "stages-changed" }));
    bus.on("stages-changed", () => heard.push("stages"));
    bus.on("handed-over", () => heard.push("handed over"));
    bus.publish({ type: "handed-over" });
    await nextTurn();
    await nextTurn();
    expect(heard).toEqual(["handed over", "stages"]);
  });
});
