/** Trusted host keys, as they are stored. */
import { z } from "zod";
import type { DocumentDefinition } from "./document.ts";

/** A host key that the person trusted in this app. */
export const TrustedHostKey = z.strictObject({
  /** Name under which the key is known, and port. */
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  type: z.string(),
  /** Base64 of the public key blob (RFC 4253, section 6.6). */
  key: z.base64(),
  trustedAt: z.iso.datetime(),
});
export type TrustedHostKey = z.infer<typeof TrustedHostKey>;

export const hostKeysDocument: DocumentDefinition<TrustedHostKey[]> = {
  name: "host-keys",
  title: "the trusted host keys",
  version: 1,
  schema: z.array(TrustedHostKey),
  defaults: [],
  migrations: {},
};
