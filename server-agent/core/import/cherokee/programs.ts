/** Handlers of Cherokee that run programs, or pass requests on to those that run. */
import type { Handler } from "../../../contract/handler.ts";
import { quote } from "../../wording.ts";
import type { Draft } from "../document/draft.ts";
import { escapeRegex } from "../document/match.ts";
import { type Answers, closed, type HandlerContext } from "./answers.ts";
import { extensionsOf, folderOf } from "./conditions.ts";
import { trustProxies } from "./real-address.ts";
import { type Protocol, upstreamFor } from "./sources.ts";
import type { Node } from "./tree.ts";

const HANDLER_OF = { fcgi: "fastcgi", scgi: "scgi", uwsgi: "uwsgi" } as const;

export function applicationAnswers(node: Node, protocol: Exclude<Protocol, "http">, context: HandlerContext): Answers {
  const { root, mount, match, draft, sources } = context;
  const upstream = upstreamFor(node, protocol, sources, draft);
  if (upstream === undefined) return closed(node, "no target can be named");
  const type = HANDLER_OF[protocol];
  const extensions = extensionsOf(match);
  // Cherokee looks for files of FastCGI only; scripts (PHP) are known by the rule's extension.
  const hasScripts = extensions.length > 0 || (protocol === "fcgi" && node.flag("check_file", true));
  node.at("check_file")?.carried(hasScripts ? "`root`: only scripts that exist run" : "no `root`");
  if (hasScripts && root === undefined) return closed(node, "its folder cannot be expressed here");
  const folder = folderOf(match);
  const place =
    hasScripts && root !== undefined
      ? {
          root,
          ...(mount === undefined ? {} : { mount }),
          ...(extensions.length === 0 ? {} : { extensions }),
          index: [],
        }
      : folder === undefined || folder === "/"
        ? {}
        : { mount: folder };
  if (hasScripts && extensions.length === 0)
    node.entry?.changed(
      `the handler \`${type}\`: only files with the extension \`php\` run; name others in \`extensions\``,
    );
  else node.carried(`the handler \`${type}\``);
  return { answers: [{ handler: { type, upstream, ...place, ...programOptions(node, root, draft) } }] };
}

export function cgiAnswers(node: Node, context: HandlerContext): Answers {
  const { root, mount, match, draft } = context;
  const extensions = extensionsOf(match);
  const alias = node.text("script_alias");
  node.at("change_user")?.entry?.left("all programs run as one user; set `user` of the handler");
  if (alias.startsWith("/") && extensions.length === 0) return aliasAnswers(node, alias, context);
  if (root === undefined) return closed(node, "its folder cannot be expressed here");
  node.carried("the handler `cgi`");
  if (alias.startsWith("/")) node.at("script_alias")?.carried("`interpreter`");
  const handler: Handler = {
    type: "cgi",
    root,
    ...(mount === undefined ? {} : { mount }),
    extensions: extensions.length > 0 ? extensions : ["*"],
    ...(extensions.length > 0 ? {} : { index: [] }),
    ...(alias.startsWith("/") ? { interpreter: alias } : {}),
    ...programOptions(node, root, draft),
  };
  return { answers: [{ handler }] };
}

/** One program for everything below a folder: its name comes into the path, by a rewrite. */
function aliasAnswers(node: Node, alias: string, { match, draft }: HandlerContext): Answers {
  const folder = (folderOf(match) ?? "").replace(/\/$/, "");
  const slash = alias.lastIndexOf("/");
  const [root, name] = [alias.slice(0, slash) || "/", alias.slice(slash + 1)];
  const program = `${folder}/${name}`;
  node.carried("the handler `cgi`");
  node
    .at("script_alias")
    ?.entry?.changed(`the handler \`cgi\` for ${quote(alias)}, whose \`SCRIPT_NAME\` is ${quote(program)}`);
  return {
    answers: [
      {
        when: { not: { path: [program, `${program}/*`] } },
        handler: { type: "rewrite", to: `${program}$1`, regex: `(?s)^${escapeRegex(folder)}(.*)$` },
      },
      {
        handler: {
          type: "cgi",
          root,
          ...(folder === "" ? {} : { mount: folder }),
          extensions: ["*"],
          index: [],
          ...programOptions(node, root, draft),
        },
      },
    ],
  };
}

function programOptions(
  node: Node,
  root: string | undefined,
  draft: Draft,
): { params?: Record<string, string>; sendFiles?: string[] } {
  trustProxies(node, draft);
  const variables = [...(node.at("env")?.children.values() ?? [])];
  for (const variable of variables) variable.carried("`params` of the handler");
  const sends = node.flag("xsendfile", false) && root !== undefined;
  if (sends) node.at("xsendfile")?.entry?.changed(`\`sendFiles\`: only files below ${root}`);
  node.at("pass_req_headers")?.carried("the handler, which passes header fields on");
  return {
    ...(variables.length === 0 ? {} : { params: Object.fromEntries(variables.map(({ key, value }) => [key, value])) }),
    ...(sends ? { sendFiles: [root] } : {}),
  };
}
