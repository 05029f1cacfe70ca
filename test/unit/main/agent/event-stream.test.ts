import { describe, expect, it } from "vitest";
import { EventStreamDecoder } from "../../../../main/agent/event-stream.ts";
import { metricsEvent, someReceipt, someSnapshot, someWindow } from "../../../support/desktop/desktop-fixtures.ts";

function line(value: unknown) {
  return `${JSON.stringify(value)}\n`;
}
const snapshot = someSnapshot();

describe("the event stream", () => {
  it("begins with a snapshot and goes on with events", () => {
    const { lines, fault } = new EventStreamDecoder().push(
      line(snapshot) + line(metricsEvent(2, 5)) + line(metricsEvent(3, 6)),
    );
    expect(fault).toBeUndefined();
    expect(lines).toEqual([snapshot, metricsEvent(2, 5), metricsEvent(3, 6)]);
  });

  it("does not care where the chunks are cut, not even at the line's end", () => {
    const text = line(snapshot) + line(metricsEvent(2, 5));
    const decoder = new EventStreamDecoder();
    const lines = Array.from(text, (character) => decoder.push(character).lines).flat();
    expect(lines).toEqual([snapshot, metricsEvent(2, 5)]);
  });

  it("passes over empty lines, which keep a connection awake", () => {
    expect(new EventStreamDecoder().push(`\n${line(snapshot)}\n\n`)).toEqual({ lines: [snapshot], fault: undefined });
  });

  it("takes a second snapshot with any revision", () => {
    const decoder = new EventStreamDecoder();
    decoder.push(line(snapshot));
    const later = someSnapshot({ revision: 40 });
    expect(decoder.push(line(later) + line(metricsEvent(41, 1)))).toEqual({
      lines: [later, metricsEvent(41, 1)],
      fault: undefined,
    });
  });

  it.each([
    ["a revision is left out", [snapshot, metricsEvent(2, 1), metricsEvent(4, 1)], 2],
    ["a revision comes twice", [snapshot, metricsEvent(2, 1), metricsEvent(2, 1)], 2],
    ["it begins with an event", [metricsEvent(2, 1)], 0],
  ])("sees a gap when %s", (_what, sent, good) => {
    const { lines, fault } = new EventStreamDecoder().push(sent.map(line).join(""));
    expect(lines).toHaveLength(good);
    expect(fault).toMatchObject({ fault: "gap" });
  });

  it.each([
    ["text", "HTTP/1.1 200 OK\n"],
    ["half a document", '{"type":"snapshot"\n'],
    ["another document", '{"hello":"world"}\n'],
    ["a snapshot with a field too many", line({ ...snapshot, extra: 1 })],
  ])("does not take %s for an agent's", (_what, text) => {
    expect(new EventStreamDecoder().push(text).fault).toMatchObject({ fault: "not-an-agent" });
  });

  it("decodes nothing any more after a fault", () => {
    const decoder = new EventStreamDecoder();
    decoder.push("nonsense\n");
    expect(decoder.push(line(snapshot))).toMatchObject({ lines: [], fault: { fault: "not-an-agent" } });
  });

  it("stops a line that never ends instead of keeping it", () => {
    const decoder = new EventStreamDecoder(1000);
    expect(decoder.push("x".repeat(1000)).fault).toBeUndefined();
    expect(decoder.push("x").fault).toMatchObject({
      fault: "not-an-agent",
      message: expect.stringContaining("1000") as string,
    });
  });

  it("is refused, and nothing is thrown, when a line is nested without end, has a reserved key or two things of one name", () => {
    const deep = JSON.stringify(snapshot).replace(
      '"changes":[]',
      `"changes":[{"kind":"added","path":"","after":${"[".repeat(100_000)}${"]".repeat(100_000)}}]`,
    );
    const reserved = JSON.stringify(snapshot).replace(
      '"metrics":{',
      '"metrics":{"__proto__":{"requests":1,"inFlight":0,"perSecond":0,"status":{}},',
    );
    const twice = JSON.stringify(someSnapshot({ maintenance: [someReceipt(), someReceipt()] }));
    for (const [text, words] of [
      [deep, "nested more than"],
      [reserved, "__proto__"],
      [twice, '/maintenance has "r-1" twice'],
      ["{", "not JSON"],
      [JSON.stringify(snapshot).replace('"pid":4711', '"pid":1e400'), "agent.pid"],
    ] as const)
      expect(new EventStreamDecoder().push(`${text}\n`)).toEqual({
        lines: [],
        fault: { fault: "not-an-agent", message: expect.stringContaining(words) as string },
      });
  });

  it("asks for another snapshot when receipts have piled up, and not for the same one told again", () => {
    const receiptEvent = (revision: number, id: string) =>
      line({ type: "maintenance", revision, at: snapshot.at, receipt: someReceipt({ id }) });
    const again = new EventStreamDecoder(1_000_000, 2_000);
    again.push(line(snapshot));
    for (let revision = 2; revision < 50; revision += 1)
      expect(again.push(receiptEvent(revision, "r-1")).fault).toBeUndefined();

    const decoder = new EventStreamDecoder(1_000_000, 2_000);
    decoder.push(line(snapshot));
    let fault;
    let revision = 2;
    for (; fault === undefined; revision += 1) ({ fault } = decoder.push(receiptEvent(revision, `r-${revision}`)));
    expect(fault).toMatchObject({ fault: "gap" });
    expect(revision).toBeLessThan(40);
  });

  it("asks for another snapshot when windows have piled up, and hands on the options of their sites as they are", () => {
    const logo = `data:image/png;base64,${"A".repeat(10_000)}`;
    const windowsEvent = (revision: number, id: string) =>
      line({
        type: "windows",
        revision,
        at: snapshot.at,
        changed: [someWindow({ id, sites: [{ site: "shop", page: { title: "Back soon", logo } }] })],
        removed: [],
      });
    const again = new EventStreamDecoder(1_000_000, 50_000);
    again.push(line(snapshot));
    for (let revision = 2; revision < 50; revision += 1) {
      const { lines, fault } = again.push(windowsEvent(revision, "w-1"));
      expect(fault).toBeUndefined();
      expect(lines).toMatchObject([{ changed: [{ sites: [{ page: { logo } }] }] }]);
    }
    let fault;
    let revision = 50;
    for (; fault === undefined; revision += 1) ({ fault } = again.push(windowsEvent(revision, `w-${revision}`)));
    expect(fault).toMatchObject({ fault: "gap" });
    expect(revision).toBeLessThan(60);
  });
});
