/** Who is let in by name and password. */
import { z } from "zod";
import { absolutePath } from "../fields.ts";

const userName = z.string().regex(/^[^:\p{Cc}]{1,200}$/u, "a name has neither a colon nor control characters");

export const Auth = z
  .strictObject({
    type: z
      .enum(["basic", "digest"])
      .describe("`basic` sends the password, so use it only over TLS. `digest` sends a digest of it."),
    realm: z
      .string()
      .regex(/^[\x20\x21\x23-\x5b\x5d-\x7e]{1,200}$/, "use ASCII without quotes and backslashes")
      .describe("Name that browsers show. Digests contain it, so changing it invalidates them."),
    file: absolutePath
      .optional()
      .describe(
        "Password file, as `htpasswd` (basic: bcrypt, argon2, apr1, SHA-1) or `htdigest` writes it; nobody else should read it (mode 0600). Changes take effect within a second.",
      ),
    users: z
      .record(userName, z.string().min(1).max(500))
      .optional()
      .describe("Users and their password hashes, instead of a file."),
    algorithm: z
      .enum(["SHA-256", "MD5"])
      .optional()
      .describe("For `digest`. Default `SHA-256` (RFC 7616); `htdigest` creates MD5."),
    forward: z
      .boolean()
      .optional()
      .describe("`true`: forwards `Authorization` to the upstream. Default: the upstream does not get the password."),
  })
  .refine(({ file, users }) => (file === undefined) !== (users === undefined), {
    path: ["file"],
    message: "choose either `file` or `users`",
  })
  .refine(({ type, algorithm }) => type === "digest" || algorithm === undefined, {
    path: ["algorithm"],
    message: "only `digest` has it",
  })
  .meta({ id: "Auth" });
export type Auth = z.infer<typeof Auth>;
