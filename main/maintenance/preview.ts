/** Plans and previews a maintenance on the last snapshot, without asking the agent. */
import { t } from "../language/translate.ts";
import { defaultLanguage, languagesOf } from "../../server-agent/core/maintenance/page-language.ts";
import { type MaintenanceAnswer, renderMaintenance } from "../../server-agent/core/maintenance/page.ts";
import { planMaintenance } from "../../server-agent/core/maintenance/plan.ts";
import type { Config } from "../../server-agent/contract/config.ts";
import type { MaintenanceHandler } from "../../server-agent/contract/handler.ts";
import type { PageLanguage } from "../../server-agent/contract/page-language.ts";
import type { MaintenanceOptions, Plan, Receipt } from "../../server-agent/contract/maintenance.ts";
import { done, failed } from "../failures.ts";
import type { ResponsePreview } from "../contract/maintenance.ts";
import type { Result } from "../contract/failures.ts";

/**
 * The plan for these options on a configuration: the same computation that the agent repeats when
 * it applies it.
 */
export function planOn(config: Config, options: MaintenanceOptions, now: Date): Result<Plan> {
  const planned = planMaintenance(config, options, now.toISOString());
  return planned.ok ? done(planned.plan) : failed(planned.code, planned.message, planned.problems);
}

const REASON: Record<number, string> = {
  403: "Forbidden",
  404: "Not Found",
  410: "Gone",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

function rawHead({ status, headers }: MaintenanceAnswer): string {
  return [
    `HTTP/1.1 ${status} ${REASON[status] ?? ""}`.trimEnd(),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "",
    "",
  ].join("\r\n");
}

/** A complete response as text (RFC 9112), as `curl --include` shows it. */
function rawResponse(answer: MaintenanceAnswer): string {
  return (
    rawHead({ ...answer, headers: { ...answer.headers, "Content-Length": String(bytesOf(answer.body)) } }) + answer.body
  );
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/**
 * What visitors of different kinds get once this plan is applied. `show` takes a page in and gives
 * its address. The page is in this language if visitors can get it.
 */
export function previewOn(
  config: Config,
  options: MaintenanceOptions,
  now: Date,
  show: (html: string) => string,
  language?: PageLanguage,
): Result<ResponsePreview> {
  const planned = planOn(config, options, now);
  if (!planned.ok) return planned;
  const handler = planned.value.after.virtualHosts.find(({ id }) => id === planned.value.copycat)?.rules[0]?.handler;
  if (handler?.type !== "maintenance")
    throw new Error(`the plan for ${options.site} has a copycat without a maintenance rule`);
  return done(responsesOf(handler, now, show, language));
}

/**
 * What visitors got in a maintenance that was made, as of its start: by the copycat that its switch
 * put in. `null` where somebody else had put that in.
 */
export function previewOf(
  receipt: Pick<Receipt, "operations" | "copycat" | "startedAt">,
  show: (html: string) => string,
): ResponsePreview | null {
  const inserted = receipt.operations.find(
    (operation) => operation.op === "insert-virtual-host" && operation.virtualHost.id === receipt.copycat,
  );
  const handler =
    inserted?.op === "insert-virtual-host"
      ? inserted.virtualHost.rules.find((rule) => rule.handler?.type === "maintenance")?.handler
      : undefined;
  return handler?.type === "maintenance" ? responsesOf(handler, new Date(receipt.startedAt), show) : null;
}

function responsesOf(
  handler: MaintenanceHandler,
  now: Date,
  show: (html: string) => string,
  wanted?: PageLanguage,
): ResponsePreview {
  const languages = handler.root === undefined ? languagesOf(handler) : [];
  const language = languages.find((each) => each === wanted) ?? defaultLanguage(handler);
  const page = renderMaintenance(handler, "html", now.getTime(), language);
  const api = rawResponse(renderMaintenance(handler, "json", now.getTime(), language));
  // A page of the server's own files is not here to be shown, nor to be measured.
  if (handler.root !== undefined)
    return {
      languages,
      language,
      pageUrl: null,
      page: `${rawHead(page)}(${t("the page from {folder} on the server", { folder: handler.root })})\n`,
      api,
      head: rawHead(page),
    };
  const head = rawHead({ ...page, headers: { ...page.headers, "Content-Length": String(bytesOf(page.body)) } });
  return { languages, language, pageUrl: show(page.body), page: rawResponse(page), api, head };
}
