/** `error_handler` of a virtual server: pages for errors, by their files. */
import { isStaticName } from "../document/static-files.ts";
import type { Node } from "./tree.ts";

const WITHOUT_COUNTERPART: Readonly<Record<string, string>> = {
  error_nn: "nobody is led to a name that is like the one that is missing",
};

/** @param root Folder of the virtual server. */
export function errorPagesOf(server: Node, root: string): Record<string, string> {
  const handler = server.at("error_handler");
  if (handler === undefined) return {};
  const pages: Record<string, string> = {};
  if (handler.value === "error_redir") {
    handler.carried("`errorPages`");
    for (const code of handler.children.values()) {
      const file = fileOf(code, server, root);
      code.rest((entry) => {
        if (file.path === undefined) entry.left(file.why);
        else entry.carried(`the error page ${file.path}`);
      });
      if (file.path !== undefined) pages[code.key] = file.path;
    }
  }
  handler.rest((entry) => {
    entry.left(WITHOUT_COUNTERPART[handler.value] ?? "the built-in pages answer");
  });
  return pages;
}

type PageFile = { path: string; why?: never } | { path?: undefined; why: string };

function fileOf(code: Node, server: Node, root: string): PageFile {
  const url = code.text("url");
  if (!/^[45]\d\d$|^default$/.test(code.key)) return { why: "only errors (400 to 599, or `default`) have pages" };
  if (code.flag("show", false)) return { why: "an error page is a file; visitors are not redirected to one" };
  // The source of a program is not to be sent as a page.
  if (!isStaticName(url) || !url.startsWith("/") || /[?#%]|\/\.{1,2}(?:\/|$)/.test(url))
    return { why: "an error page is a file of the site" };
  for (const rule of server.at("rule")?.byNumber() ?? []) {
    const folder = rule.at("match")?.text("directory").replace(/\/+$/, "") ?? "";
    const own = rule.text("document_root");
    if (rule.text("match") === "directory" && own !== "" && url.startsWith(`${folder}/`))
      return { path: own.replace(/\/+$/, "") + url.slice(folder.length) };
  }
  return root.startsWith("/") ? { path: root + url } : { why: "the folder of the site is not known" };
}
