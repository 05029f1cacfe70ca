/** What is spoken with upstreams, each with how it is read and how a request is given up. */
import type { Protocol } from "../../core/upstream-of.ts";
import { CgiReader } from "./cgi-reader.ts";
import { FastcgiParser } from "./fastcgi-parser.ts";
import { ABORT_REQUEST } from "./fastcgi-records.ts";
import type { ResponseReader, ResponseSink } from "./response-reader.ts";
import { ResponseParser } from "./response-parser.ts";

interface ProtocolCode {
  /**
   * Idle connections to a target that are kept unless the configuration says otherwise; undefined:
   * a connection ends with its response.
   */
  readonly keepAlive: number | undefined;
  /** Tells the application that nobody waits any more, before the connection is closed. */
  readonly abort: string;
  read(sink: ResponseSink): ResponseReader;
}

export const PROTOCOLS: Readonly<Record<Protocol, ProtocolCode>> = {
  http: { keepAlive: 1024, abort: "", read: (sink) => new ResponseParser(sink) },
  scgi: { keepAlive: undefined, abort: "", read: (sink) => new CgiReader(sink) },
  uwsgi: { keepAlive: undefined, abort: "", read: (sink) => new CgiReader(sink) },
  fcgi: { keepAlive: 0, abort: ABORT_REQUEST, read: (sink) => new FastcgiParser(sink) },
};
