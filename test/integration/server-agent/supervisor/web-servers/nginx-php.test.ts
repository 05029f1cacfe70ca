/** PHP behind nginx: what runs when its site is closed ends as it began. */
import { existsSync, rmSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { agentBeside, prepared, visitorOf } from "../../../../../tools/driving/web-servers/beside.ts";
import { HAS_NGINX, nginxFolder, startNginx } from "../../../../../tools/driving/web-servers/nginx.ts";
import { PHP_FPM, startPhpFpm } from "../../../../support/web-servers/php-fpm.ts";

const SITES = {
  "sites-enabled/shop": `server {
    listen 127.0.0.1:@PORT1@;
    server_name shop.example;
    root @RUN@/www;
    error_page 404 /missing.php;
    location / { try_files $uri /index.php$is_args$args; }
    location /protected/ { internal; alias @RUN@/www/files/; }
    location ~ \\.php$ {
        fastcgi_pass unix:@RUN@/php.sock;
        fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
        fastcgi_param QUERY_STRING $query_string;
        fastcgi_param REQUEST_METHOD $request_method;
        fastcgi_param REQUEST_URI $request_uri;
        fastcgi_intercept_errors on;
    }
}
`,
};

/** Begins, says so by a file, and goes on when the test allows it. */
const SCRIPT = `<?php
if (!isset($_GET['id'])) { exit; }
file_put_contents(__DIR__ . '/begun/' . $_GET['id'], '');
while (!file_exists(__DIR__ . '/go')) { usleep(20000); clearstatcache(); }
switch ($_GET['how']) {
  case 'accel': header('X-Accel-Redirect: /protected/report.txt'); break;
  case 'missing': http_response_code(404); break;
  default: echo 'an order of ' . $_GET['id'];
}
`;

describe.skipIf(!HAS_NGINX || PHP_FPM === undefined)("a site of nginx and PHP that is closed", () => {
  it("ends what runs: an answer, a file by X-Accel-Redirect, an error page by PHP", async () => {
    await using folder = await nginxFolder(SITES);
    const www = join(folder.run, "www");
    await mkdir(join(www, "files"), { recursive: true });
    await mkdir(join(www, "begun"));
    await chmod(join(www, "begun"), 0o777);
    await writeFile(join(www, "index.php"), SCRIPT);
    await writeFile(join(www, "missing.php"), "<?php echo 'nothing here, says PHP';");
    await writeFile(join(www, "files/report.txt"), "the report");
    await chmod(folder.run, 0o755);
    await using php = await startPhpFpm(folder.run);
    await using nginx = await startNginx(folder);
    expect(php.socket).toBe(folder.filled("@RUN@/php.sock"));
    await using agent = await agentBeside();
    await prepared(agent, folder);
    const visit = visitorOf(folder);

    // Two at a time, and one that must not reach PHP.
    for (const [first, second] of [["plain", "accel"] as const, ["missing", "plain"] as const]) {
      rmSync(join(www, "go"), { force: true });
      const running = [first, second].map((how) => visit({ path: `/?how=${how}&id=${how}${first}` }));
      await expect
        .poll(() => [first, second].every((how) => existsSync(join(www, "begun", `${how}${first}`))), {
          timeout: 10_000,
        })
        .toBe(true);
      const { id } = await agent.call("startMaintenance", { body: { site: "shop.example" } });
      expect((await visit({ path: "/?how=plain&id=late" })).status).toBe(503);
      await writeFile(join(www, "go"), "");
      const answers = await Promise.all(running);
      for (const [index, how] of [first, second].entries())
        expect(answers[index], how).toMatchObject(
          {
            plain: { status: 200, body: `an order of plain${first}` },
            accel: { status: 200, body: "the report" },
            missing: { status: 404, body: "nothing here, says PHP" },
          }[how],
        );
      expect(existsSync(join(www, "begun/late")), "PHP was not asked while the site was closed").toBe(false);
      await agent.call("revertMaintenance", { params: { id }, body: {} });
    }
    expect(await nginx.log()).not.toMatch(/\[(crit|alert|emerg)\]/);
  });
});
