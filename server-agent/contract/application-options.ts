/** What the handlers have in common that pass requests on to applications. */
import { z } from "zod";
import { absolutePath } from "./fields.ts";
import { extension, fileOptions, folderOptions } from "./file-options.ts";

export const sendFiles = z
  .array(absolutePath)
  .min(1)
  .optional()
  .describe(
    "Folders of which the application may have files sent: instead of a body, it answers 200 with `X-Sendfile: /absolute/path`. Ranges and validators are those of the file. Default: none.",
  );

export const applicationOptions = {
  mount: folderOptions.mount.describe(
    "Decoded path at which the application appears: `SCRIPT_NAME` begins with it, and other paths get 404. Default `/`.",
  ),
  root: absolutePath
    .optional()
    .describe(
      "Folder with the scripts, on this server. Only a script that is there is ever run; nothing outside it, and nothing in dotfiles. Without it, every request goes to the application, its whole path as `PATH_INFO`.",
    ),
  extensions: z
    .array(extension)
    .min(1)
    .optional()
    .describe(
      'With `root`: extensions of scripts. What follows a script in the path is its `PATH_INFO`: `/index.php/a/b`. Default `["php"]`.',
    ),
  index: fileOptions.index.describe(
    'With `root`: index files of a folder; the first that exists answers. Default `["index.php"]`.',
  ),
  fallback: z
    .string()
    .startsWith("/")
    .optional()
    .describe("With `root`: the script that answers where there is none at the path, such as `/index.php`."),
  files: z
    .boolean()
    .optional()
    .describe(
      "With `root`: `true` serves the other files of the folder, as the `file` handler does; never one with the extension of a script anywhere in its name. Default `false`.",
    ),
  scriptRoot: absolutePath
    .optional()
    .describe("With `root`: the same folder as the application has it, where it runs in a container of its own."),
  params: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "not the name of a variable"), z.string().max(8192))
    .optional()
    .describe("Further variables for the application, by name. What says what was requested stays as it is."),
  sendFiles,
};
