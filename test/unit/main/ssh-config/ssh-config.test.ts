import type { Result } from "../../../../main/contract/failures.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ConfigSources, loadConfig } from "../../../../main/ssh-config/ssh-config-tree.ts";
import type { Target } from "../../../../main/ssh-config/ssh-config-evaluate.ts";
import type { ConfigFile, ConfigProblem } from "../../../../main/ssh-config/ssh-config-lines.ts";
import type { LocalAccount } from "../../../../main/ssh-config/ssh-config-tokens.ts";
import { listHosts, resolveHost, resolveRoute } from "../../../../main/ssh-config/ssh-config.ts";
import { repetitions } from "../../../support/repetitions.ts";

const account: LocalAccount = {
  user: "me",
  home: "/home/me",
  env: { SSH_AUTH_SOCK: "/run/agent", KEYS: "/keys" },
  uid: 1000,
  machine: "desk.lan",
};

/** Files of `~/.ssh` by name. Patterns match by their beginning up to the star. */
function sourcesOf(files: Record<string, string>): ConfigSources {
  return {
    read: (path) => {
      const name = path.replace("/home/me/.ssh/", "");
      const text = Object.hasOwn(files, name) ? files[name] : undefined;
      return Promise.resolve(text === undefined ? { kind: "missing" } : { kind: "text", text });
    },
    matching: (pattern) => {
      const [start = "", end] = pattern.split("*");
      const paths = Object.keys(files).map((name) => `/home/me/.ssh/${name}`);
      return Promise.resolve(end === undefined ? [pattern] : paths.filter((path) => path.startsWith(start)).sort());
    },
  };
}
function load(files: Record<string, string>): Promise<Result<ConfigFile[], ConfigProblem>> {
  return loadConfig([{ path: "/home/me/.ssh/config", base: "/home/me/.ssh" }], sourcesOf(files), account);
}
async function loaded(config: string, more: Record<string, string> = {}): Promise<ConfigFile[]> {
  const files = await load({ config, ...more });
  if (!files.ok) throw new Error(files.failure.message);
  return files.value;
}
async function resolved(config: string, target: Target | string, more: Record<string, string> = {}) {
  const answer = resolveHost(
    await loaded(config, more),
    typeof target === "string" ? { alias: target } : target,
    account,
  );
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
}

describe("a host of the ssh configuration", () => {
  it("is its own name without a configuration", async () => {
    const files = await loadConfig([{ path: "/home/me/.ssh/config", base: "/home/me/.ssh" }], sourcesOf({}), account);
    expect(files).toEqual({ ok: true, value: [] });
    expect(resolveHost([], { alias: "Web.Example" }, account)).toEqual({
      ok: true,
      value: {
        alias: "Web.Example",
        hostName: "web.example",
        port: 22,
        user: "me",
        identityFiles: ["/home/me/.ssh/id_rsa", "/home/me/.ssh/id_ecdsa", "/home/me/.ssh/id_ed25519"],
        identityFilesAreDefault: true,
        certificateFiles: [],
        identitiesOnly: false,
        identityAgent: "/run/agent",
        proxyJump: [],
        userKnownHostsFiles: ["/home/me/.ssh/known_hosts", "/home/me/.ssh/known_hosts2"],
        globalKnownHostsFiles: ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"],
        way: {},
        warnings: [],
      },
    });
  });

  it("has the first value of each setting and all identity files", async () => {
    const host = await resolved(
      [
        "Host web",
        " HostName web.lan",
        " IdentityFile ~/a",
        "Host *",
        " HostName other",
        " User deploy",
        " IdentityFile %d/b-%r",
        " IdentityFile ~/a",
        "",
      ].join("\n"),
      "web",
    );
    expect(host).toMatchObject({
      hostName: "web.lan",
      user: "deploy",
      identityFiles: ["/home/me/a", "/home/me/b-deploy"],
      identityFilesAreDefault: false,
    });
  });

  it("is what the person says first, and the configuration second", async () => {
    const config = "Host web\n User deploy\n Port 2222\n ProxyJump gate\nMatch user root\n HostName for-root\n";
    expect(await resolved(config, { alias: "web", user: "root", port: 22, jumps: [] })).toMatchObject({
      user: "root",
      port: 22,
      hostName: "for-root",
      proxyJump: [],
    });
    expect(await resolved(config, { alias: "web", jumps: [{ host: "other" }] })).toMatchObject({
      proxyJump: [{ host: "other" }],
      hostName: "web",
    });
  });

  it("does not take an agent in place of one that cannot be found", async () => {
    expect((await resolved("IdentityAgent $SSH_AUTH_SOCK\n", "web")).identityAgent).toBe("/run/agent");
    expect((await resolved("IdentityAgent $OTHER\n", "web")).identityAgent).toBeUndefined();
    const host = await resolved("IdentityAgent ${OTHER}/agent\n", "web");
    expect(host.identityAgent).toBe("none");
    expect(host.warnings).toEqual([
      "IdentityAgent “${OTHER}/agent” is left out: the environment has no variable OTHER (/home/me/.ssh/config line 1).",
    ]);
  });

  it("keeps its other keys when one cannot be understood", async () => {
    const host = await resolved("IdentityFile ~other/id\nIdentityFile %C\nIdentityFile ${KEYS}/a\n", "web");
    expect(host.identityFiles).toEqual(["/keys/a"]);
    expect(host.warnings).toEqual([
      "IdentityFile “~other/id” is left out: the home folder of another user (“~other”) is not understood; write the whole path (/home/me/.ssh/config line 1).",
      "IdentityFile “%C” is left out: “%C” is not understood here (/home/me/.ssh/config line 2).",
    ]);
  });

  it.each([
    [
      "PKCS11Provider /lib/x.so",
      /^PKCS11Provider is not supported; load the key into an SSH agent \(.*config line 1\)\.$/,
    ],
    ["SmartcardDevice /lib/x.so", /^PKCS11Provider is not supported/],
    ["StrictHostKeyChecking no", /^StrictHostKeyChecking is not followed; an unknown host key is always shown to you/],
    ["PasswordAuthentication no", /^PasswordAuthentication is not followed/],
    ["CanonicalizeHostname always", /^CanonicalizeHostname is not supported; write the full name in HostName/],
    ["Moonlight yes", /^“moonlight” is not a setting that this app knows/],
    ['Match exec "true"', /^“Match exec” is not evaluated \(.*config line 1\)/],
    ["Match user me exec true", /^“Match exec” is not evaluated/],
  ])("warns of “%s”", async (line, warning) => {
    expect((await resolved(`${line}\n`, "web")).warnings).toEqual([expect.stringMatching(warning)]);
  });

  it.each([
    "PasswordAuthentication yes",
    "StrictHostKeyChecking ask",
    "CertificateFile none",
    "ServerAliveInterval 10",
    "GSSAPIAuthentication yes",
    "SendEnv LANG LC_*",
    "UseKeychain yes",
    "IgnoreUnknown moon*,x\nMoonlight yes",
    "Host other\n PKCS11Provider /lib/x.so",
    "Match user other exec true\n Port 4",
    "ProxyCommand none",
  ])("does not warn of “%s”", async (lines) => {
    expect((await resolved(`${lines}\n`, "web")).warnings).toEqual([]);
  });

  it("is not stopped by a mistake among the lines of another host", async () => {
    const config = "Host other\n Port x\n User\nHost web\n Port 4\n";
    expect(await resolved(config, "web")).toMatchObject({ port: 4 });
    expect(resolveHost(await loaded(config), { alias: "other" }, account)).toEqual({
      ok: false,
      failure: { file: "/home/me/.ssh/config", line: 3, message: "/home/me/.ssh/config line 3: “user” needs a value" },
    });
  });
});

describe("the way to a host", () => {
  const route = async (config: string, target: Target | string) => {
    const answer = resolveRoute(await loaded(config), typeof target === "string" ? { alias: target } : target, account);
    return answer.ok
      ? answer.value.map(({ user, hostName, port }) => `${user}@${hostName}:${port}`)
      : answer.failure.message;
  };

  it("goes through each jump host, each with its own settings", async () => {
    const config =
      "Host web\n ProxyJump root@gate:2222,inner\nHost inner\n HostName 10.0.0.2\n User deploy\nHost gate\n HostName gate.example\n User nobody\n";
    expect(await route(config, "web")).toEqual(["root@gate.example:2222", "deploy@10.0.0.2:22", "me@web:22"]);
  });

  it("goes through what the first jump host needs, and not through what the others would", async () => {
    const config = "Host web\n ProxyJump a,b\nHost a\n ProxyJump first\nHost b\n ProxyJump never\n";
    expect(await route(config, "web")).toEqual(["me@first:22", "me@a:22", "me@b:22", "me@web:22"]);
  });

  it("may be written as the older ProxyCommand", async () => {
    expect(await route("Host web\n ProxyCommand ssh -q -W %h:%p -p 2222 deploy@gate-%n\n", "web")).toEqual([
      "deploy@gate-web:2222",
      "me@web:22",
    ]);
  });

  it("through itself is an error that names the line and the way out", async () => {
    expect(await route("Host *\n ProxyJump gate\n", "web")).toBe(
      "/home/me/.ssh/config line 2: the jump hosts lead in a circle at “gate”; give it “ProxyJump none”",
    );
    expect(await route("Host web\n ProxyJump gate\nHost gate\n ProxyJump c,gate\n", "web")).toContain(
      "line 4: the jump hosts lead in a circle at “gate”",
    );
    expect(await route("Host a\n ProxyJump b\nHost b\n ProxyJump a\n", "a")).toContain("circle");
    expect(await route("Host *\n ProxyJump gate\n", { alias: "web", jumps: [] })).toEqual(["me@web:22"]);
  });

  it("does not grow without end", async () => {
    expect(await route("Host *\n ProxyJump %h1\n", "a")).toContain("more than 16 jump hosts");
  });
});

describe("the way to the first host", () => {
  it("is TCP, or the command with its tokens, from where and how the lines say", async () => {
    const way = async (config: string, target: Target | string = "web") => (await resolved(config, target)).way;
    const command = "ProxyCommand nc -X 5 '%h' %p # %r%%%n\n";
    expect(await way(command)).toEqual({ proxyCommand: "nc -X 5 'web' 22 # me%web" });
    expect(await way(command, { alias: "web", jumps: [] })).toEqual({});
    expect(await way(`ProxyCommand none\n${command}`)).toEqual({});
    expect(await way(`ProxyJump gate\n${command}`)).toEqual({});
    expect(await way("ProxyCommand ssh -W %h:%p gate\n")).toEqual({});
    expect(await way("ProxyCommand ssh -i ~/key -W %h:%p gate\n")).toEqual({
      proxyCommand: "ssh -i ~/key -W web:22 gate",
    });
    expect(await way("AddressFamily inet6\nBindAddress ::1\n")).toEqual({ family: 6, localAddress: "::1" });
    expect(await way("AddressFamily any\nBindInterface none\n")).toEqual({});
    expect(await way("ProxyJump gate\nBindInterface eth0\n")).toEqual({});
  });

  it.each([
    ["BindInterface eth0", /BindInterface is not supported/],
    ["BindAddress gate.lan", /BindAddress has to be an IP address/],
    ["AddressFamily ipv4", /AddressFamily is “any”/],
    ["RefuseConnection gone", /RefuseConnection says “gone”/],
    ["CanonicalizeHostname yes\nCanonicalDomains lan", /CanonicalizeHostname would look for “web” in other domains/],
    ["ProxyCommand nc %h %p\nProxyUseFdpass yes", /ProxyUseFdpass is not supported/],
    ["ProxyCommand nc %h %x", /ProxyCommand: “%x” is not understood/],
    ["ProxyCommand nc %r %h\nUser $(id)", /“\$\(id\)” has characters that mean something to the shell/],
    ['Match exec "true"\nProxyCommand nc %h %p', /whether “proxycommand” counts depends on “Match exec”/],
    ['Match exec "true"\nInclude other', /other line 1: whether “hostname” counts depends on “Match exec”/],
  ])("is refused with file and line where it cannot be followed: %s", async (lines, message) => {
    const answer = resolveHost(await loaded(`${lines}\n`, { other: "HostName x\n" }), { alias: "web" }, account);
    expect(answer).toMatchObject({ ok: false, failure: { message: expect.stringMatching(message) as string } });
    if (!answer.ok) expect(answer.failure.message).toMatch(/ line \d+: /);
  });

  it.each([
    'Match exec "true"\nIdentityAgent ~/1p.sock',
    'Port 22\nMatch exec "true"\nPort 23',
    'Match exec "true"\nHost other\nPort 23',
    'Host other\nMatch host nobody exec "true"\nPort 23',
    "CanonicalizeHostname yes\nCanonicalDomains lan\nHostName web.lan.example",
  ])("does not depend on what is left out: %s", async (lines) => {
    expect((await resolved(`${lines}\n`, "web")).port).toBe(22);
  });

  it.each(["-oProxyCommand=x", "a;id", "a`id`", "a$x", "a b", 'a"', "a|b", "(a)"])(
    "has no name in a command that the shell would run: %s",
    async (alias) => {
      const answer = resolveHost(await loaded("ProxyCommand nc %n %p\n"), { alias }, account);
      expect(answer).toMatchObject({ ok: false });
    },
  );
});

describe("the hosts to choose from", () => {
  it("are the names without wildcards, with what they stand for", async () => {
    const config = [
      "Host web web2 *.lan !no",
      " User deploy",
      "Host lonely !lonely",
      "Match host matched",
      "Host -oProxyCommand=x",
      "Host work-*",
      " Include nested",
      "Host web",
      " HostName web.example",
      " Port 2222",
      "",
    ].join("\n");
    const files = await loaded(config, { nested: "Host work-a\n HostName 10.0.0.1\nHost elsewhere\n" });
    expect(listHosts(files, account)).toEqual({
      hosts: [
        { alias: "web", hostName: "web.example", user: "deploy", port: 2222, warnings: [] },
        { alias: "web2", hostName: "web2", user: "deploy", port: 22, warnings: [] },
        { alias: "work-a", hostName: "10.0.0.1", user: "me", port: 22, warnings: [] },
      ],
      problems: [],
    });
  });

  it("leave out those that cannot be resolved and say why, once", async () => {
    const files = await loaded("Host good\nHost bad worse\n Port 0\n");
    expect(listHosts(files, account)).toEqual({
      hosts: [{ alias: "good", hostName: "good", user: "me", port: 22, warnings: [] }],
      problems: [
        {
          file: "/home/me/.ssh/config",
          line: 3,
          message: "/home/me/.ssh/config line 3: Port is a number from 1 to 65535, not “0”",
        },
      ],
    });
  });
});

describe("a mistake for every host", () => {
  it("is said also when no host is named", async () => {
    const problem = {
      file: "/home/me/.ssh/config",
      line: 2,
      message: "/home/me/.ssh/config line 2: a quote is not closed",
    };
    expect(listHosts(await loaded('Host *\n User "\n'), account)).toEqual({ hosts: [], problems: [problem] });
    expect(listHosts(await loaded('Host *\n User "\nHost a b\n'), account)).toEqual({ hosts: [], problems: [problem] });
  });
});

describe("included files", () => {
  it("are read in order, each once, and do not end the block that includes them", async () => {
    const config = "Host web\n Include conf.d/*\n Port 3\nHost *\n Port 9\n";
    const more = { "conf.d/a": "Host other\n Port 1\n", "conf.d/b": "User of-b\n" };
    expect(await resolved(config, "web", more)).toMatchObject({ port: 3, user: "of-b" });
    expect(await resolved(config, "other", more)).toMatchObject({ port: 9, user: "me" });
  });

  it("may use the home folder and the environment", async () => {
    const files = await loaded("Include ${KEYS}/a ~/.ssh/b\n", { b: "Port 4\n", "/keys/a": "User root\n" });
    expect(resolveHost(files, { alias: "web" }, account)).toMatchObject({ ok: true, value: { port: 4, user: "root" } });
  });

  it("that include each other are an error that shows the circle", async () => {
    expect(await load({ config: "\nInclude a\n", a: "Include b\n", b: "# b\nInclude a\n" })).toEqual({
      ok: false,
      failure: {
        file: "/home/me/.ssh/b",
        line: 2,
        message:
          "/home/me/.ssh/b line 2: the file includes itself (/home/me/.ssh/config includes /home/me/.ssh/a includes /home/me/.ssh/b includes /home/me/.ssh/a)",
      },
    });
  });

  it("do not multiply without end", async () => {
    const files: Record<string, string> = { config: "Include f1 f1\n" };
    for (let level = 1; level < 15; level += 1) files[`f${level}`] = `Include f${level + 1} f${level + 1}\n`;
    files.f15 = "Port 4\n";
    const answer = await load(files);
    expect(!answer.ok && answer.failure.message).toContain("more than 1000 files are included");
  });
});

describe("any text as a configuration", () => {
  const piece = fc.constantFrom(
    ..."Host,Match,Include config,Include x,HostName,User,Port,IdentityFile,IdentityAgent,ProxyJump,ProxyCommand,UserKnownHostsFile,web,all,final,exec,host,!,*,?,%,%h,%n,${,${KEYS},$,~,~x,\",',\\,=,#, ,\t,\n,\r\n,\0,22,none,ssh,-W,[,],@,:,ssh://,é,\u{1f600},__proto__,constructor".split(
      ",",
    ),
    ",",
  );
  const garbage = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join("")),
  );

  it("gives hosts or a problem with file and line, and never fails", async () => {
    await fc.assert(
      fc.asyncProperty(
        garbage,
        garbage,
        fc.oneof(fc.constantFrom("web", "__proto__", ""), garbage),
        async (config, x, alias) => {
          const files = await load({ config, x });
          if (!files.ok) {
            expect(files.failure.message).toMatch(/^\/home\/me\/\.ssh\/(?:config|x) line \d+: /);
            return;
          }
          const answers = [resolveHost(files.value, { alias }, account), resolveRoute(files.value, { alias }, account)];
          for (const answer of answers)
            if (!answer.ok)
              expect(answer.failure.message).toContain(`${answer.failure.file} line ${answer.failure.line ?? 0}: `);
          for (const { message } of listHosts(files.value, account).problems)
            expect(message).toMatch(/^\/home\/me\/\.ssh\/(?:config|x) line \d+: /);
        },
      ),
      { numRuns: repetitions(500, 8_000) },
    );
  });

  it("gives messages without control characters", async () => {
    await fc.assert(
      fc.asyncProperty(garbage, async (config) => {
        const files = await load({ config });
        const answer = files.ok ? resolveHost(files.value, { alias: "web" }, account) : files;
        const texts = answer.ok ? answer.value.warnings : [answer.failure.message];
        for (const text of texts) expect(text).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: repetitions(250, 4_000) },
    );
  });
});
