/** The handler of a rule of Cherokee, as what answers here. */
import type { Handler } from "../../../contract/handler.ts";
import type { HeaderOperations } from "../../../contract/rules/rule.ts";
import { quote } from "../../wording.ts";
import type { Answer } from "../document/answer.ts";
import { escapeRegex } from "../document/match.ts";
import { staticAnswers } from "../document/static-files.ts";
import { type Answers, closed, type HandlerContext } from "./answers.ts";
import { folderOf, namesFolder } from "./conditions.ts";
import { applicationAnswers, cgiAnswers } from "./programs.ts";
import { redirectAnswers } from "./redirects.ts";
import { upstreamFor } from "./sources.ts";
import type { Node } from "./tree.ts";

/** Why the handlers without a counterpart have none, and what to do. */
const WITHOUT_COUNTERPART: Readonly<Record<string, string>> = {
  admin: "use `backsoon-agent` or the app",
  dbslayer: "let an application ask the database, and use the handler `proxy`",
  post_report: "there is no upload report",
  render_rrd: "there are no RRD graphs; the app shows figures",
  secdownload: "links are signed differently here; see the handler `signedFile`, and sign them anew",
  ssi: "pages with SSI would be sent as they are; let an application put them together",
};

export function answersOf(node: Node, context: HandlerContext): Answers {
  const made = answer(node, context);
  node.rest((entry) => {
    entry.left(`the handler here has no option for it`);
  });
  return made;
}

function answer(node: Node, context: HandlerContext): Answers {
  switch (node.value) {
    case "common":
    case "file":
    case "dirlist":
    case "streaming":
      return fileAnswers(node, context);
    case "redir": {
      node.carried("the handlers `redirect` and `rewrite`");
      const request = context.match.value === "request" ? context.match.text("request") : undefined;
      return { answers: redirectAnswers(node, { folder: folderOf(context.match), request }) };
    }
    case "custom_error":
      return errorAnswers(node);
    case "proxy":
      return proxyAnswers(node, context);
    case "fcgi":
    case "scgi":
    case "uwsgi":
      return applicationAnswers(node, node.value, context);
    case "cgi":
      return cgiAnswers(node, context);
    case "server_info":
      return simple(node, { type: "serverInfo" }, "the handler `serverInfo`");
    case "empty_gif":
      return simple(node, { type: "emptyGif" }, "the handler `emptyGif`");
    case "drop":
      return simple(node, { type: "drop" }, "the handler `drop`");
    default:
      return closed(node, WITHOUT_COUNTERPART[node.value] ?? `the handler ${quote(node.value)} is not known`);
  }
}

function simple(node: Node, handler: Handler, as: string): Answers {
  node.carried(as);
  return { answers: [{ handler }] };
}

function fileAnswers(node: Node, { root, mount, index, mediaTypes }: HandlerContext): Answers {
  if (root === undefined) return closed(node, "its folder cannot be expressed here");
  // Names that Cherokee does not show are not shown here, and the list with them.
  const hidden = node.list("hidden_files");
  if (hidden.length > 0 && node.value === "dirlist") return closed(node, `the list would show ${hidden.join(", ")}`);
  const isListed = node.value === "common" && node.flag("allow_dirlist", true);
  if (hidden.length > 0 && isListed)
    node.at("hidden_files")?.entry?.closed(`folders are not listed: the list would show ${hidden.join(", ")}`);
  const type = node.value === "dirlist" ? "listing" : isListed && hidden.length === 0 ? "common" : "file";
  const folder = { root, ...(mount === undefined ? {} : { mount }) };
  if (node.value === "streaming") node.entry?.changed("the handler `file`: sent at full speed; see `bytesPerSecond`");
  else node.carried(`the handler \`${type}\``);
  node.at("allow_dirlist")?.carried(`the handler \`${type}\``);
  node.at("iocache")?.carried("the handler, which caches by itself");
  if (type === "listing") return { answers: [{ handler: { type, ...folder } }] };
  const types = Object.keys(mediaTypes).length === 0 ? {} : { mediaTypes };
  // Only `common` has index files in Cherokee.
  if (node.value !== "common") return { answers: [{ handler: { type, ...folder, index: [], ...types } }] };
  const { indexes, handler } = staticAnswers({ root, mount, index, isListed: type === "common", mediaTypes });
  return { answers: [...indexes, { handler }] };
}

function errorAnswers(node: Node): Answers {
  const status = Number(node.text("error"));
  node.carried("the handler `error`");
  node.at("error")?.carried(`the handler \`error\` with ${node.text("error")}`);
  if (status >= 400 && status <= 599) return { answers: [{ handler: { type: "error", status } }] };
  if (status >= 200 && status <= 399) return { answers: [{ handler: { type: "respond", status } }] };
  return closed(node, "it names no status of HTTP");
}

function proxyAnswers(node: Node, { draft, sources, match, hasTls }: HandlerContext): Answers {
  const upstream = upstreamFor(node, "http", sources, draft);
  if (upstream === undefined) return closed(node, "no target can be named");
  node.carried("the handler `proxy`");
  // Cherokee sends what is behind the folder of the rule.
  const folder = folderOf(match);
  const mount = folder === undefined || folder === "/" ? {} : { mount: folder };
  if (folder === undefined && namesFolder(match))
    node.entry?.changed("the handler `proxy`, which sends the whole path; write a rule for each folder");
  const preserveHost = node.flag("in_preserve_host", false);
  node.at("in_preserve_host")?.carried("`preserveHost`");
  for (const key of ["reuse_max", "in_allow_keepalive"]) node.at(key)?.carried("`keepAlive` of the upstream");
  for (const key of ["in_rewrite_request", "out_rewrite_request"])
    node.at(key)?.rest((entry) => {
      entry.left(
        "the upstream gets the address that the visitor has sent; use a rule with the handler `rewrite` above",
      );
    });
  const requestHeaders = fieldsOf(node, "in_header");
  const responseHeaders = fieldsOf(node, "out_header");
  const handler: Handler = { type: "proxy", upstream, ...mount, preserveHost };
  // Applications believe these, for Cherokee says them: a visitor must not.
  const tells = (isTls: boolean) => ({
    handler,
    requestHeaders: {
      set: { "X-Real-IP": "${client}", "X-Forwarded-SSL": isTls ? "on" : "off" },
      ...requestHeaders,
    },
  });
  return {
    answers: [...(hasTls ? [{ when: { tls: true }, ...tells(true) }] : []), tells(false)],
    ...(responseHeaders === undefined ? {} : { responseHeaders }),
  };
}

function fieldsOf(node: Node, side: "in_header" | "out_header"): HeaderOperations | undefined {
  const as = side === "in_header" ? "`requestHeaders`" : "`responseHeaders`";
  for (const part of [node.at(`${side}_add`), node.at(`${side}_hide`)])
    part?.rest((entry) => {
      entry.carried(as);
    });
  const added = [...(node.at(`${side}_add`)?.children.values() ?? [])].map(({ key, value }) => [key, value] as const);
  const hidden = node.list(`${side}_hide`);
  if (added.length === 0 && hidden.length === 0) return undefined;
  return {
    ...(added.length === 0 ? {} : { add: Object.fromEntries(added) }),
    ...(hidden.length === 0 ? {} : { remove: hidden }),
  };
}

/** A folder without its slash is redirected to itself with one, whoever answers below it. */
export function folderRedirect(match: Node): Answer[] {
  const folder = match.value === "directory" ? (folderOf(match) ?? "/") : "/";
  if (folder === "/") return [];
  return [
    {
      when: { pathRegex: `^${escapeRegex(folder)}$` },
      handler: { type: "redirect", to: `${folder}/`, status: 301 },
    },
  ];
}
