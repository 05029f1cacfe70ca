import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { matchingFiles } from "../../../../main/ssh-config/matching-files.ts";
import { localAccount, readSshConfig, usualRoots } from "../../../../main/ssh-config/ssh-config-files.ts";
import { listHosts, resolveHost } from "../../../../main/ssh-config/ssh-config.ts";
import { repetitions } from "../../../support/repetitions.ts";

let home: string;
let config: string;
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "backsoon-config-"));
  fs.mkdirSync(path.join(home, ".ssh"));
  config = path.join(home, ".ssh", "config");
});
afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

function account() {
  return { ...localAccount(), home };
}
function read() {
  return readSshConfig(account(), usualRoots(home).slice(0, 1));
}
async function problem() {
  const files = await read();
  return files.ok ? undefined : files.failure.message;
}

describe("the ssh configuration on disk", () => {
  it("belongs to the person who runs the app", () => {
    const { user, home: ownHome, machine } = localAccount();
    expect({ user, home: ownHome, machine }).toEqual({
      user: os.userInfo().username,
      home: os.homedir(),
      machine: os.hostname(),
    });
  });

  it("is that of the person first, and that of the system second", async () => {
    fs.writeFileSync(config, "Host web\n Port 4\n");
    fs.mkdirSync(path.join(home, "etc"));
    const system = path.join(home, "etc", "ssh_config");
    fs.writeFileSync(path.join(home, "etc", "more"), "Host *\n User deploy\n");
    fs.writeFileSync(system, "Include more\nHost *\n Port 5\nHost gate\n");
    fs.chmodSync(system, 0o666);
    const files = await readSshConfig(account(), [
      ...usualRoots(home).slice(0, 1),
      { path: system, base: path.dirname(system), trusted: true },
    ]);
    if (!files.ok) throw new Error(files.failure.message);
    expect(resolveHost(files.value, { alias: "web" }, account())).toMatchObject({
      ok: true,
      value: { port: 4, user: "deploy" },
    });
    expect(listHosts(files.value, account()).hosts.map(({ alias }) => alias)).toEqual(["web", "gate"]);
  });

  it("may be missing, or begin as Windows likes it", async () => {
    expect(await read()).toEqual({ ok: true, value: [] });
    fs.writeFileSync(config, "\ufeffHost web\r\n\tHostName web.lan\r\n");
    const files = await read();
    expect(files.ok && listHosts(files.value, account()).hosts).toMatchObject([{ alias: "web", hostName: "web.lan" }]);
  });

  it("that is no text is not read", async () => {
    fs.writeFileSync(config, Buffer.from([72, 0, 1]));
    expect(await problem()).toBe(`${config}: it is not a text file`);
  });

  it("may include a folder by its pattern, in which nothing is read", async () => {
    fs.mkdirSync(path.join(home, ".ssh", "conf.d", "old"), { recursive: true });
    fs.writeFileSync(path.join(home, ".ssh", "conf.d", "web"), "Host web\n");
    fs.writeFileSync(config, "Include conf.d/*\n");
    const files = await read();
    expect(files.ok && listHosts(files.value, account()).hosts.map(({ alias }) => alias)).toEqual(["web"]);
  });

  it("that is a pipe does not make the app wait", async () => {
    expect(spawnSync("mkfifo", [config]).status).toBe(0);
    expect(await problem()).toBe(`${config}: it is not a file`);
  });

  it("that is far too large is not read", async () => {
    fs.writeFileSync(config, "");
    fs.truncateSync(config, 5 * 1_048_576);
    expect(await problem()).toBe(`${config}: it is larger than 4 MiB`);
  });

  it.each([
    [0o600, true],
    [0o644, true],
    [0o602, false],
    [0o666, false],
  ])("with the rights %o is trusted: %s", async (mode, trusted) => {
    fs.writeFileSync(config, "Port 4\n");
    fs.chmodSync(config, mode);
    expect(await problem()).toBe(
      trusted
        ? undefined
        : `${config}: other users may write it, and ssh refuses it as well; take that right away with “chmod go-w”`,
    );
  });

  it("may be writable by the user's own group, and by no other", async () => {
    fs.writeFileSync(config, "Port 4\n");
    fs.chmodSync(config, 0o664);
    const { gid } = fs.statSync(config);
    const as = (uid: number) => readSshConfig({ ...account(), uid }, usualRoots(home).slice(0, 1));
    const { uid } = os.userInfo();
    // Only a user whose group has another number can tell; root with its group 0 is the usual own
    // group.
    expect((await as(uid)).ok).toBe(gid === uid);
  });

  it("of another user is refused", async () => {
    fs.writeFileSync(config, "Port 4\n");
    const files = await readSshConfig({ ...account(), uid: os.userInfo().uid + 1 }, usualRoots(home).slice(0, 1));
    // What belongs to root is trusted by everyone.
    expect(files.ok).toBe(fs.statSync(config).uid === 0);
  });
});

describe("the files that fit a pattern", () => {
  const names = ["a", "ab", "abc", "b", "ba", ".a", "a.conf", "b.conf", "-a", "a b"];
  let folder: string;
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "backsoon-glob-"));
    for (const inner of ["x", "xy", ".z"]) {
      fs.mkdirSync(path.join(folder, inner));
      for (const name of names) fs.writeFileSync(path.join(folder, inner, name), "");
    }
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  it("are those that the shell finds, in its order", async () => {
    const piece = fc.constantFrom("*", "?", "a", "b", ".", "conf", "[ab]", "[!a]", "[a-c]", "-", "**", "[]a]");
    const segment = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(""));
    const folders = fc.constantFrom("x", "x*", "*", "?y", ".z", ".[!.]", "absent");
    await fc.assert(
      fc.asyncProperty(folders, segment, async (inner, last) => {
        fc.pre(/[*?[]/.test(inner + last) && !/^\.+$/.test(last));
        const pattern = `${inner}/${last}`;
        const { stdout } = spawnSync("sh", ["-c", `printf '%s\\n' ${pattern}`], {
          cwd: folder,
          encoding: "utf8",
          env: { LC_ALL: "C.UTF-8", PATH: process.env.PATH ?? "" },
        });
        const theirs = stdout
          .trimEnd()
          .split("\n")
          .filter((found) => !/\/\.\.?$/.test(found));
        const ours = (await matchingFiles(`${folder}/${pattern}`)).map((found) => found.slice(folder.length + 1));
        // The shell gives a pattern back that nothing fits.
        expect(ours.filter((found) => fs.existsSync(path.join(folder, found)))).toEqual(
          theirs.length === 1 && theirs[0] === pattern ? [] : theirs,
        );
      }),
      { numRuns: repetitions(50, 800) },
    );
  });

  it("without wildcards are the path itself", async () => {
    expect(await matchingFiles("/absent/file")).toEqual(["/absent/file"]);
    expect(await matchingFiles("/absent/*")).toEqual([]);
  });
});
