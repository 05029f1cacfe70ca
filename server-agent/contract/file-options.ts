/** What the handlers have in common that serve files. */
import { z } from "zod";
import { absolutePath } from "./fields.ts";

export const folderOptions = {
  root: absolutePath.describe(
    "Folder to serve. Nothing outside it is ever served, and no dotfiles except `.well-known`.",
  ),
  mount: z
    .string()
    .regex(/^\/(?:[^/]+(?:\/[^/]+)*)?$/, "use an absolute path without a slash at its end, such as `/static`")
    .optional()
    .describe(
      "Decoded path at which the folder appears: with `/static`, `/static/a.css` is `a.css` of the folder. Default `/`.",
    ),
};

export const fileOptions = {
  ...folderOptions,
  index: z
    .array(z.string().regex(/^[^/]+$/, "write file names without a folder: `index.html`"))
    .optional()
    .describe('Index files of a folder; the first that exists is served. Default `["index.html"]`.'),
  fallback: absolutePath
    .optional()
    .describe(
      "File below `root` for paths that lead to none, such as `/index.html` of an application with its own routes. It is sent with 200.",
    ),
  mediaTypes: z
    .record(
      z.string().regex(/^[^./\s]{1,20}$/, "write the extension without dots and slashes: `glb`"),
      z
        .string()
        .regex(
          /^[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:; ?[A-Za-z-]+=[0-9A-Za-z-]+)?$/,
          "use a media type, such as `model/gltf-binary` or `text/plain; charset=iso-8859-1`",
        ),
    )
    .optional()
    .describe("Your own media types by extension. Text without `charset` is UTF-8."),
};

/** Compared as it is written: on a disk where case counts, `.PHP` is no script. */
export const extension = z.string().regex(/^[A-Za-z0-9_-]{1,20}$/, "write the extension without dot: `php`");
