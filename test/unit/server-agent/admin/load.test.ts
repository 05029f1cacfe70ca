import fc from "fast-check";
import { expect, it } from "vitest";
import { ADMIN_LIMITS, type CallLoad, Load } from "../../../../server-agent/admin/load.ts";

it("calls that come, grow and go in any order never take more than the limits, and leave nothing behind", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("begin" as const) }),
    fc.record({ kind: fc.constant("take" as const), which: fc.nat(9), bytes: fc.nat(400_000) }),
    fc.record({ kind: fc.constant("end" as const), which: fc.nat(9) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const limits = { ...ADMIN_LIMITS, calls: 5, bytes: 1_000_000 };
      const load = new Load(limits);
      const calls: { call: CallLoad; bytes: number }[] = [];
      for (const each of steps) {
        if (each.kind === "begin") {
          const call = load.begin();
          expect(call === undefined).toBe(calls.length === limits.calls);
          if (call !== undefined) calls.push({ call, bytes: 0 });
          continue;
        }
        const known = calls[each.which];
        if (known === undefined) continue;
        if (each.kind === "end") {
          known.call.end();
          known.call.end();
          calls.splice(each.which, 1);
        } else if (known.call.take(each.bytes)) {
          known.bytes += each.bytes;
        }
        const counted = calls.reduce((sum, { bytes }) => sum + Math.max(0, bytes - 64 * 1024), 0);
        expect(counted).toBeLessThanOrEqual(limits.bytes);
      }
      for (const { call } of calls) call.end();
      expect(load.begin()?.take(limits.bytes), "all of it is free again").toBe(true);
    }),
  );
});
