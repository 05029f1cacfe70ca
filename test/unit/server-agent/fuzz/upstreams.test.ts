/** Whatever upstreams answer: it is understood alike in whatever pieces it comes, or refused. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { MalformedMessage } from "../../../../server-agent/worker/http/malformed-message.ts";
import { FastcgiParser } from "../../../../server-agent/worker/upstream-protocols/fastcgi-parser.ts";
import { ResponseParser } from "../../../../server-agent/worker/upstream-protocols/response-parser.ts";
import type {
  ResponseReader,
  ResponseSink,
} from "../../../../server-agent/worker/upstream-protocols/response-reader.ts";
import { readCorpus } from "../../../support/fuzz/corpus.ts";
import { cuts, mutated } from "../../../support/fuzz/mutated.ts";
import { repetitions } from "../../../support/repetitions.ts";

function read(pieces: readonly Buffer[], open: (sink: ResponseSink) => ResponseReader) {
  const seen = { heads: [] as unknown[], body: "", errors: "", complete: false, excess: "", malformed: false };
  const reader = open({
    onInformation: (head) => seen.heads.push(head),
    onHead: () => undefined,
    onBody: (bytes) => (seen.body += bytes.toString("latin1")),
    onErrorOutput: (bytes) => (seen.errors += bytes.toString("latin1")),
  });
  reader.begin("GET");
  try {
    for (const piece of pieces) seen.excess += piece.toString("latin1", reader.feed(piece));
  } catch (failure) {
    expect(failure).toBeInstanceOf(MalformedMessage);
    seen.malformed = true;
  }
  seen.complete = reader.complete;
  return { ...seen, head: reader.head };
}

it.each<[what: string, corpus: string, open: (sink: ResponseSink) => ResponseReader]>([
  ["HTTP/1.1", "responses", (sink) => new ResponseParser(sink)],
  ["FastCGI", "fastcgi-records", (sink) => new FastcgiParser(sink)],
])("responses over %s", (_what, corpus, open) => {
  fc.assert(
    fc.property(mutated(readCorpus(corpus)), cuts, (bytes, cut) => {
      expect(read(cut(bytes), open)).toEqual(read([bytes], open));
    }),
    { numRuns: repetitions(500, 20_000) },
  );
});
