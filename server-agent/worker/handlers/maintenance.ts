/**
 * The `maintenance` handler: a true 503 to every method (HEAD without body), with `Retry-After` and
 * `no-store`, as a page to browsers and as JSON to API clients. Everything it needs is in memory
 * before its generation serves; a page of the operator's own that cannot be read is replaced by the
 * built-in one.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { errorPageFor } from "../../core/rules/error-page.ts";
import type { MaintenanceHandler } from "../../contract/handler.ts";
import { wantsJson } from "../../core/maintenance/page.ts";
import { filePathOf } from "../../core/routing/file-path.ts";
import type { CompiledHandler, Exchange, HandlerContext } from "../exchange.ts";
import { answerPreflight, corsFields, isPreflight } from "./cors.ts";
import { FileFolder } from "../files/file-folder.ts";
import { MaintenanceAnswers, type PreparedAnswer } from "./maintenance-answers.ts";
import { PageFile } from "./page-file.ts";

export function compileMaintenance(handler: MaintenanceHandler, context: HandlerContext): CompiledHandler {
  const answers = new MaintenanceAnswers(handler);
  if (handler.root !== undefined) return compileStaticPage(handler.root, answers, context);
  // A bare status has no page of its own, so the site's error page for it comes first.
  const hasErrorPage =
    handler.page === undefined && errorPageFor(context.virtualHost.errorPages, answers.status) !== undefined;
  return {
    answer(exchange) {
      if (isPreflight(exchange.request)) answerPreflight(exchange.response, exchange.request);
      else if (hasErrorPage) exchange.fail(answers.status, { ...answers.fields(exchange.now), ...corsOf(exchange) });
      else send(exchange, choose(answers, exchange));
    },
  };
}

/** An `index.html` of the operator's for every page request, and the files it needs. */
function compileStaticPage(root: string, answers: MaintenanceAnswers, context: HandlerContext): CompiledHandler {
  const isOneFile = statSync(root, { throwIfNoEntry: false })?.isFile() ?? /\.html?$/i.test(root);
  const page = new PageFile(isOneFile ? root : join(root, "index.html"), context.log);
  const assets = isOneFile ? undefined : new FileFolder(root, { index: [] });
  const answerPage = (exchange: Exchange): void => {
    const { request, now } = exchange;
    const own = wantsJson(request.field("accept")) ? undefined : page.read(now);
    send(exchange, own === undefined ? choose(answers, exchange) : answers.around(own, now));
  };
  return {
    answer(exchange) {
      const { facts, request, response } = exchange;
      if (isPreflight(request)) {
        answerPreflight(response, request);
        return;
      }
      if (assets === undefined || (facts.method !== "GET" && facts.method !== "HEAD") || !mayBeAsset(facts.path)) {
        answerPage(exchange);
        return;
      }
      // The original may have a file of the same name, which must come back with it.
      response.setHeader("Cache-Control", "no-cache");
      return assets.serve(exchange, filePathOf(facts), () => {
        answerPage(exchange);
      });
    },
  };
}

/** Pages are what browsers show: no extension, or that of a page. */
function mayBeAsset(path: string): boolean {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase();
  return extension !== undefined && extension !== "html" && extension !== "htm";
}

function choose(answers: MaintenanceAnswers, { request, now }: Exchange): PreparedAnswer {
  const language = request.field("accept-language");
  return wantsJson(request.field("accept")) ? answers.json(now, language) : answers.html(now, language);
}

function corsOf({ request }: Exchange): Readonly<Record<string, string>> | undefined {
  const origin = request.field("origin");
  return origin === undefined ? undefined : corsFields(origin);
}

function send(exchange: Exchange, answer: PreparedAnswer): void {
  const { request, response, entry } = exchange;
  const cors = corsOf(exchange);
  response.writeHead(
    answer.status,
    cors === undefined ? answer.prepared : [...answer.head, ...Object.entries(cors).flat()],
  );
  if (request.method === "HEAD") {
    response.end();
  } else {
    entry.bytesSent = answer.body.length;
    response.end(answer.body);
  }
}
