import { describe, expect, it } from "vitest";
import { done, refuse } from "../../../../../server-agent/result.ts";
import { WriteQueue } from "../../../../../server-agent/supervisor/switch/write-queue.ts";

describe("WriteQueue", () => {
  it("asks guards and the precondition in the turn of the write, the guards first", async () => {
    const queue = new WriteQueue();
    let held = false;
    queue.guard(() => (held ? refuse("stage.held", "held").refusal : undefined));
    const asked: string[] = [];
    const stale = () => {
      asked.push("precondition");
      return refuse("config.stale", "stale").refusal;
    };
    const first = queue.run(() => {
      held = true;
      return done("first");
    });
    const second = queue.write(() => done("second"), stale);
    expect(await first).toEqual(done("first"));
    expect(await second).toMatchObject({ ok: false, refusal: { code: "stage.held" } });
    expect(asked).toEqual([]);
    held = false;
    expect(await queue.write(() => done("third"), stale)).toMatchObject({
      ok: false,
      refusal: { code: "config.stale" },
    });
    expect(await queue.write(() => done("fourth"))).toEqual(done("fourth"));
    held = true;
    expect(await queue.run(() => done("fifth")), "what is no switch is not guarded").toEqual(done("fifth"));
  });
});
