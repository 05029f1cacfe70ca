/**
 * What uninstalling would run: only on names that an installation makes, never on what else is
 * there.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InstalledAt, ServerFacts, UninstallChoice } from "../../../../main/contract/install.ts";
import type { Installation } from "../../../../main/install/install-plan.ts";
import { type Where, ownFolderOf, placesOf } from "../../../../main/install/places.ts";
import { planUninstall } from "../../../../main/install/uninstall-plan.ts";
import { STORED_KINDS } from "../../../../server-agent/store/stored-kinds.ts";

function facts(installed: InstalledAt[], changes: Partial<ServerFacts> = {}): ServerFacts {
  return {
    address: "deploy@web-01",
    system: "Linux x86_64",
    isRoot: false,
    sudo: "password",
    node: "24.1.0",
    systemd: { system: true, user: true },
    home: "/home/deploy",
    agents: [],
    installed,
    webServers: [],
    takenPorts: [],
    ...changes,
  };
}
function installedAt(home: string, place: Where): InstalledAt {
  return { ...place, role: "serves", socketPath: placesOf({ home }, place).socket };
}

function planned(choice: UninstallChoice, changes: Partial<ServerFacts> = {}): Installation {
  const { forget: _forget, ...place } = choice;
  const result = planUninstall(facts([installedAt(changes.home ?? "/home/deploy", place)], changes), choice);
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

function scriptsOf({ actions }: Installation): string[] {
  return actions.flatMap((action) => (action.kind === "script" ? [action.script] : []));
}

/** The words of a line of shell without its quotes: 'a b'/c* is one. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|\\'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replaceAll("'\\''", "\u0000").replaceAll("'", "").replaceAll("\u0000", "'"),
  );
}

/** Everything that is given to `rm` or `rmdir`, also by way of `$file`. */
function removedBy(script: string): { files: string[]; folders: string[] } {
  const files: string[] = [];
  const folders: string[] = [];
  for (const line of script.replaceAll("\\\n", " ").split("\n")) {
    for (const [command] of line.matchAll(/\b(?:rm|rmdir)\b(?:[^;|&'"\\]|\\'|'[^']*'|"[^"]*")*/g)) {
      const [name, ...words] = wordsOf(command.replace(/ 2>.*$/, ""));
      if (name === "rmdir") folders.push(...words);
      else {
        // No folder, and nothing that is asked for.
        expect(words[0]).toBe("-f");
        files.push(...words.slice(1).filter((word) => word !== '"$file"'));
      }
    }
  }
  const [, list = ""] = /^for file in ([\s\S]*?)\ndo /m.exec(script.replaceAll("\\\n", " ")) ?? [];
  return { files: [...files, ...wordsOf(list)], folders };
}

/** Folders of own pages, which are five deep at most. */
const OWN_PAGES = ["[0-9a-f]*", ".tmp-[A-Za-z0-9]*"].flatMap((page) =>
  Array.from({ length: 5 }, (_, depth) => `${page}${"/*".repeat(depth)}`),
);
const GENERATION = `/var/lib/backsoon-web/gen/${"[0-9]".repeat(6)}*`;
const WEB_FOLDERS = [
  "/var/lib/backsoon-web",
  "/var/lib/backsoon-web/gen",
  GENERATION,
  `${GENERATION}/closed`,
  `${GENERATION}/pages`,
];

/** An installation's own names, written down once more. */
const NAMES: Record<Where["service"], (base: string) => { program: string[]; kept: string[]; folders: string[] }> = {
  system: () => ({
    program: [
      "/usr/local/bin/backsoon-agent",
      "/etc/systemd/system/backsoon-agent.service",
      "/run/backsoon/agent.sock",
      "/opt/backsoon/",
      "/var/lib/backsoon-web/",
    ],
    kept: ["/etc/backsoon/config.json", "/var/lib/backsoon/"],
    folders: ["/opt/backsoon", "/etc/backsoon", "/var/lib/backsoon", ...WEB_FOLDERS],
  }),
  user: (home) => ({
    program: [
      `${home}/.local/bin/backsoon-agent`,
      `${home}/.config/systemd/user/backsoon-agent.service`,
      `${home}/.local/state/backsoon/agent.sock`,
      `${home}/.local/share/backsoon/`,
    ],
    kept: [`${home}/.config/backsoon/config.json`, `${home}/.local/state/backsoon/state/`],
    folders: [
      `${home}/.local/share/backsoon`,
      `${home}/.config/backsoon`,
      `${home}/.local/state/backsoon`,
      `${home}/.local/state/backsoon/state`,
    ],
  }),
  process: (own) => ({
    program: [`${own}/backsoon-agent`, `${own}/agent.sock`, `${own}/lib/`],
    kept: [`${own}/config.json`, `${own}/state/`],
    folders: [own, `${own}/lib`, `${own}/state`],
  }),
};
const IN_LIB = /^(?:current(?:\.before)?|agent-\[0-9\]\*-(?:\[0-9a-f\]){8}(?:\.mjs)?(?:\.new)?)$/;
const SIX = String.raw`(?:\[0-9\]){6}`;
const TIMED = `(?:\\[0-9\\]){8}-${SIX}-(?:\\[0-9a-f\\]){6}`;
const IN_STATE = new RegExp(
  `^(?:agent\\.(?:pid|log)|lock|\\.lock-\\[0-9\\]\\*|lock\\.stale-\\[0-9\\]\\*|generations/${SIX}\\.json(?:\\.corrupt)?|(?:receipts|stages|windows|passes)/${TIMED}\\.json(?:\\.corrupt)?|reminders/${TIMED}-\\[0-9a-z\\]\\*\\.json(?:\\.corrupt)?|traffic/hours\\.json(?:\\.corrupt)?|tickets/current\\.json(?:\\.corrupt)?|(?:channels|accounts|certificates)/(?:\\.tmp-\\[0-9\\]\\*-\\[0-9\\]\\*-)?\\[A-Za-z0-9\\]\\*\\.json(?:\\.corrupt)?|certificates/(?:\\.tmp-\\[0-9\\]\\*-\\[0-9\\]\\*-)?\\[A-Za-z0-9\\]\\*\\.pem|traffic/\\.tmp-\\[0-9\\]\\*-\\[0-9\\]\\*-hours\\.json|tickets/\\.tmp-\\[0-9\\]\\*-\\[0-9\\]\\*-current\\.json|(?:generations|receipts|stages|windows|passes|reminders)/\\.tmp-\\[0-9\\]\\*-\\[0-9\\]\\*-\\[0-9\\]\\*\\.json)$`,
);

const IN_WEB = new RegExp(
  `^(?:now|\\.now-\\[0-9\\]\\*|\\[a-z\\]\\*\\.sock|\\.\\[0-9a-z\\]\\*\\.sock|gen/${SIX}\\*/(?:closed/\\[A-Za-z0-9\\]\\*|pages/\\[A-Za-z0-9\\]\\*\\.html))$`,
);

/** A file of an own page, below a folder that is named by a hash, or was half written. */
const IN_OWN_PAGE = /^own-pages\/(?:\[0-9a-f\]\*|\.tmp-\[A-Za-z0-9\]\*)(?:\/\*){1,5}$/;

function isNamed(file: string, names: readonly string[]): boolean {
  return names.some((name) => {
    if (!name.endsWith("/")) return [name, `${name}.new`, `${name}.first`].includes(file);
    const inIt = name.includes("-web/")
      ? IN_WEB
      : name.endsWith("state/") || name === "/var/lib/backsoon/"
        ? IN_STATE
        : IN_LIB;
    const rest = file.startsWith(name) ? file.slice(name.length) : "";
    return rest !== "" && (inIt.test(rest) || (inIt === IN_STATE && IN_OWN_PAGE.test(rest)));
  });
}

const segment = fc.stringMatching(/^[\w+-][\w.+-]{0,8}$/);
const place: fc.Arbitrary<Where> = fc.oneof(
  fc.constantFrom<Where>({ service: "system" }, { service: "user" }, { service: "process" }),
  fc
    .array(segment, { minLength: 1, maxLength: 4 })
    .map((names): Where => ({ service: "process", folder: `/${names.join("/")}` })),
);

describe("uninstalling", () => {
  it("removes names of the installation only, never a folder with something in it, and without “forget” nothing that is kept", () => {
    const home = fc
      .array(fc.stringMatching(/^[\w .'+-]{1,8}$/), { minLength: 1, maxLength: 3 })
      .map((names) => `/${names.join("/")}`);
    fc.assert(
      fc.property(place, home, fc.boolean(), fc.boolean(), (at, account, forget, isRoot) => {
        const names = NAMES[at.service](at.service === "user" ? account : (at.folder ?? `${account}/backsoon`));
        for (const script of scriptsOf(planned({ ...at, forget }, { home: account, isRoot }))) {
          expect(script.replaceAll(/'[^']*'|\\'|"[^"]*"|>\/dev\/null/g, "word")).not.toMatch(
            /\bfind\b|\bunlink\b|rm -\w*r|\bmv\b|>>? *[\w/]/,
          );
          const { files, folders } = removedBy(script);
          const pidFile = `${placesOf({ home: account }, at).state}/agent.pid`;
          for (const file of files)
            expect(isNamed(file, [...names.program, ...(forget ? names.kept : [])]) || file === pidFile, file).toBe(
              true,
            );
          for (const folder of folders)
            expect([
              ...names.folders,
              ...(forget
                ? names.folders.flatMap((each) => [
                    ...Object.keys(STORED_KINDS).map((name) => `${each}/${name}`),
                    `${each}/own-pages`,
                    ...OWN_PAGES.map((pattern) => `${each}/own-pages/${pattern}`),
                  ])
                : []),
            ]).toContain(folder);
          expect(folders).not.toContain(account);
        }
      }),
    );
  });

  it("finds what it should in these scripts", () => {
    const [check = "", stop = "", forget = "", program = ""] = scriptsOf(planned({ service: "process", forget: true }));
    expect([removedBy(check), removedBy(stop)]).toEqual([
      { files: [], folders: [] },
      { files: [], folders: [] },
    ]);
    expect(removedBy(forget).files).toContain(
      "/home/deploy/backsoon/state/generations/[0-9][0-9][0-9][0-9][0-9][0-9].json",
    );
    expect(removedBy(forget).folders).toContain("/home/deploy/backsoon/state/receipts");
    expect(removedBy(program).files).toContain("/home/deploy/backsoon/lib/current");
    expect(removedBy(program).files.at(-1)).toBe("/home/deploy/backsoon/lib/current.before");
    expect(removedBy(program).folders).toEqual(["/home/deploy/backsoon/lib", "/home/deploy/backsoon"]);
  });

  it("takes the mark of the installation away last, so that it can be run again, and then asks whether anybody answers", () => {
    for (const service of ["system", "user", "process"] as const)
      for (const forget of [false, true]) {
        const scripts = scriptsOf(planned({ service, forget }));
        expect(scripts.at(-1)).toMatch(/^set -eu\nif \[ -S '[^']*\/agent\.sock' \]; then .* exit 1; fi$/);
        const removing = scripts.slice(0, -1).join("\n");
        const after = removing.slice(removing.search(/^rm -f '[^']*\/current'$/m)).split("\n");
        expect(after.length).toBeGreaterThan(1);
        expect(after.slice(1).every((line) => line.startsWith("rmdir "))).toBe(true);
      }
  });

  it("stops nothing as long as a web server asks the agent", () => {
    for (const forget of [false, true]) {
      const [, check = "", stop = ""] = scriptsOf(planned({ service: "system", forget }));
      expect(check).toContain('*\'"state":"ready"\'*|*\'"state":"lost"\'*');
      expect(check).toContain("grep -rlsF '/var/lib/backsoon-web' /etc/nginx ");
      expect(check).toMatch(/unprepare nginx.* >&2; exit 1\nfi$/);
      expect(stop).toContain("systemctl disable --now");
    }
    for (const service of ["user", "process"] as const)
      expect(scriptsOf(planned({ service, forget: true })).join("\n")).not.toContain("backsoon-web");
  });

  it("never takes the home folder away, even if everything was put there", () => {
    for (const folder of ["/home/deploy", "/home/deploy/"])
      expect(scriptsOf(planned({ service: "process", folder, forget: true })).join("\n")).not.toMatch(
        /rmdir '\/home\/deploy\/?'/,
      );
  });

  it("runs as root where the service is the machine's, and nowhere else", () => {
    const asRoot = (choice: UninstallChoice, isRoot: boolean) => planned(choice, { isRoot }).asRoot;
    expect(asRoot({ service: "system", forget: false }, false)).toBe(true);
    expect(asRoot({ service: "system", forget: false }, true)).toBe(false);
    expect(asRoot({ service: "user", forget: false }, false)).toBe(false);
  });

  it.each([
    [
      "was not installed by this app",
      { service: "user" },
      { installed: [] },
      /has not installed.*\.local\/share\/backsoon\/current/,
    ],
    [
      "is at another place",
      { service: "process", folder: "/srv/agent" },
      { installed: [installedAt("/home/deploy", { service: "process" })] },
      /\/srv\/agent\/lib\/current/,
    ],
    [
      "needs root, which is not to be had",
      { service: "system" },
      { installed: [installedAt("", { service: "system" })], sudo: "none" },
      /may not become root/,
    ],
    [
      "needs a systemd that does not answer",
      { service: "user" },
      { installed: [installedAt("/home/deploy", { service: "user" })], systemd: { system: true, user: false } },
      /does not answer/,
    ],
  ] as const)("is refused where it %s", (_name, at, changes, words) => {
    const refused = planUninstall(
      { ...facts([]), ...changes, installed: [...changes.installed] },
      { ...at, forget: false },
    );
    expect(refused).toMatchObject({
      ok: false,
      failure: { code: "uninstall.refused", message: expect.stringMatching(words) as string },
    });
  });
});

describe("the folder of a process", () => {
  it.each([
    ["/srv/backsoon/agent.sock", "/srv/backsoon"],
    ["/srv/backsoon/other.sock", undefined],
    ["/srv/back soon/agent.sock", "/srv/back soon"],
    ["/srv/$(id)/agent.sock", "/srv/$(id)"],
    ["/srv/back\nsoon/agent.sock", undefined],
    ["/agent.sock", undefined],
  ])("whose socket is %s is %s", (socket, folder) => {
    expect(ownFolderOf(socket)).toBe(folder);
  });
});
