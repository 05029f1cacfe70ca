/** What docs/configuration.md says about rules, besides their handlers. */
import { Auth } from "../../server-agent/contract/rules/auth.ts";
import { RateLimit } from "../../server-agent/contract/rules/limits.ts";
import { Compression, HeaderOperations, Rule } from "../../server-agent/contract/rules/rule.ts";
import { fieldTable } from "./field-table.ts";

const RULES = `A rule with a handler answers; what else it says is done to its answer. A rule without a handler goes
on to the rules below, and what it says is done to the answer of the one that answers, be it an
error page of the site. Header fields are changed by each of them, from the top; of everything else,
the last that says it counts:

\`\`\`json
[
  { "responseHeaders": { "set": { "X-Frame-Options": "DENY" }, "remove": ["X-Powered-By"] } },
  { "when": { "path": "/assets/*" }, "cacheControl": "public, max-age=31536000, immutable" },
  { "handler": { "type": "file", "root": "/srv/shop" } }
]
\`\`\`

A \`maintenance\` handler takes nothing from the rules above it, only what its own rule says. A copycat
has rules of its own, so that nothing here reaches its page.`;

const HEADERS = `Fields that frame a message or are about one connection (\`Content-Length\`, \`Transfer-Encoding\`,
\`Connection\` and their like) are refused, as are \`Content-Encoding\` and \`Content-Range\`. Requests
also keep \`Host\`, \`Via\`, \`Forwarded\` and \`X-Forwarded-*\`, which the proxy handler writes. What leaves
is done first, then \`set\`, then \`add\`.`;

const AUTH = `\`htpasswd -B -c /etc/backsoon/users anna\` makes a file with a bcrypt hash (cost 4 to 14),
\`htdigest\` one for digests (MD5). A hash of argon2 needs Node 24.7 or newer on the server. Give the
file to the account of the agent, with mode 0600. While it cannot be read, nobody is let in: the
answer is 500, and the agent's log says why.

Ten wrong passwords of one client (one address, or a network of IPv6 as providers hand them out)
within a minute are answered with 429 until it is over, in each worker; who is logged in already is
not affected. A password that was right is remembered, as a digest in memory, until its hash
changes. An exception for an office is a condition on the rule:

\`\`\`json
[
  {
    "when": { "not": { "from": "10.0.0.0/8" } },
    "auth": { "type": "basic", "realm": "Staff", "file": "/etc/backsoon/users" },
    "requestHeaders": { "set": { "X-Remote-User": "\${user}" } }
  },
  { "when": { "not": { "tls": true } }, "handler": { "type": "redirect", "to": "https://\${host}\${path}" } },
  { "handler": { "type": "file", "root": "/srv/staff" } }
]
\`\`\`

The user is in the access log. A copycat has rules of its own, so that nobody needs a password to see
its page; and preflights, which browsers send without one, get 401 as everything else.`;

const COMPRESSION = `Files are compressed without this setting, from compressed files beside them or from memory. It is for
the answers of applications, and for larger files. An answer stays as it is if it has a
\`Content-Encoding\`, is a part (\`206\`) or an event stream, says \`no-transform\`, or sets a cookie: from
the length of an answer that has a secret and something that a visitor has sent, others can guess
the secret (BREACH), and pages that log somebody in are such. Leave the setting off for other pages
that have both. A strong \`ETag\` becomes a weak one, \`Vary\` is extended. What an application writes
goes out within 30 ms. 256 answers are compressed at a time, in each worker; others go out as they
are.`;

export const RULE_SECTIONS = [
  `## Rule\n\n${RULES}\n\n${fieldTable(Rule)}`,
  `### Header operations\n\n${HEADERS}\n\n${fieldTable(HeaderOperations)}`,
  `### Authentication\n\n${AUTH}\n\n${fieldTable(Auth)}`,
  `### Rate limit\n\n${fieldTable(RateLimit)}`,
  `### Compression\n\n${COMPRESSION}\n\n${fieldTable(Compression)}`,
].join("\n\n");
