/**
 * The variables of CGI/1.1 for a request (RFC 3875, 4.1), and those that all web servers add. Names
 * and values have one character per byte.
 */
import { fileNameOf } from "../files/file-name.ts";
import { classOf, connectionOptions } from "../http/field-names.ts";
import { without } from "../../core/rules/field-edit.ts";
import type { Exchange } from "../exchange.ts";

/** What a request is answered by. */
export interface Program {
  /** Its path in the address; `""` where all paths are its own. */
  readonly name: string;
  /** Its file, as the application has it. */
  readonly file: string | undefined;
  readonly pathInfo: string;
  /** The folder that holds it, as the application has it. */
  readonly root: string | undefined;
}

/** @param length Of the body; undefined: there is none. */
export function variablesOf(exchange: Exchange, program: Program, length: number | undefined): Map<string, string> {
  const { request, facts, asked, requestEdit } = exchange;
  const { pathInfo, root, file } = program;
  const host = request.field("host") ?? "";
  const variables = new Map<string, string>([
    ["GATEWAY_INTERFACE", "CGI/1.1"],
    ["SERVER_SOFTWARE", "backsoon"],
    ["SERVER_PROTOCOL", `HTTP/${request.httpVersion}`],
    ["SERVER_NAME", facts.host],
    ["SERVER_PORT", /:(\d{1,5})$/.exec(host)?.[1] ?? (facts.tls ? "443" : "80")],
    ["REQUEST_METHOD", request.method],
    ["REQUEST_SCHEME", facts.tls ? "https" : "http"],
    // What the visitor sees, by which applications make links: no rewrite changes it.
    ["REQUEST_URI", asked.query === "" ? asked.rawPath : `${asked.rawPath}?${asked.query}`],
    ["QUERY_STRING", facts.query],
    ["SCRIPT_NAME", bytesOf(program.name)],
    ["PATH_INFO", bytesOf(pathInfo)],
    ["REMOTE_ADDR", facts.client],
    // PHP that was built to insist on it runs nothing without.
    ["REDIRECT_STATUS", "200"],
  ]);
  if (facts.tls) variables.set("HTTPS", "on");
  if (exchange.user !== undefined) variables.set("REMOTE_USER", exchange.user);
  if (exchange.authType !== undefined) variables.set("AUTH_TYPE", exchange.authType === "basic" ? "Basic" : "Digest");
  if (root !== undefined) {
    variables.set("DOCUMENT_ROOT", bytesOf(root));
    if (pathInfo !== "") variables.set("PATH_TRANSLATED", bytesOf(root + pathInfo));
  }
  if (file !== undefined) variables.set("SCRIPT_FILENAME", bytesOf(file));
  if (length !== undefined) variables.set("CONTENT_LENGTH", String(length));
  const type = request.field("content-type");
  if (type !== undefined) variables.set("CONTENT_TYPE", type);
  const connection = request.field("connection");
  if (requestEdit === undefined) addFields(variables, request.rawHeaders, connection, facts.peerTrusted);
  else {
    const remaining = without(request.rawHeaders, (name) => requestEdit.removesAlike(name));
    addFields(variables, remaining, connection, facts.peerTrusted);
    addFields(variables, requestEdit.added(exchange), undefined, true);
  }
  return variables;
}

/**
 * `HTTP_*` (4.1.18). A name with anything but letters, digits and dashes is left out: `X_A` would
 * be the same variable as `X-A`, and could claim what only the other may. So is `Proxy`, by its
 * class.
 */
function addFields(
  variables: Map<string, string>,
  rawHeaders: readonly string[],
  connection: string | undefined,
  peerTrusted: boolean,
): void {
  const options = connectionOptions(connection);
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    const kind = classOf(name);
    if (kind !== "end-to-end" && kind !== "host" && !(kind === "forwarding" && peerTrusted)) continue;
    if (!/^[A-Za-z0-9-]+$/.test(name)) continue;
    const lower = name.toLowerCase();
    if (lower === "content-type" || options?.has(lower) === true) continue;
    const variable = `HTTP_${name.toUpperCase().replaceAll("-", "_")}`;
    const value = rawHeaders[index + 1] ?? "";
    const before = variables.get(variable);
    // Several of one name are one value (RFC 9110, 5.3; RFC 9113, 8.2.3).
    variables.set(variable, before === undefined ? value : `${before}${lower === "cookie" ? "; " : ", "}${value}`);
  }
}

/** A name of a file, or text, as bytes. */
export function bytesOf(text: string): string {
  const name = fileNameOf(text);
  return (typeof name === "string" ? Buffer.from(name) : name).toString("latin1");
}
