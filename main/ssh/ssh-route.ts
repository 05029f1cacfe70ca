/** The hosts on the way to a server, out of `~/.ssh/config` and what was entered. */
import { FailureError } from "../failures.ts";
import type { SshTarget } from "../contract/servers.ts";
import { readSshConfig } from "../ssh-config/ssh-config-files.ts";
import { hostKeyPlace } from "../host-keys/known-hosts.ts";
import type { LocalAccount } from "../ssh-config/ssh-config-tokens.ts";
import { type ResolvedHost, resolveRoute } from "../ssh-config/ssh-config.ts";
import { parseJumps } from "../ssh-config/ssh-hop.ts";
import type { SshHost } from "../ssh-config/ssh-host.ts";
import { t } from "../language/translate.ts";

/**
 * All hosts on the way to a target, jump hosts first, as the ssh configuration of this computer and
 * the target together say. Read anew each time: people fix their configuration while the app runs.
 * Rejects with `ssh.config`, naming file and line.
 */
export async function routeTo(target: SshTarget, account: LocalAccount): Promise<SshHost[]> {
  const jumps = target.jump === undefined ? undefined : parseJumps(target.jump);
  if (target.jump !== undefined && jumps === undefined)
    throw refusal(
      t("“{text}” is not a list of jump hosts. Write user@host:port, several separated by commas.", {
        text: target.jump,
      }),
    );
  const files = await readSshConfig(account);
  if (!files.ok) throw refusal(files.failure.message);
  const { host: alias, user, port } = target;
  const route = resolveRoute(
    files.value,
    {
      alias,
      ...(user === undefined ? {} : { user }),
      ...(port === undefined ? {} : { port }),
      ...(jumps === undefined ? {} : { jumps }),
    },
    account,
  );
  if (!route.ok) throw refusal(route.failure.message);
  return route.value.map((host, at) => hostOf(host, at === route.value.length - 1 ? target.identityFile : undefined));
}

function hostOf(resolved: ResolvedHost, own: string | undefined): SshHost {
  const { host: name, port } = hostKeyPlace(resolved);
  return {
    label: resolved.alias,
    hostName: resolved.hostName,
    port: resolved.port,
    user: resolved.user,
    identityFiles: [
      ...(own === undefined ? [] : [{ path: own, required: true }]),
      ...resolved.identityFiles.map((path) => ({ path, required: false })),
    ],
    certificateFiles: resolved.certificateFiles,
    identitiesOnly: resolved.identitiesOnly,
    agentSocket: resolved.identityAgent,
    hostKey: { name, port, files: [...resolved.userKnownHostsFiles, ...resolved.globalKnownHostsFiles] },
    way: resolved.way,
    warnings: resolved.warnings,
  };
}

function refusal(message: string): FailureError {
  return new FailureError({ code: "ssh.config", message });
}
