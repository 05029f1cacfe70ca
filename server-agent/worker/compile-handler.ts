/** From the configuration of a handler to the handler. */
import type { Handler } from "../contract/handler.ts";
import { compileCommon } from "./files/common.ts";
import { compileDrop } from "./handlers/drop.ts";
import { compileError } from "./handlers/error.ts";
import type { CompiledHandler, HandlerContext } from "./exchange.ts";
import { compileApplication } from "./cgi/application.ts";
import { compileCgi } from "./cgi/cgi.ts";
import { compileEmptyGif } from "./handlers/empty-gif.ts";
import { compileFile } from "./files/file.ts";
import { compileListing } from "./files/listing.ts";
import { compileMaintenance } from "./handlers/maintenance.ts";
import { compileProxy } from "./proxy/proxy.ts";
import { compileRedirect } from "./handlers/redirect.ts";
import { answerAsk } from "./page-source.ts";
import { compileServerInfo } from "./handlers/server-info.ts";
import { compileSignedFile } from "./handlers/signed-file.ts";
import { compileRespond } from "./handlers/respond.ts";

/** Asked for only where a web server wants to know whether a visitor is let in. */
const HANDS_BACK: CompiledHandler = {
  answer({ response }) {
    answerAsk(response, true);
  },
};

/** Does all that can fail; throws when the handler cannot serve. */
export function compileHandler(
  handler: Exclude<Handler, { type: "rewrite" }>,
  context: HandlerContext,
): CompiledHandler {
  switch (handler.type) {
    case "maintenance":
      return compileMaintenance(handler, context);
    case "error":
      return compileError(handler);
    case "file":
      return compileFile(handler, context.virtualHost.hosts);
    case "listing":
      return compileListing(handler, context.virtualHost.hosts);
    case "common":
      return compileCommon(handler, context.virtualHost.hosts);
    case "redirect":
      return compileRedirect(handler, context.virtualHost.hosts);
    case "proxy":
      return compileProxy(handler, context);
    case "fastcgi":
    case "scgi":
    case "uwsgi":
      return compileApplication(handler, context);
    case "cgi":
      return compileCgi(handler, context);
    case "signedFile":
      return compileSignedFile(handler);
    case "serverInfo":
      return compileServerInfo(context);
    case "emptyGif":
      return compileEmptyGif();
    case "respond":
      return compileRespond(handler);
    case "foreign":
      return HANDS_BACK;
    case "drop":
      return compileDrop();
  }
}
