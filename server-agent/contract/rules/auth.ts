/** Who is let in by name and password. */
import { z } from "zod";
import { absolutePath } from "../fields.ts";

const userName = z.string().regex(/^[^:\p{Cc}]{1,200}$/u, "a name has neither a colon nor control characters");

export const Auth = z
  .strictObject({
    type: z
      .enum(["basic", "digest"])
      .describe("`basic`: use it over TLS only, as it sends the password. `digest`: sends a digest of it."),
    realm: z
      .string()
      .regex(/^[\x20\x21\x23-\x5b\x5d-\x7e]{1,200}$/, "use ASCII without quotes and backslashes")
      .describe("What browsers show. Digests contain it, so that another one makes them void."),
    file: absolutePath
      .optional()
      .describe(
        "File of users, as `htpasswd` (basic: bcrypt, argon2, apr1, SHA-1) or `htdigest` writes it; let nobody else read it (mode 0600). Changes count within a second.",
      ),
    users: z
      .record(userName, z.string().min(1).max(500))
      .optional()
      .describe("Users and the hashes of their passwords, in place of a file."),
    algorithm: z
      .enum(["SHA-256", "MD5"])
      .optional()
      .describe("Of `digest`. Default `SHA-256`, as RFC 7616 has it; `htdigest` makes MD5."),
    forward: z
      .boolean()
      .optional()
      .describe("`true`: the upstream gets `Authorization`, too. Default: it does not learn the password."),
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
