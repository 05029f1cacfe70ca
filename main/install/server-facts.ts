/** Finds out what an installation needs to know about a server. Changes nothing there. */
import { t } from "../language/translate.ts";
import { openTransport } from "../agent/socket-transport.ts";
import { FailureError } from "../failures.ts";
import type { AgentInfo } from "../../server-agent/contract/agent.ts";
import { type FoundAgent, InstallPlace, type InstalledAt, type ServerFacts } from "../contract/install.ts";
import { encodeCall } from "../../server-agent/core/client/admin-call.ts";
import { MAX_ERROR_BYTES, readReply } from "../agent/agent-reply.ts";
import { plainText } from "../text/plain-text.ts";
import { ownFolderOf, placesOf } from "./places.ts";
import { lastWordsOf, runScript } from "./remote-shell.ts";
import { LOOK_FOR_WEB_SERVERS, takenPortsOf, webServersOf } from "./web-server-facts.ts";
import { type SshSession, quoted } from "../ssh/ssh-session.ts";

/**
 * Says one `backsoon:name=value` a line; anything else is the login shell's own, which may have
 * ended in the middle of a line.
 */
const LOOK_AROUND = `
say() { printf '\\nbacksoon:%s=%s\\n' "$1" "$2"; }
# What hangs on a server must not keep this from ending.
if timeout 10 true 2>/dev/null; then limited() { timeout 10 "$@"; }; else limited() { "$@"; }; fi
say system "$(uname -s) $(uname -m)"
say uid "$(id -u)"
say home "$HOME"
if version=$(limited node --version 2>/dev/null); then say node "$version"; fi
if command -v sudo >/dev/null 2>&1; then if limited sudo -n true 2>/dev/null; then say sudo free; else say sudo password; fi; fi
if [ -d /run/systemd/system ]; then
  say systemd system
  if limited systemctl --user show-environment >/dev/null 2>&1; then say systemd user; fi
fi
for program in backsoon-agent "$HOME/.local/bin/backsoon-agent" /usr/local/bin/backsoon-agent "$HOME/backsoon/backsoon-agent" "$own/backsoon-agent"; do
  if found=$(command -v "$program" 2>/dev/null); then say program "$(limited "$found" version 2>/dev/null | head -n 1)\t$found"; fi
done
for socket in /run/backsoon/agent.sock "$HOME/.local/state/backsoon/agent.sock" "$HOME/backsoon/agent.sock" "$known"; do
  if [ -S "$socket" ]; then say socket "$socket"; fi
done
installed() { case "$(readlink "$2/current" 2>/dev/null)" in */agent-*) say installed "$1" ;; esac; }
installed system /opt/backsoon
installed user "$HOME/.local/share/backsoon"
installed process "$HOME/backsoon/lib"
if [ -n "$own" ]; then installed "process $own" "$own/lib"; fi
if grep -q -e '--web-folder' /etc/systemd/system/backsoon-agent.service 2>/dev/null; then say role beside; fi
`;

const ANSWER_TIMEOUT_MS = 5000;
/** The script says nothing more often than it has places to look at, and no path is longer. */
const MAX_LINES = 20;
const MAX_LINE_LENGTH = 500;

/**
 * Looks around on a server without changing anything. Rejects with `FailureError`.
 *
 * @param known socket of an agent that is looked for beside the usual places
 */
export async function lookAround(session: SshSession, address: string, known = ""): Promise<ServerFacts> {
  const { code, stdout, stderr } = await runScript(
    session,
    `known=${quoted(known)}\nown=${quoted(ownFolderOf(known) ?? "")}\n${LOOK_AROUND}${LOOK_FOR_WEB_SERVERS}`,
  );
  const said = new Map<string, string[]>();
  for (const [, name = "", value = ""] of stdout.matchAll(/^backsoon:([a-z]+)=(.*)$/gm)) {
    const values = said.get(name) ?? [];
    if (values.length < MAX_LINES) said.set(name, [...values, plainText(value, MAX_LINE_LENGTH)]);
  }
  const first = (name: string): string | undefined => said.get(name)?.[0];
  const home = first("home");
  if (home === undefined)
    throw new FailureError({
      code: "install.unsupported",
      message: strangerAt(address, code, stderr.trim() === "" ? stdout : stderr),
    });
  const programs = [...new Set(said.get("program") ?? [])].map((line) => ({
    path: line.slice(line.indexOf("\t") + 1),
    version: /(\d+\.\d+\.\d+\S*)/.exec(line.slice(0, line.indexOf("\t")))?.[1] ?? null,
  }));
  const installed = installedOf(said.get("installed") ?? [], home, first("role") === "beside");
  const agents: FoundAgent[] = [];
  for (const socketPath of new Set(said.get("socket") ?? [])) {
    const own = installed.find((each) => each.socketPath === socketPath);
    const program = own === undefined ? (programs[0]?.path ?? null) : placesOf({ home }, own).program;
    const agent = await agentBehind(session, socketPath, program ?? "backsoon-agent");
    agents.push({ program, socketPath, version: agent?.version ?? null, answers: agent !== undefined });
  }
  // Those that are stopped, too.
  for (const own of installed) {
    if (agents.some(({ socketPath }) => socketPath === own.socketPath)) continue;
    const { program } = placesOf({ home }, own);
    agents.push({
      program,
      socketPath: own.socketPath,
      version: programs.find(({ path }) => path === program)?.version ?? null,
      answers: false,
    });
  }
  if (agents.length === 0)
    for (const { path, version } of programs.slice(0, 1))
      agents.push({ program: path, socketPath: "/run/backsoon/agent.sock", version, answers: false });
  const sudo = first("sudo");
  return {
    address,
    system: first("system") ?? "unknown",
    isRoot: first("uid") === "0",
    sudo: sudo === "free" || sudo === "password" ? sudo : "none",
    node: first("node")?.replace(/^v/, "") ?? null,
    systemd: {
      system: said.get("systemd")?.includes("system") ?? false,
      user: said.get("systemd")?.includes("user") ?? false,
    },
    home,
    agents,
    installed,
    webServers: webServersOf(said.get("web") ?? [], said.get("webversion") ?? []),
    takenPorts: takenPortsOf(stdout),
  };
}

/**
 * Who answered instead of the script: an account that may not log in, a password that has expired,
 * a forced command. They say so themselves.
 */
function strangerAt(address: string, code: number | null, output: string): string {
  const words = lastWordsOf(output);
  return words === ""
    ? t("{server} runs no POSIX shell (sh) for this account, so nothing is known about it.", { server: address })
    : code === null
      ? t("{server} did not run what this app looks around with. It said: {words}", { server: address, words })
      : t("{server} did not run what this app looks around with (it ended with code {code}). It said: {words}", {
          server: address,
          code: String(code),
          words,
        });
}

/** Each is said as its service, and for a process in a folder of its own that folder. */
function installedOf(said: readonly string[], home: string, isBeside: boolean): InstalledAt[] {
  const found = new Map<string, InstalledAt>();
  for (const text of said) {
    const [, service, folder] = /^([a-z]+)(?: (.*))?$/.exec(text) ?? [];
    const place = InstallPlace.safeParse({
      service,
      ...(folder === undefined || folder === `${home}/backsoon` ? {} : { folder }),
    });
    if (!place.success) continue;
    const socketPath = placesOf({ home }, place.data).socket;
    const role = isBeside && place.data.service === "system" ? "beside" : "serves";
    found.set(socketPath, { ...place.data, role, socketPath });
  }
  return [...found.values()];
}

/** The agent that answers on a socket; `undefined` when none does. */
export async function agentBehind(
  session: SshSession,
  socketPath: string,
  program: string,
): Promise<AgentInfo | undefined> {
  const transport = openTransport(
    {
      reach: () => Promise.resolve(),
      connect: () => session.dial({ socketPath, program }),
      drop: () => undefined,
      close: () => undefined,
    },
    socketPath,
  );
  try {
    const { status, text } = await transport.call(encodeCall("getAgent", {}), ANSWER_TIMEOUT_MS, MAX_ERROR_BYTES);
    const reply = readReply("getAgent", status, text);
    return reply.ok ? reply.value : undefined;
  } catch (error) {
    if (error instanceof FailureError) return undefined;
    throw error;
  } finally {
    transport.close();
  }
}
