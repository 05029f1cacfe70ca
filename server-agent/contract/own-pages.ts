/** Own pages that are sent to the agent, which keeps them in its state directory. */
import { z } from "zod";

export const MAX_OWN_PAGE_FILES = 200;
/** Of all files together; in base64 they fit into one call. */
export const MAX_OWN_PAGE_BYTES = 5 * 1024 * 1024;
export const MAX_OWN_PAGE_PATH_LENGTH = 200;
export const MAX_OWN_PAGE_DEPTH = 5;
export const OWN_PAGE_INDEX = "index.html";

/**
 * What a name of a file or folder may be: none that is hidden, leads elsewhere, or is another one
 * on another system.
 */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}\p{M} ._@+~()-]*(?<![ .])$/u;

/** What file systems take of a name, in bytes of UTF-8. */
const MAX_NAME_BYTES = 255;

/** Whether a path like `images/logo.png` may be one of an own page. */
export function isOwnPagePath(path: string): boolean {
  const names = path.split("/");
  return (
    path.length <= MAX_OWN_PAGE_PATH_LENGTH &&
    names.length <= MAX_OWN_PAGE_DEPTH &&
    names.every((name) => NAME.test(name) && bytesOf(name) <= MAX_NAME_BYTES)
  );
}

function bytesOf(name: string): number {
  return encodeURIComponent(name).replace(/%../g, "x").length;
}

export const OwnPageUpload = z.strictObject({
  files: z
    .array(
      z.strictObject({
        path: z
          .string()
          .refine(
            isOwnPagePath,
            "use names of letters, digits and ._-@+~() that begin with a letter or digit and have 255 bytes at most",
          )
          .describe("Like `images/logo.png`; one is `index.html`."),
        content: z.base64(),
      }),
    )
    .min(1)
    .max(MAX_OWN_PAGE_FILES),
});
export type OwnPageUpload = z.infer<typeof OwnPageUpload>;

export const OwnPage = z.strictObject({
  id: z.string().describe("Hash of its files; identical pages are stored once."),
  root: z.string().describe("Its folder, for the option `root` of a maintenance."),
  files: z.int(),
  bytes: z.int(),
});
export type OwnPage = z.infer<typeof OwnPage>;

/** By its hash, as it is the same on every server that keeps the page. */
const ownPageId = z.string().regex(/^[0-9a-f]{64}$/, "use the `id` of the page");
export const OwnPageSearch = z.strictObject({
  id: ownPageId,
  files: z.literal("yes").optional().describe("With its files, to send it to another server."),
});

export const FoundOwnPage = z.strictObject({
  root: z.string().describe("Its folder on this server."),
  files: OwnPageUpload.shape.files.optional(),
});
export type FoundOwnPage = z.infer<typeof FoundOwnPage>;

/**
 * The hash of the page that was sent to an agent and is kept in this folder; `undefined` for a
 * folder of another kind.
 */
export function sentPageId(root: string): string | undefined {
  return /\/own-pages\/([0-9a-f]{64})\/?$/.exec(root)?.[1];
}

/** A folder or page on the server, and the path of a file as in a URL. */
export const OwnPageQuery = z.strictObject({ root: z.string(), path: z.string() });

export const OwnPageFile = z.strictObject({
  type: z.string().describe("Its media type."),
  content: z.base64(),
});
export type OwnPageFile = z.infer<typeof OwnPageFile>;
