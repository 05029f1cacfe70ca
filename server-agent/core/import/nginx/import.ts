/** Makes a configuration of that of nginx: its server blocks in the order in which names count. */
import { Draft } from "../document/draft.ts";
import { ipRanges } from "../document/ip-ranges.ts";
import { Level, sayOfAll, type Statement } from "../document/statements.ts";
import type { ImportFault, Surroundings } from "../document/surroundings.ts";
import { readNginx } from "./read.ts";
import { addServers } from "./servers.ts";

export function importNginx(
  file: string,
  text: string,
  surroundings: Surroundings,
): { ok: true; draft: Draft } | ImportFault {
  const draft = new Draft();
  const read = readNginx(file, text, draft.report, surroundings);
  if (!read.ok) return read;
  const http = read.statements.find(({ name, body }) => name === "http" && body !== undefined);
  const folder = http?.entry.file.replace(/\/[^/]*$/, "");
  const statements = folder === undefined ? read.statements : absolute(read.statements, folder);
  const inHttp = statements.find(({ name, body }) => name === "http" && body !== undefined)?.body ?? statements;
  const servers = inHttp.filter(({ name, body }) => name === "server" && body !== undefined);
  if (servers.length === 0)
    return { ok: false, file, line: 1, message: "it has no `server` block; take what `nginx -T` prints" };
  http?.entry.carried("the virtual hosts");
  const upstreams = new Map(
    inHttp.filter(({ name }) => name === "upstream").map((block) => [block.args[0] ?? "", block]),
  );
  trustProxies(inHttp, draft);
  addServers(servers, new Level(inHttp), { draft, upstreams });
  for (const statement of statements) reportRest(statement);
  return { ok: true, draft };
}

const RELATIVE_TO_MAIN_FILE =
  /^(?:auth_basic_user_file|(?:(?:proxy|grpc)_)?ssl_(?:(?:client_|trusted_)?certificate(?:_key)?))$/;

/** Names of files that nginx takes from the folder of its main file, made absolute. */
function absolute(statements: readonly Statement[], folder: string): Statement[] {
  return statements.map((statement) => {
    const { name, args, body } = statement;
    const [first = ""] = args;
    const isRelative = RELATIVE_TO_MAIN_FILE.test(name) && /^[^/$:]+(?:\/|$)/.test(first);
    return {
      ...statement,
      args: isRelative ? [`${folder}/${first}`, ...args.slice(1)] : args,
      body: body === undefined ? undefined : absolute(body, folder),
    };
  });
}

/** Addresses are compared with those of visitors, whom a proxy in front names. */
function trustProxies(statements: readonly Statement[], draft: Draft): void {
  for (const { name, args, entry, body } of statements) {
    if (name === "set_real_ip_from") {
      const { known } = ipRanges(args.slice(0, 1));
      for (const range of known) draft.trustedProxies.add(range);
      if (known.length > 0) entry.carried("`trustedProxies`, for all sites");
      else entry.left("only addresses can be trusted here; name them in `trustedProxies`");
    } else if (name === "real_ip_recursive") entry.carried("`trustedProxies`, which are all passed over");
    else if (name === "real_ip_header")
      entry.changed(
        "`trustedProxies`: visitors are known by `X-Forwarded-For`, or by the PROXY protocol of a listener",
      );
    if (body !== undefined) trustProxies(body, draft);
  }
}

/** They do not change what visitors get. */
const OF_THE_SERVER =
  /^(?:user|worker_\w+|pid|events|use|multi_accept|error_log|sendfile|tcp_\w+|keepalive_\w+|client_(?:body|header)_\w+|large_client_header_buffers|types_hash_\w+|server_names_\w+|server_tokens|variables_\w+|log_format|open_file_cache\w*|aio|directio|resolver\w*|send_timeout|reset_timedout_connection|output_buffers|lingering_\w+|daemon|master_process|load_module|pcre_jit|thread_pool|env|log_not_found|gzip_\w+|ssl_(?:session\w*|ciphers|prefer\w*|dhparam|ecdh_curve|buffer_size|stapling\w*|trusted_certificate|conf_command|early_data)|proxy_(?:buffer\w*|busy\w*|http_version|redirect|request_buffering|send_timeout|max_temp\w*|temp_\w*|socket_\w+|next_upstream\w*|headers_hash\w*|force_ranges|ignore_\w+|set_header)|fastcgi_(?:buffer\w*|busy\w*|split_path_info|keep_conn|request_buffering|send_timeout|temp\w*|max_temp\w*|intercept_errors)|uwsgi_\w+|scgi_\w+|grpc_(?:buffer_size|socket_\w+|next_upstream\w*|send_timeout|ignore_headers)|default_type|types|charset\w*|http2\w*|hash\w*|if_modified_since|etag|merge_slashes|port_in_redirect|absolute_redirect|server_name_in_redirect|underscores_in_headers|limit_req_\w+|limit_conn_\w+)$/;
const OTHERS: Readonly<Record<string, string>> = {
  stream: "the agent speaks HTTP only",
  mail: "the agent speaks HTTP only",
  map: "there are no variables of one's own; write rules with conditions",
  set: "there are no variables of one's own; write rules with conditions",
  geo: "there are no variables of one's own; write rules with the condition `from`",
  limit_conn: "requests are limited by `rateLimit`",
  error_page: "an error page is a file of the site, for 400 to 599; see `errorPages`",
};

function reportRest(statement: Statement): void {
  const { name, entry, body } = statement;
  const why = OTHERS[name] ?? (OF_THE_SERVER.test(name) ? "the agent controls this itself" : undefined);
  if (why !== undefined)
    sayOfAll(statement, (each) => {
      each.left(why);
    });
  if (entry.outcome === undefined && name.startsWith("proxy_cache"))
    entry.left("the agent does not cache responses of applications");
  for (const inner of body ?? []) reportRest(inner);
}
