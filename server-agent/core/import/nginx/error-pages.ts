/** `error_page` of a server block: pages for errors, by their files. */
import { Level } from "../document/statements.ts";
import { isStaticName } from "../document/static-files.ts";
import { locationName } from "./conditions.ts";
import { folderOf } from "./content.ts";

export function errorPagesOf(level: Level): Record<string, string> {
  const pages: Record<string, string> = {};
  for (const { args, entry } of level.nearest("error_page")) {
    const url = args.at(-1) ?? "";
    const codes = args.slice(0, -1).filter((code) => /^[45]\d\d$/.test(code));
    const path = codes.length < args.length - 1 ? undefined : fileOf(url, level);
    if (path === undefined) continue;
    for (const code of codes) pages[code] = path;
    entry.carried(`\`errorPages\`: ${path}`);
  }
  return pages;
}

/** The file behind an address of the site; undefined where it is none. */
function fileOf(url: string, level: Level): string | undefined {
  if (url.startsWith("@")) return namedFile(url, level);
  // The source of a program is not to be sent as a page.
  if (!/^\/[^$?#]*$/.test(url) || !isStaticName(url)) return undefined;
  const exact = level.own("location").find(({ args: names }) => {
    const { kind, path } = locationName(names);
    return kind === "exact"
      ? path === url
      : kind !== "regex" && kind !== "named" && path !== "/" && url.startsWith(path);
  });
  const folder = folderOf(
    exact === undefined ? level : new Level(exact.body ?? [], level),
    exact && locationName(exact.args),
  );
  return folder === undefined ? undefined : folder.root + url.slice(folder.mount?.length ?? 0);
}

/** Of a named location that sends one file for everything (`rewrite ^ /page.html break`). */
function namedFile(name: string, level: Level): string | undefined {
  const location = level.own("location").find(({ args }) => args[0] === name);
  const own = new Level(location?.body ?? [], level);
  const rewrite = own.own("rewrite").find(({ args }) => /^\^(?:\(?\.\*\)?\$?|\/?)$/.test(args[0] ?? ""));
  const tries = own.own("try_files").at(-1);
  const [, rewritten = ""] = rewrite?.args ?? [];
  const file = rewrite?.args[2] === "break" ? rewritten : (tries?.args[0] ?? "");
  if (location === undefined || !/^\/[^$?#]*$/.test(file) || !isStaticName(file)) return undefined;
  const folder = folderOf(own);
  if (folder === undefined) return undefined;
  for (const { entry } of [location, ...own.statements]) entry.carried("`errorPages`");
  return folder.root + file;
}
