/** A server's configuration, its generations, and the certificates of its sites. */
import { z } from "zod";
import type { Explanation } from "../../server-agent/contract/agent.ts";
import { Config } from "../../server-agent/contract/config.ts";
import type { CheckedDocument } from "../../server-agent/contract/errors.ts";
import { type Imported, type ImportFormat, ImportRequest } from "../../server-agent/contract/importing/import.ts";
import type { SiteCertificate } from "../../server-agent/contract/tls/acme.ts";
import { command } from "./command.ts";
import { ifGeneration, nothing, onServer, serverId } from "./fields.ts";

/** A configuration of another web server on this computer. */
export interface ChosenImport {
  name: string;
  text: string;
  /** What it looks like. */
  format: ImportFormat | null;
}

export const CONFIGURATION_COMMANDS = {
  /** `serverId: null`: the app itself checks, by the rules of the agent that it would install. */
  "config.check": command(z.strictObject({ serverId: serverId.nullable(), config: z.unknown() })).returns<
    z.infer<typeof CheckedDocument>
  >(),
  "config.put": command(
    z.strictObject({ ...onServer, config: Config, ifGeneration, reason: z.string().max(500) }),
  ).returns<{ generation: number }>(),
  /** `null` when the person cancelled. */
  "import.choose": command(nothing).returns<ChosenImport | null>(),
  /** Converted by the agent, as files that it names are there; nothing changes. */
  "import.convert": command(ImportRequest.extend(onServer)).returns<Imported>(),
  "generation.activate": command(z.strictObject({ ...onServer, generation: z.int(), ifGeneration })).returns<{
    generation: number;
  }>(),
  "certificates.list": command(z.strictObject(onServer)).returns<SiteCertificate[]>(),
  /** Orders it now, and tells how that ended. */
  "certificate.renew": command(z.strictObject({ ...onServer, site: z.string().min(1) })).returns<SiteCertificate>(),
  /** What a document has in place of a password, which is kept nowhere. */
  "password.hash": command(
    z.strictObject({
      password: z.string().min(1).max(200),
      for: z.discriminatedUnion("type", [
        z.strictObject({ type: z.literal("basic") }),
        z.strictObject({
          type: z.literal("digest"),
          user: z.string().min(1),
          realm: z.string(),
          algorithm: z.enum(["SHA-256", "MD5"]),
        }),
      ]),
    }),
  ).returns<string>(),
  /** Which virtual host, rule and handler would answer, and why the ones above would not. */
  explain: command(
    z.strictObject({ ...onServer, url: z.string().min(1), method: z.string().min(1), from: z.string().optional() }),
  ).returns<Explanation>(),
};
