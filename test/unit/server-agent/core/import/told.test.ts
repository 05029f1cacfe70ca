/** What is lost on the way is told, whichever server it comes from. */
import { expect, it } from "vitest";
import type { ImportFormat } from "../../../../../server-agent/contract/importing/import.ts";
import { importConfig } from "../../../../../server-agent/core/import/import-config.ts";
import { said } from "../../../../support/import/cherokee.ts";
import { machineWith } from "../../../../support/import/surroundings.ts";

const USERS = { "/users": "ann:$2y$10$x\nold:rqXexS6ZhobKA\n" };

function madeOf(format: ImportFormat, text: string) {
  const made = importConfig(format, "/etc/conf", text, machineWith(USERS));
  if (!made.ok) throw new Error(made.message);
  return { rules: made.config.virtualHosts[0]?.rules ?? [], report: made.report };
}

function apacheSite(...lines: string[]): string {
  const site = ["<VirtualHost *:80>", "ServerName a.example", "DocumentRoot /srv", ...lines, "</VirtualHost>"];
  return ["LoadModule rewrite_module x.so", "Listen 127.0.0.1:80", ...site].join("\n");
}

function nginxSite(...lines: string[]): string {
  return ["server {", "server_name a.example;", "root /srv;", ...lines, "}"].join("\n");
}

it.each<[ImportFormat, string]>([
  ["nginx", nginxSite("index index.html /all.php sub/x.html;")],
  ["apache", apacheSite("DirectoryIndex index.html /all.php sub/x.html")],
])("an index of %s that folders share is led to, and one in a folder is told", (format, text) => {
  const { rules, report } = madeOf(format, text);
  expect(rules.flatMap(({ handler }) => (handler?.type === "rewrite" ? [handler.to] : []))).toEqual([
    "${path}index.html",
    "/all.php",
  ]);
  expect(said(report, "sub/x.html")).toEqual({ outcome: "changed", notes: "`index` without sub/x.html" });
});

it.each<[ImportFormat, string]>([
  ["nginx", nginxSite("location / { auth_basic S;", "auth_basic_user_file /users; }")],
  [
    "apache",
    apacheSite(
      "<Location />",
      "AuthType Basic",
      "AuthName S",
      "AuthUserFile /users",
      "Require valid-user",
      "</Location>",
    ),
  ],
])("users of %s who cannot log in are named", (format, text) => {
  expect(said(madeOf(format, text).report, "/users")).toEqual({
    outcome: "changed",
    notes: "`old` cannot log in: set these passwords anew with `htpasswd -B`",
  });
});
