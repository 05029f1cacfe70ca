/** The `emptyGif` handler: a transparent picture of one pixel. */
import type { CompiledHandler } from "../exchange.ts";
import { takesMethod } from "../files/file.ts";
import { PreparedFields } from "../http/prepared-fields.ts";

const PICTURE = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");
const FIELDS = new PreparedFields(["Content-Type", "image/gif", "Content-Length", String(PICTURE.length)]);

export function compileEmptyGif(): CompiledHandler {
  return {
    answer(exchange) {
      if (!takesMethod(exchange)) return;
      const { request, response, entry } = exchange;
      response.writeHead(200, FIELDS);
      if (request.method !== "HEAD") entry.bytesSent = PICTURE.length;
      response.end(PICTURE);
    },
  };
}
