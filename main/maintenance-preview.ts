import { renderMaintenance } from "../server-agent/core/maintenance-page.ts";
import { planMaintenance } from "../server-agent/core/maintenance-plan.ts";
import type { Config, MaintenanceHandler, MaintenanceOptions, Plan } from "../server-agent/contract.ts";
import { done, failed } from "./failures.ts";
import type { ResponsePreview, Result } from "./ipc-contract.ts";

/** The plan for these options on a configuration: the same computation that the agent repeats when it applies it. */
export const planOn = (config: Config, options: MaintenanceOptions, now: Date): Result<Plan> => {
  const planned = planMaintenance(config, options, now.toISOString());
  return planned.ok ? done(planned.plan) : failed(planned.code, planned.message, planned.problems);
};

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

const raw = (answer: { status: number; headers: Record<string, string>; body: string }, withBody: boolean): string => {
  const headers = { ...answer.headers, "content-length": String(new TextEncoder().encode(answer.body).length) };
  const head = [
    `HTTP/1.1 ${answer.status} ${REASON[answer.status] ?? ""}`.trimEnd(),
    ...Object.entries(headers).map(([name, value]) => `${canonical(name)}: ${value}`),
    "",
  ];
  return `${head.join("\r\n")}\r\n${withBody ? answer.body : ""}`;
};

/** `retry-after` as `Retry-After`, the way it is usually read; HTTP/1.1 does not care. */
const canonical = (name: string): string => name.replaceAll(/(^|-)([a-z])/g, (_all, dash: string, letter: string) => dash + letter.toUpperCase());

/** What visitors of different kinds get once this plan is applied. `show` takes a page in and gives its address. */
export const previewOn = (config: Config, options: MaintenanceOptions, now: Date, show: (html: string) => string): Result<ResponsePreview> => {
  const planned = planOn(config, options, now);
  if (!planned.ok) return planned;
  const handler = planned.value.after.virtualHosts.find(({ id }) => id === planned.value.copycat)?.rules[0]?.handler;
  if (handler?.type !== "maintenance") throw new Error(`the plan for ${options.site} has a copycat without a maintenance rule`);
  return done(responsesOf(handler, now, show));
};

const responsesOf = (handler: MaintenanceHandler, now: Date, show: (html: string) => string): ResponsePreview => {
  const page = renderMaintenance(handler, "html", now.getTime());
  const api = renderMaintenance(handler, "json", now.getTime());
  return { pageUrl: handler.page === undefined ? null : show(page.body), page: raw(page, true), api: raw(api, true), head: raw(page, false) };
};
