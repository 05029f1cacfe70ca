/** `maintenance extend` and `maintenance change`: what can be changed while a site is closed. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Condition } from "../../contract/condition.ts";
import type { PageContent } from "../../contract/handler.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import type { MaintenanceChange } from "../../contract/maintenance-change.ts";
import { onlySite, wholeNumber } from "../arguments.ts";
import { callAgent, operator, report, SOCKET_OPTIONS, socketPath } from "../call-agent.ts";
import { openReceipt } from "../open-receipt.ts";
import { PAGE_OPTIONS, pageWords } from "../page-options.ts";
import { parseEnd } from "../parse-end.ts";
import { describePlan, describeWarning } from "../plan-words.ts";
import { UsageError } from "../usage-error.ts";

const one = { type: "string" } as const;
const many = { type: "string", multiple: true } as const;

const OPTIONS = {
  ...SOCKET_OPTIONS,
  until: one,
  ...PAGE_OPTIONS,
  "page-root": one,
  status: one,
  "retry-after": one,
  "let-in": many,
  "let-in-nobody": { type: "boolean" },
  reason: one,
  plan: { type: "boolean" },
} as const;
type Values = ReturnType<typeof parseChange>["values"];

function parseChange(args: readonly string[]) {
  return parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
}

/** `maintenance extend SITE +30m|23:30|none`. */
export async function extendMaintenance(args: readonly string[]): Promise<number> {
  // A step back, such as -15m, is no option.
  const at = args.findIndex((text) => /^-\d/.test(text));
  const rest = at < 0 ? args : args.toSpliced(at, 1);
  const { values, positionals } = parseArgs({
    args: [...rest],
    allowPositionals: true,
    options: { ...SOCKET_OPTIONS, reason: one },
  });
  const end = args[at] ?? positionals[1];
  if (end === undefined)
    throw new UsageError("say when it ends: `maintenance extend SITE +30m`, `-15m`, `23:30` or `none`");
  const site = onlySite(at < 0 ? positionals.toSpliced(1, 1) : positionals);
  const socket = socketPath(values.socket);
  const open = await openReceipt(socket, site);
  if (!open.ok) return report(open, values.json, () => "");
  return send(socket, open.value, { ...parseEnd(end, new Date()), ...reasonOf(values.reason) }, values.json);
}

/** `maintenance change SITE`, with the same options as `on` for what is to be otherwise. */
export async function changeMaintenance(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseChange(args);
  const site = onlySite(positionals);
  const socket = socketPath(values.socket);
  // Before the receipt: what is added to what it says must not undo a change in between.
  const agent = await callAgent(socket, "getConfig", {});
  if (!agent.ok) return report(agent, values.json, () => "");
  const open = await openReceipt(socket, site);
  if (!open.ok) return report(open, values.json, () => "");
  const receipt = open.value;
  const change: MaintenanceChange = {
    ...(values.until === undefined ? {} : parseEnd(values.until, new Date())),
    ...pageOf(values, receipt),
    ...(values["page-root"] === undefined ? {} : { root: resolve(values["page-root"]) }),
    ...(values.status === undefined ? {} : { status: numberOr("--status", values.status) }),
    ...(values["retry-after"] === undefined ? {} : { retryAfter: retryOf(values["retry-after"]) }),
    ...exceptionsOf(values, receipt),
    ...reasonOf(values.reason),
  };
  if (Object.keys(change).length === 0)
    throw new UsageError("say what to change: see `backsoon-agent help maintenance`");
  const { generation } = agent.value;
  if (values.plan !== true) return send(socket, receipt, change, values.json, generation);
  const call = { params: { id: receipt.id }, body: change };
  return report(await callAgent(socket, "planChange", call), values.json, describePlan);
}

async function send(
  socket: string,
  { id }: Receipt,
  change: MaintenanceChange,
  json: boolean | undefined,
  ifMatch?: number,
): Promise<number> {
  const body = { ...change, author: operator() };
  const call = { params: { id }, body, ...(ifMatch === undefined ? {} : { ifMatch }) };
  return report(await callAgent(socket, "changeMaintenance", call), json, describeChange);
}

/** Words that are not given stay as they are. */
function pageOf(values: Values, { options: { page } }: Receipt): Pick<MaintenanceChange, "page"> {
  const given = pageWords(values);
  if (Object.keys(given).length === 0) return {};
  const present: PageContent = typeof page === "object" ? page : {};
  const languages = { ...present.languages, ...given.languages };
  return { page: { ...present, ...given, ...(Object.keys(languages).length === 0 ? {} : { languages }) } };
}

function exceptionsOf(values: Values, { options }: Receipt): Pick<MaintenanceChange, "exceptions"> {
  const added = values["let-in"] ?? [];
  const isEmptied = values["let-in-nobody"] === true;
  if (added.length === 0 && !isEmptied) return {};
  return { exceptions: [...(isEmptied ? [] : (options.exceptions ?? [])), ...added.map(exceptionOf)] };
}

function exceptionOf(text: string): Condition {
  return text.startsWith("/") ? { path: [text] } : { from: [text] };
}

function numberOr(option: string, text: string): number | null {
  return text === "default" ? null : wholeNumber(option, text, " or `default`");
}

function retryOf(text: string): number | "end" | null {
  return text === "end" ? "end" : numberOr("--retry-after", text);
}

function reasonOf(reason: string | undefined): Pick<MaintenanceChange, "reason"> {
  return reason === undefined ? {} : { reason };
}

function describeChange({ site, until, edits, warnings, id }: Receipt): string {
  const end = until === undefined ? "with no end time" : `until ${until}`;
  const since = edits?.at(-1)?.generation;
  const lines = [
    `${site} stays in maintenance ${end}${since === undefined ? "" : `, changed since generation ${since}`}; receipt ${id}`,
    ...warnings.map(describeWarning),
    "",
  ];
  return lines.join("\n");
}
