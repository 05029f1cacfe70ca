/** What the page may know of the agent's contract: its types, never its schemas. */
export type * from "../../server-agent/contract/agent.ts";
export type * from "../../server-agent/contract/condition.ts";
export type * from "../../server-agent/contract/config.ts";
export type * from "../../server-agent/contract/errors.ts";
export type * from "../../server-agent/contract/events.ts";
export type * from "../../server-agent/contract/handler.ts";
export type * from "../../server-agent/contract/importing/import.ts";
export type * from "../../server-agent/contract/maintenance.ts";
export type * from "../../server-agent/contract/maintenance-change.ts";
export type * from "../../server-agent/contract/page-language.ts";
export type * from "../../server-agent/contract/proof.ts";
export type * from "../../server-agent/contract/passes.ts";
export type * from "../../server-agent/contract/reminders.ts";
export type * from "../../server-agent/contract/rules/rule.ts";
export type * from "../../server-agent/contract/web-servers.ts";
export type * from "../../server-agent/contract/tls/acme.ts";
export type * from "../../server-agent/contract/windows.ts";
export { sentPageId } from "../../server-agent/contract/own-pages.ts";
