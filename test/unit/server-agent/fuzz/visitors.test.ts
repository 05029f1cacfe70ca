/**
 * Whatever visitors send: nothing throws or stays open, and what is understood does not depend on
 * the pieces in which it came.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PLAIN_ARRIVAL } from "../../../../server-agent/worker/http/carrier.ts";
import { Connection } from "../../../../server-agent/worker/http1/connection.ts";
import { Http2Connection } from "../../../../server-agent/worker/http2/connection.ts";
import { ConnectionFault } from "../../../../server-agent/worker/http2/faults.ts";
import { FieldDecoder } from "../../../../server-agent/worker/http2/field-decoder.ts";
import { parseProxyHeader } from "../../../../server-agent/worker/tls/proxy-header.ts";
import { readCorpus } from "../../../support/fuzz/corpus.ts";
import { cuts, mutated } from "../../../support/fuzz/mutated.ts";
import { transcriptOf } from "../../../support/fuzz/transcript.ts";
import { AMBIGUOUS, NEXT } from "../../../support/http/ambiguous-requests.ts";
import { frame, GOAWAY, PREFACE, SETTINGS } from "../../../support/http/frame-client.ts";
import { repetitions } from "../../../support/repetitions.ts";

const PLACE = { listener: "http", isPageSource: false };
const AMONG_OTHERS = Object.values(AMBIGUOUS)
  .flat()
  .map((text) => Buffer.from(text + NEXT, "latin1"));

describe("requests of HTTP/1.1", () => {
  const corpus = [...readCorpus("http1"), ...AMONG_OTHERS];

  it("are the same ones in whatever pieces they come", async () => {
    await fc.assert(
      fc.asyncProperty(mutated(corpus), cuts, async (bytes, cut) => {
        const serve = (pieces: readonly Buffer[]) =>
          transcriptOf(pieces, (socket, owner) => new Connection(socket, PLACE, owner));
        const whole = await serve([bytes]);
        expect(whole.closed).toBe(1);
        expect(await serve(cut(bytes))).toEqual(whole);
      }),
      { numRuns: repetitions(200, 3000) },
    );
  });
});

describe("streams of HTTP/2", () => {
  const corpus = readCorpus("http2");
  const BEGIN = Buffer.concat([PREFACE, frame(SETTINGS, 0, 0)]);

  /** With which code the connection was ended, if it was. */
  function lastWord(text: string): number | undefined {
    const written = Buffer.from(text, "latin1");
    let code: number | undefined;
    for (let at = 0; at + 9 <= written.length; at += 9 + written.readUIntBE(at, 3))
      if (written[at + 3] === GOAWAY) code = written.readUInt32BE(at + 13);
    return code;
  }

  it("are the same ones in whatever pieces they come", async () => {
    await fc.assert(
      fc.asyncProperty(mutated(corpus), cuts, async (bytes, cut) => {
        const serve = async (pieces: readonly Buffer[]) => {
          const { written, ...seen } = await transcriptOf(
            [BEGIN, ...pieces],
            (socket, owner) => new Http2Connection(socket, PLACE, owner, PLAIN_ARRIVAL),
          );
          return { ...seen, lastWord: lastWord(written) };
        };
        const whole = await serve([bytes]);
        expect(whole.closed).toBe(1);
        expect(await serve(cut(bytes))).toEqual(whole);
      }),
      { numRuns: repetitions(200, 3000) },
    );
  });

  it("have fields that are read or refused, and never more than were allowed", () => {
    const MAX_LIST_BYTES = 1000;
    fc.assert(
      fc.property(mutated(readCorpus("field-blocks")), (bytes) => {
        try {
          const { list } = new FieldDecoder(MAX_LIST_BYTES).decode(bytes);
          expect(list.length % 2).toBe(0);
          expect(list.join("").length + 16 * list.length).toBeLessThanOrEqual(MAX_LIST_BYTES);
        } catch (failure) {
          expect(failure).toBeInstanceOf(ConnectionFault);
        }
      }),
      { numRuns: repetitions(1000, 50_000) },
    );
  });
});

describe("headers of the PROXY protocol", () => {
  /** The longest that is waited for (bytes). */
  const MAX_BYTES = 16 + 4096;

  it("are decided on at one byte, whatever follows it", () => {
    fc.assert(
      fc.property(mutated(readCorpus("proxy-headers")), (bytes) => {
        const decided = parseProxyHeader(bytes);
        if (decided.kind === "incomplete") expect(bytes.length).toBeLessThan(MAX_BYTES);
        let hasBeen = false;
        for (let end = 0; end <= bytes.length; end++) {
          const read = parseProxyHeader(bytes.subarray(0, end));
          hasBeen ||= read.kind !== "incomplete";
          if (hasBeen) expect(read).toEqual(decided);
        }
      }),
      { numRuns: repetitions(300, 10_000) },
    );
  });
});
