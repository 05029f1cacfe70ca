import { describe, expect, it } from "vitest";
import { readMasterTitle } from "../../../../../server-agent/adapters/nginx/title.ts";

describe("the title of a main process of nginx", () => {
  it.each([
    ["nginx: master process nginx", "nginx", []],
    ["nginx: master process /usr/sbin/nginx\0\0\0", "/usr/sbin/nginx", []],
    ["nginx: master process nginx -g daemon off;", "nginx", ["-g", "daemon off;"]],
    [
      "nginx: master process /usr/sbin/nginx -g daemon on; master_process on;\0",
      "/usr/sbin/nginx",
      ["-g", "daemon on; master_process on;"],
    ],
    [
      "nginx: master process nginx -p /srv/my site/ -c conf/nginx.conf -e stderr -q -g pid /run/x.pid;",
      "nginx",
      ["-p", "/srv/my site/", "-c", "conf/nginx.conf", "-e", "stderr", "-g", "pid /run/x.pid;"],
    ],
    ["nginx: master process nginx -c/etc/other.conf", "nginx", ["-c", "/etc/other.conf"]],
    ["openresty: master process /usr/bin/openresty -c /x", "/usr/bin/openresty", ["-c", "/x"]],
  ])("%j", (cmdline, program, args) => {
    expect(readMasterTitle(cmdline)).toEqual({ program, args });
  });

  it.each([
    "nginx: worker process",
    "nginx: cache manager process",
    "nginx\0-g\0daemon off;\0",
    "vim nginx: master process x",
  ])("is not that of %j", (cmdline) => {
    expect(readMasterTitle(cmdline)).toBeUndefined();
  });
});
