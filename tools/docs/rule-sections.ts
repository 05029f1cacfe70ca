/** What docs/configuration.md says about rules, besides their handlers. */
import { Auth } from "../../server-agent/contract/rules/auth.ts";
import { RateLimit } from "../../server-agent/contract/rules/limits.ts";
import { Compression, HeaderOperations, Rule } from "../../server-agent/contract/rules/rule.ts";
import { fieldTable } from "./field-table.ts";

const RULES = `A rule with a handler answers; its other settings apply to that answer. A rule without a handler
continues with the rules below, and its settings apply to whichever answer follows, even an error page
of the site. Header changes of all these rules add up, from the top, and visitors have to meet every
\`auth\`. For every other setting, the last rule wins:

\`\`\`json
[
  { "responseHeaders": { "set": { "X-Frame-Options": "DENY" }, "remove": ["X-Powered-By"] } },
  { "when": { "path": "/assets/*" }, "cacheControl": "public, max-age=31536000, immutable" },
  { "handler": { "type": "file", "root": "/srv/shop" } }
]
\`\`\`

A \`maintenance\` handler ignores the rules above it; only its own rule applies. A copycat has its own
rules, so nothing here affects its page.

What rules say of an index file, they say of its folder: with a rule for \`/admin/index.html\`, or for
the extension \`php\` where \`index.php\` is the index file, \`/admin/\` gets the same answer as the file
(except a \`redirect\`, which is about the file's name); changes by rules for \`/admin/\` itself apply, too.
The same is true for a path that a CGI or
FastCGI application names by \`Location\` without a status. Rules do not apply to \`fallback\` files.`;

const HEADERS = `Fields that frame a message or are about one connection (\`Content-Length\`, \`Transfer-Encoding\`,
\`Connection\` and their like) are refused, as are \`Content-Encoding\` and \`Content-Range\`. In
requests, you cannot change \`Host\`, \`Via\`, \`Forwarded\` and \`X-Forwarded-*\`, which the proxy
handler sets. \`remove\` runs first, then \`set\`, then \`add\`.`;

const AUTH = `\`htpasswd -B -c /etc/backsoon/users anna\` creates a file with a bcrypt hash (cost 4 to 14), \`htdigest\`
one for digest authentication (MD5). Argon2 hashes need Node 24.7 or newer on the server. The agent's
user should own the file, with mode 0600. If the file is unreadable, nobody is let in: the answer is
500, and the agent's log says why; the check of a configuration warns of it, and of users whose hash
cannot be checked here.

If several rules with \`auth\` apply to a request, it has to meet all of them, from the top: the name
and the password must be right for each. So use the same \`realm\` and \`type\`, or exempt requests from
one of the rules by its \`when\`.

After ten wrong passwords within a minute, a client (one IPv4 address, or one IPv6 network) gets 429
until the minute is over. Passwords that are still being checked count, too, and clients take turns,
so nobody waits behind another client's guesses. Users who are already logged in are not affected.
Each worker counts for itself: with four workers, a client has up to 40 tries a minute. A correct password is cached as a digest in memory until its hash changes. A browser's
answer to \`digest\` is valid for one address and method, for five minutes: without TLS, anyone who
records it can repeat it that long. To exempt an office, put a condition on the rule; the
redirect above it keeps passwords from being sent without TLS:

\`\`\`json
[
  { "when": { "tls": false }, "handler": { "type": "redirect", "to": "https://\${host}\${path}" } },
  {
    "when": { "not": { "from": "10.0.0.0/8" } },
    "auth": { "type": "basic", "realm": "Staff", "file": "/etc/backsoon/users" },
    "requestHeaders": { "set": { "X-Remote-User": "\${user}" } }
  },
  { "handler": { "type": "file", "root": "/srv/staff" } }
]
\`\`\`

The access log shows the user. A copycat has its own rules, so its page needs no password. CORS
preflights, which browsers send without a password, get 401 like everything else.`;

const COMPRESSION = `Files are compressed without this setting: from compressed files next to them that are not older
(\`page.html.br\`, \`.zst\`, \`.gz\`), else by the agent up to 8 MiB, with Brotli, zstd or gzip. zstd needs
Node 22.15 or newer on the server; compressed files are sent by every Node. This setting is for answers
of applications, and for larger files. An answer is not compressed if it has a
\`Content-Encoding\`, is partial (\`206\`) or an event stream, has \`no-transform\`, or sets a cookie.
Login pages set cookies: if a compressed page contains both a secret and text that the visitor sent,
attackers can guess the secret from its length (BREACH). Leave this off for other pages with both. A
strong \`ETag\` becomes weak, and \`Vary\` is extended. Output of applications is sent within 30 ms.
Each worker compresses up to 256 answers at a time and sends the others uncompressed.`;

export const RULE_SECTIONS = [
  `## Rule\n\n${RULES}\n\n${fieldTable(Rule)}`,
  `### Header operations\n\n${HEADERS}\n\n${fieldTable(HeaderOperations)}`,
  `### Authentication\n\n${AUTH}\n\n${fieldTable(Auth)}`,
  `### Rate limit\n\n${fieldTable(RateLimit)}`,
  `### Compression\n\n${COMPRESSION}\n\n${fieldTable(Compression)}`,
].join("\n\n");
