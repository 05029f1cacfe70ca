/**
 * The list of servers as a file, to be handed to colleagues or another computer. It holds no
 * secrets: profiles have none. Pure.
 */
import { t } from "../language/translate.ts";
import { z } from "zod";
import { failed, done, problemsOf } from "../failures.ts";
import { NewServer, type ServerProfile } from "../contract/servers.ts";
import type { Result } from "../contract/failures.ts";

/**
 * Ten times what the app was measured with would stop it; a list that is too long is better refused
 * than half loaded.
 */
const MAX_SERVERS = 2000;

const ServerList = z.strictObject({
  format: z.literal("backsoon-servers"),
  version: z.literal(1),
  servers: z.array(NewServer).max(MAX_SERVERS),
});

/** Without the practice server, and without the ids, which are this computer's own. */
export function formatServerList(profiles: readonly ServerProfile[]): string {
  const servers = profiles.flatMap((profile): NewServer[] => {
    if (profile.kind === "practice") return [];
    const { id: _id, ...rest } = profile;
    return [rest];
  });
  return `${JSON.stringify({ format: "backsoon-servers", version: 1, servers } satisfies z.infer<typeof ServerList>, undefined, 2)}\n`;
}

/** All of them or none; problems are named by JSON pointers. */
export function parseServerList(text: string, file: string): Result<NewServer[]> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return failed(
      "file.unusable",
      t("{file} is not JSON. Choose a list of servers that was exported by Backsoon.", { file }),
    );
  }
  const parsed = ServerList.safeParse(document);
  if (parsed.success) return done(parsed.data.servers);
  const problems = problemsOf(parsed.error);
  const [first] = problems;
  return failed(
    "file.unusable",
    first === undefined
      ? t("{file} is not a server list of this version of Backsoon.", { file })
      : t("{file} is not a server list of this version of Backsoon: {path}: {message}.", {
          file,
          path: first.path === "" ? "/" : first.path,
          message: first.message,
        }),
    problems,
  );
}
