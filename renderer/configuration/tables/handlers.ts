/** The fields of each handler, and how people call it. */
import type { Handler, MaintenanceHandler } from "../../../main/contract/agent.ts";
import { t, type PlainMessage } from "../../../main/language/translate.ts";
import { type Field, type FieldsOf, JSON_ONLY } from "./field.ts";

type Type = Handler["type"];
type FieldsOfHandler<T extends Type> = FieldsOf<Omit<Extract<Handler, { type: T }>, "type">>;

/** In the order in which they are offered. `undefined`: made elsewhere, or as JSON. */
export const HANDLER_NAMES: Readonly<Record<Type, PlainMessage | undefined>> = {
  proxy: "Forward to an application",
  file: "Serve a folder",
  common: "Serve a folder, and list it",
  listing: "List folders",
  redirect: "Redirect elsewhere",
  rewrite: "Rewrite to another path",
  respond: "Answer with a fixed text",
  error: "Answer with an error status",
  fastcgi: "Run PHP or another FastCGI application",
  scgi: "Run an SCGI application",
  uwsgi: "Run a uwsgi application",
  cgi: "Start a program for each request (CGI)",
  signedFile: "Serve files to signed links",
  emptyGif: "Answer with an empty image",
  serverInfo: "Show request statistics",
  maintenance: "Say that the site is in maintenance",
  drop: "Close the connection",
  foreign: undefined,
};

const root: Field = {
  kind: "text",
  required: true,
  label: "Folder on the server",
  placeholder: "/srv/www",
};
const mount: Field = {
  kind: "text",
  label: "Appears at",
  hint: "The path of the site at which the folder begins; / unless you say otherwise.",
  placeholder: "/static",
};
const index: Field = { kind: "list", words: true, label: "Index files", hint: "The first that exists is served." };
const sendFiles: Field = {
  kind: "list",
  label: "Folders for X-Sendfile",
  hint: "Folders from which the application may have files sent; one per line.",
};
const regex: Field = {
  kind: "text",
  label: "Only addresses matching",
  hint: "A regular expression (RE2) for path and query; its groups are $1 to $9 in the target.",
};
const files: FieldsOfHandler<"file"> = {
  root,
  mount,
  index,
  fallback: {
    kind: "text",
    label: "Page for all other paths",
    hint: "A file of the folder, such as the page of a single-page application.",
    placeholder: "/index.html",
  },
  mediaTypes: {
    kind: "pairs",
    names: "Extension",
    values: "Media type",
    each: "text",
    label: "Media types",
    hint: "For extensions that are not known.",
  },
};
function target(hint: () => string): Field {
  return { kind: "text", required: true, label: "Leads to", hint };
}

const application: Omit<FieldsOfHandler<"fastcgi">, "upstream"> = {
  root: {
    kind: "text",
    label: "Folder with the scripts",
    hint: "Only scripts that exist there run. Without a folder, the application gets every request.",
    placeholder: "/srv/shop/public",
  },
  mount,
  extensions: { kind: "list", words: true, label: "Extensions of scripts", placeholder: "php" },
  index: { ...index, hint: "The first that exists answers." },
  fallback: {
    kind: "text",
    label: "Script for all other paths",
    hint: "The front controller of most applications.",
    placeholder: "/index.php",
  },
  files: { kind: "flag", label: "Serve the other files of the folder" },
  scriptRoot: {
    kind: "text",
    label: "The folder as the application sees it",
    hint: "Where that is another path, for example in a container.",
  },
  params: { kind: "pairs", names: "Name", values: "Value", each: "text", label: "Additional variables" },
  sendFiles,
};
function upstreamOf(...protocols: [string, ...string[]]): Field {
  return { kind: "upstream", protocols, required: true, label: "Application" };
}

const program: Field = {
  kind: "text",
  required: true,
  label: "Folder with the programs",
  hint: "Only files that exist there run.",
  placeholder: "/srv/cgi-bin",
};
const MAINTENANCE: FieldsOf<Omit<MaintenanceHandler, "type">> = {
  root: { kind: "text", label: "Folder of your own page" },
  status: { kind: "number", label: "Status" },
  retryAfter: JSON_ONLY,
  until: { kind: "text", label: "Expected end", placeholder: "2030-01-31T22:00:00Z" },
  page: JSON_ONLY,
};

export const HANDLERS: { readonly [T in Type]: FieldsOfHandler<T> } = {
  proxy: {
    upstream: upstreamOf("http", "https", "h2", "h2c"),
    mount: { ...mount, hint: "The path of the site that the application does not get; / unless you say otherwise." },
    upstreamPath: {
      kind: "text",
      label: "Path at the application",
      hint: "What it gets in place of that path; / unless you say otherwise.",
      placeholder: "/v2",
    },
    preserveHost: { kind: "flag", label: "Send the visitor's Host to the application", initial: false },
    sendFiles,
  },
  file: files,
  common: files,
  listing: { root, mount },
  redirect: {
    to: target(() => t("{path} and {query} are those of the request.", { path: "${path}", query: "${query}" })),
    status: {
      kind: "choice",
      atOnce: true,
      label: "Status",
      options: [
        [308, "308, for good"],
        [307, "307, for now"],
        [301, "301, for good; a POST may become a GET"],
        [302, "302, for now; a POST may become a GET"],
        [303, "303, for now; fetched with GET"],
      ],
    },
    regex,
  },
  rewrite: {
    to: target(() =>
      t("A path of the site; {path} and {query} are those of the request. The rules are tried again with it.", {
        path: "${path}",
        query: "${query}",
      }),
    ),
    regex,
  },
  respond: {
    status: { kind: "number", label: "Status", placeholder: "200" },
    body: { kind: "text", lines: true, atOnce: true, label: "Text" },
    headers: { kind: "pairs", names: "Name", values: "Value", each: "text", label: "Header fields" },
  },
  error: { status: { kind: "number", required: true, label: "Status", placeholder: "404" } },
  fastcgi: { upstream: upstreamOf("fcgi"), ...application },
  scgi: { upstream: upstreamOf("scgi"), ...application },
  uwsgi: { upstream: upstreamOf("uwsgi"), ...application },
  cgi: {
    root: program,
    mount,
    extensions: {
      kind: "list",
      words: true,
      label: "Extensions of programs",
      hint: "* stands for every file.",
      placeholder: "cgi",
    },
    index: { ...index, hint: "The first that exists answers." },
    fallback: { kind: "text", label: "Program for all other paths", placeholder: "/index.cgi" },
    files: { kind: "flag", label: "Serve the other files of the folder" },
    interpreter: { kind: "text", label: "Interpreter", placeholder: "/usr/bin/perl" },
    user: { kind: "text", label: "Run as user" },
    processes: { kind: "number", label: "Most programs at a time", placeholder: "16" },
    timeout: { kind: "number", label: "Timeout in seconds", placeholder: "60" },
    params: application.params,
    sendFiles,
  },
  signedFile: {
    root,
    keyFile: {
      kind: "text",
      required: true,
      label: "File of secret keys",
      hint: "One per line, at least 32 characters each.",
    },
    mount,
  },
  emptyGif: {},
  serverInfo: {},
  drop: {},
  maintenance: MAINTENANCE,
  foreign: { server: JSON_ONLY, listeners: JSON_ONLY, clientCertificates: JSON_ONLY },
};
