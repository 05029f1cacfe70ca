import { describe, expect, it } from "vitest";
import {
  type Rates,
  observeRates,
  passSeconds,
  resumeRates,
} from "../../../../../main/contract/state/request-history.ts";
import { at, rates } from "../../../../support/desktop/desktop-fixtures.ts";

const none: Rates = { history: {}, historyAt: null };
const start = resumeRates(none, rates(4), at(0));
function ms(milliseconds: number) {
  return new Date(Date.parse(at(0)) + milliseconds).toISOString();
}

describe("requests per second", () => {
  it("has one value for every second, newest last", () => {
    const later = observeRates(observeRates(start, rates(5), at(1)), rates(6), at(2));
    expect(later).toEqual({ history: { shop: [4, 5, 6] }, historyAt: at(2) });
  });

  it("repeats the last value for seconds in which the agent had nothing new to say", () => {
    expect(observeRates(start, rates(9), at(4)).history).toEqual({ shop: [4, 4, 4, 4, 9] });
    expect(passSeconds(start, at(3)).history).toEqual({ shop: [4, 4, 4, 4] });
  });

  it("stays one value a second when the events jitter", () => {
    let now = start;
    for (const [index, late] of [40, -30, 220, -180, 10].entries())
      now = observeRates(now, rates(index), ms((index + 1) * 1000 + late));
    expect(now.history).toEqual({ shop: [4, 0, 1, 2, 3, 4] });
  });

  it("corrects the newest value when more comes within its second", () => {
    expect(observeRates(start, rates(8), ms(300)).history).toEqual({ shop: [8] });
  });

  it("leaves out a time that nobody observed", () => {
    expect(resumeRates(start, rates(7), at(50)).history).toEqual({ shop: [4, 7] });
  });

  it("keeps a minute, also after a long silence", () => {
    const { history } = observeRates(passSeconds(start, at(59)), rates(1), at(500));
    expect(history.shop).toHaveLength(60);
    expect(history.shop?.at(-1)).toBe(1);
  });

  it("begins with what it sees and forgets a site that is gone", () => {
    expect(observeRates(none, rates(3), at(0))).toEqual({ history: { shop: [3] }, historyAt: at(0) });
    expect(observeRates(start, {}, at(1)).history).toEqual({});
  });

  it("belongs to sites of any name, also to one that every object has", () => {
    const metrics = JSON.parse(
      JSON.stringify({ constructor: rates(3).shop, toString: rates(3).shop }).replace("toString", "__proto__"),
    ) as ReturnType<typeof rates>;
    const begun = resumeRates(none, metrics, at(0));
    expect(Object.entries(observeRates(begun, metrics, at(1)).history)).toEqual([
      ["constructor", [3, 3]],
      ["__proto__", [3, 3]],
    ]);
    expect(Object.entries(observeRates(none, metrics, at(0)).history)).toHaveLength(2);
  });
});
