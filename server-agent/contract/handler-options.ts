/** What handlers have in common: those that serve files, those that pass requests on. */
import { z } from "zod";
import { absolutePath } from "./fields.ts";

export const folderOptions = {
  root: absolutePath.describe(
    "Folder to serve. Nothing outside it is ever served, and no dotfiles except `.well-known`. `${host}` is the host of the request, `${host1}` to `${host9}` are groups of the regular expression in `hosts` that matched. A host that is not a valid file name gets 404.",
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
      "File below `root` for paths without a file, such as `/index.html` of a single-page application. Sent with 200.",
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

/** Where an application appears whose upstream knows nothing of it. */
export const mountedOptions = {
  mount: folderOptions.mount.describe(
    "Decoded path at which the application appears: with `/api`, it gets `/orders` for `/api/orders`, and `X-Forwarded-Prefix: /api`; other paths get 404. Default `/`.",
  ),
  upstreamPath: z
    .string()
    .regex(
      /^\/(?:(?:[\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+(?:\/(?:[\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*)?$/,
      "use an absolute path, percent-encoded and without a slash at its end, such as `/v2`",
    )
    .optional()
    .describe(
      "Path of the application at its upstream, in place of `mount`: with `/v2`, it gets `/v2/orders` for `/api/orders`. Default `/`.",
    ),
};

/** Compared as it is written: on a disk where case counts, `.PHP` is no script. */
const extension = z.string().regex(/^[A-Za-z0-9_-]{1,20}$/, "write the extension without dot: `php`");

export const sendFiles = z
  .array(absolutePath)
  .min(1)
  .optional()
  .describe(
    "Folders from which the application may send files: it answers 200 with `X-Sendfile: /absolute/path` and no body. Ranges and validators are those of the file. Default: none.",
  );

export const applicationOptions = {
  mount: folderOptions.mount.describe(
    "Decoded path at which the application appears: `SCRIPT_NAME` begins with it, and other paths get 404. Default `/`.",
  ),
  root: absolutePath
    .optional()
    .describe(
      "Folder with the scripts, on this server. Only scripts that exist there run; nothing outside it, and no dotfiles. Without it, every request goes to the application, with the whole path as `PATH_INFO`.",
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
    .describe("With `root`: the script that answers when the path has none, such as `/index.php` (front controller)."),
  files: z
    .boolean()
    .optional()
    .describe(
      "With `root`: `true` serves the other files of the folder, as the `file` handler does; never one with a script extension anywhere in its name. Default `false`.",
    ),
  scriptRoot: absolutePath
    .optional()
    .describe("With `root`: path of the same folder as the application sees it, for example in its container."),
  params: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "not the name of a variable"), z.string().max(8192))
    .optional()
    .describe(
      "Additional variables for the application, by name. They cannot replace those that describe the request.",
    ),
  sendFiles,
};

const { mount, fallback, files, params } = applicationOptions;
export const cgiOptions = {
  root: absolutePath.describe(
    "Folder with the programs. Only files that exist there run; nothing outside the folder, and no dotfiles.",
  ),
  mount,
  extensions: z
    .array(z.union([extension, z.literal("*")]))
    .min(1)
    .optional()
    .describe(
      'Extensions of programs. What follows one in the path is its `PATH_INFO`. `*`: every file is a program, whatever its name. Default `["cgi"]`.',
    ),
  index: fileOptions.index.describe('Index files of a folder; the first that exists answers. Default `["index.cgi"]`.'),
  fallback: fallback.describe("The program that answers when the path has none, such as `/index.cgi`."),
  files: files.describe(
    "`true` serves the other files of the folder, as the `file` handler does; never one with a program extension anywhere in its name. Default `false`.",
  ),
  interpreter: absolutePath
    .optional()
    .describe("Interpreter that runs the files, such as `/usr/bin/perl`. Default: the files are executed directly."),
  user: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe("User that programs run as. Default: the agent's own, or `nobody` if that is root."),
  processes: z
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe("Most programs running at a time, per worker; further requests get 503. Default 16."),
  timeout: z.number().gt(0).max(86_400).optional().describe("Seconds until a program is killed. Default 60."),
  params,
  sendFiles,
};
