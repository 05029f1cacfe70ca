/** What a site or a section does besides answering. */
import type { HeaderOperations, RuleSettings } from "../../../contract/rules/rule.ts";
import type { Level } from "../document/statements.ts";

export function settingsOf(level: Level): RuleSettings {
  const responseHeaders = headersOf(level, "header");
  const requestHeaders = headersOf(level, "requestheader");
  const deflate = level
    .own("setoutputfilter", "addoutputfilterbytype")
    .filter(({ args }) => /deflate|brotli/i.test(args.join(" ")));
  for (const { entry } of deflate) entry.carried("`compress`");
  const expires = level.own("expiresdefault").at(-1);
  const seconds = /^(?:access|now)(?:\s+plus)?\s+(\d+)\s+(second|minute|hour|day|week|month|year)s?$/.exec(
    expires?.args.join(" ") ?? "",
  );
  if (seconds !== null) expires?.entry.carried("`cacheControl`");
  const limit = level.own("limitrequestbody").at(-1);
  const maxBodyBytes = Number(limit?.args[0] ?? "0");
  if (maxBodyBytes > 0) limit?.entry.carried("`maxBodyBytes`");
  return {
    ...(responseHeaders === undefined ? {} : { responseHeaders }),
    ...(requestHeaders === undefined ? {} : { requestHeaders }),
    ...(deflate.length === 0 ? {} : { compress: true }),
    ...(seconds === null
      ? {}
      : { cacheControl: `max-age=${String(Number(seconds[1]) * (SPANS[seconds[2] ?? ""] ?? 1))}` }),
    ...(Number.isSafeInteger(maxBodyBytes) && maxBodyBytes > 0 ? { maxBodyBytes } : {}),
  };
}

const SPANS: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
  year: 31_536_000,
};

function headersOf(level: Level, directive: "header" | "requestheader"): HeaderOperations | undefined {
  const made: { set: Record<string, string>; add: Record<string, string[]>; remove: string[] } = {
    set: {},
    add: {},
    remove: [],
  };
  for (const { args, entry } of level.own(directive)) {
    const [action = "", name = "", value = "", ...more] = /^(?:always|onsuccess)$/i.test(args[0] ?? "")
      ? args.slice(1)
      : args;
    const isPlain = !/%[{DtbilI]/.test(value) && more.every((word) => word === "early");
    const kind = action.toLowerCase();
    if (isPlain && kind === "unset") made.remove.push(name);
    else if (isPlain && (kind === "set" || kind === "setifempty")) made.set[name] = value;
    else if (isPlain && (kind === "add" || kind === "append" || kind === "merge")) (made.add[name] ??= []).push(value);
    else if (directive === "requestheader" && /^(?:set|setifempty|add|append|merge)$/.test(kind)) {
      // Or a visitor could say of himself what Apache says of him.
      made.remove.push(name);
      entry.changed("`requestHeaders`: it is removed, as a variable or a condition of it is not known here");
      continue;
    } else {
      entry.left("only values without variables and conditions are supported");
      continue;
    }
    entry.carried(directive === "header" ? "`responseHeaders`" : "`requestHeaders`");
  }
  const operations = {
    ...(Object.keys(made.set).length === 0 ? {} : { set: made.set }),
    ...(Object.keys(made.add).length === 0 ? {} : { add: made.add }),
    ...(made.remove.length === 0 ? {} : { remove: made.remove }),
  };
  return Object.keys(operations).length === 0 ? undefined : operations;
}
