/** Handlers: what can answer a request. */
import { z } from "zod";
import { absolutePath, headerName, headerValue, nonEmpty } from "./fields.ts";
import {
  applicationOptions,
  cgiOptions,
  fileOptions,
  folderOptions,
  mountedOptions,
  sendFiles,
} from "./handler-options.ts";
import { PAGE_LANGUAGES, type PageLanguage } from "./page-language.ts";

function status(from: number, to: number) {
  return z.int().min(from).max(to);
}

const words = {
  title: z.string().max(200).optional().describe("Heading. Default: `Back soon`, in the visitor's language."),
  text: z.string().max(2000).optional().describe("What is happening, in a sentence or two. Line breaks are kept."),
  contact: z
    .string()
    .max(500)
    .optional()
    .describe("How visitors can reach you. E-mail addresses, `https` links and phone numbers with `+` become links."),
};
const PageText = z.strictObject(words);

/** Text of the built-in maintenance page. Plain text only: it is escaped wherever it is shown. */
export const PageContent = z
  .strictObject({
    ...words,
    logo: z
      .string()
      .max(200_000)
      .regex(
        /^data:image\/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=]+$/,
        "use a data: URL with a base64 png, jpeg, gif, webp or svg image",
      )
      .optional()
      .describe("An image as a data: URL, so the page depends on nothing that may be down."),
    colour: z
      .string()
      .regex(/^#[0-9a-f]{6}$/i, "use a colour like #0a7d5c")
      .optional()
      .describe("Accent colour of the page, like `#0a7d5c`."),
    language: z
      .enum(PAGE_LANGUAGES)
      .optional()
      .describe(
        "Language of `title`, `text` and `contact`, and for visitors whose languages the page does not have. Default `en`.",
      ),
    languages: z
      .strictObject({
        en: PageText.optional(),
        de: PageText.optional(),
        fr: PageText.optional(),
        es: PageText.optional(),
        pt: PageText.optional(),
        ja: PageText.optional(),
        zh: PageText.optional(),
      } satisfies Record<PageLanguage, z.ZodOptional<typeof PageText>>)
      .optional()
      .describe("Your text in other languages: `title`, `text` and `contact` by language code, such as `de`."),
  })
  .meta({ id: "PageContent" });
export type PageContent = z.infer<typeof PageContent>;

const retryAfter = z
  .union([z.int().min(0).max(31_536_000), z.literal("end")])
  .describe(
    "`Retry-After` in seconds, or `end`: the seconds left until `until`. Default: `end` if `until` is set, else 600.",
  );
const until = z.iso.datetime({ offset: true }).describe("Expected end: ISO 8601 date and time with an offset or Z.");

export const MaintenanceHandler = z
  .strictObject({
    type: z.literal("maintenance"),
    page: z
      .union([z.literal("default"), PageContent])
      .optional()
      .describe("The built-in page, unchanged or with your own text."),
    root: absolutePath
      .optional()
      .describe(
        "Folder with your own `index.html` (or one `.html` file). Page requests get it with 503, its assets get 200.",
      ),
    status: status(400, 599)
      .optional()
      .describe("Alone: a status without a page. With `page` or `root`: the status of that page. Default 503."),
    retryAfter: retryAfter.optional(),
    until: until.optional(),
  })
  .refine((h) => !(h.page !== undefined && h.root !== undefined), {
    path: ["root"],
    message: "choose either `page` or `root`",
  })
  .refine((h) => h.retryAfter !== "end" || h.until !== undefined, {
    path: ["retryAfter"],
    message: "`end` needs `until`",
  })
  .describe(
    "Tells visitors that the site is in maintenance: a page for people, JSON for API clients, for every method.",
  );
export type MaintenanceHandler = z.infer<typeof MaintenanceHandler>;

const headerFields = z.record(headerName, headerValue);

function upstreamOf(protocol: string) {
  return nonEmpty.describe(`Name of an entry of \`upstreams\` whose targets begin with \`${protocol}://\`.`);
}

export const Handler = z
  .discriminatedUnion("type", [
    MaintenanceHandler,
    z
      .strictObject({
        type: z.literal("error"),
        status: status(400, 599).describe("Status to answer with, and the site's error page for it."),
      })
      .describe("Answers with an error status."),
    z.strictObject({ type: z.literal("file"), ...fileOptions }).describe("Serves the files of a folder."),
    z.strictObject({ type: z.literal("listing"), ...folderOptions }).describe("Lists the contents of folders."),
    z
      .strictObject({ type: z.literal("common"), ...fileOptions })
      .describe("Serves files, and lists folders that have no index file."),
    z
      .strictObject({
        type: z.literal("redirect"),
        to: nonEmpty.describe(
          "Target: absolute path or http(s) URL. `$1`…`$9` are the groups of `regex`; `${host}`, `${path}` and `${query}` are those of the request, written as the visitor wrote them: `%2F` stays `%2F`. `${host1}` to `${host9}` are groups of a regular expression in `hosts`. An address of more than 4,096 characters does not match `regex`.",
        ),
        regex: nonEmpty
          .optional()
          .describe("RE2 regular expression for path and query; a request that does not match gets 404."),
        status: z
          .union([z.literal(301), z.literal(302), z.literal(303), z.literal(307), z.literal(308)])
          .optional()
          .describe("Default 302."),
      })
      .describe("Redirects to another address."),
    z
      .strictObject({
        type: z.literal("rewrite"),
        to: nonEmpty.describe("The new path, and query if it has one: as `to` of `redirect`, within the site."),
        regex: nonEmpty
          .optional()
          .describe(
            "RE2 regular expression for path and query; a request that does not match continues with the next rule.",
          ),
      })
      .describe(
        "Rewrites the request to another path within the site and tries the rules again from the top; the visitor does not see it. Changes by rules above still apply. More than 10 rewrites in a row get 500.",
      ),
    z
      .strictObject({
        type: z.literal("proxy"),
        upstream: nonEmpty.describe("Name of an entry of `upstreams`."),
        preserveHost: z
          .boolean()
          .optional()
          .describe("`true` (default): send the visitor's `Host` to the upstream. `false`: send the target's own."),
        ...mountedOptions,
        sendFiles,
      })
      .describe(
        "Forwards the request to an upstream. With `mount`, `upstreamPath` or `preserveHost: false`, `Location` and `Refresh` of its answers lead back into the site where they name the target itself (`http://127.0.0.1:3000/orders`), and so do paths of cookies other than `/`. Addresses without a host stay: applications make them by `X-Forwarded-Prefix`.",
      ),
    z
      .strictObject({
        type: z.literal("fastcgi"),
        upstream: upstreamOf("fcgi"),
        ...applicationOptions,
      })
      .describe("Forwards requests to a FastCGI application, such as PHP-FPM, with CGI/1.1 variables (RFC 3875)."),
    z
      .strictObject({ type: z.literal("scgi"), upstream: upstreamOf("scgi"), ...applicationOptions })
      .describe("The same for an SCGI application."),
    z
      .strictObject({ type: z.literal("uwsgi"), upstream: upstreamOf("uwsgi"), ...applicationOptions })
      .describe("The same for a uwsgi application, such as the server uWSGI."),
    z
      .strictObject({
        type: z.literal("respond"),
        status: status(200, 599).optional().describe("Default 200."),
        headers: headerFields
          .optional()
          .describe("Header fields by name. Framing fields such as `Content-Length` are set by the server."),
        body: z.string().optional().describe("Body of the response. Default: empty."),
      })
      .describe("Sends a fixed response."),
    z
      .strictObject({
        type: z.literal("foreign"),
        server: z.string().min(1).describe("Id of the web server, from `GET /v1/web-servers`."),
        listeners: z
          .array(z.string())
          .min(1)
          .optional()
          .describe("Names of the web server's listeners on which the site is reachable. Default: all of them."),
        clientCertificates: z
          .array(z.string())
          .min(1)
          .optional()
          .describe(
            "Names of the listeners that require a client certificate, so the agent cannot ask there as visitors do.",
          ),
      })
      .describe("Leaves the request to the web server beside the agent, which answers by its own configuration."),
    z
      .strictObject({
        type: z.literal("cgi"),
        ...cgiOptions,
      })
      .describe(
        "Starts a program for each request (CGI/1.1, RFC 3875). It gets the CGI variables, but not the agent's environment. When the visitor leaves or the time limit is reached, it is killed with all its child processes.",
      ),
    z
      .strictObject({
        type: z.literal("signedFile"),
        ...folderOptions,
        root: absolutePath.describe(
          "Folder to serve. Nothing outside it is ever served, and no dotfiles except `.well-known`. A link is valid on every host of the site, so `${host}` is not possible here.",
        ),
        keyFile: absolutePath.describe(
          "File of secret keys, one per line, at least 32 characters each. A link signed with any of them is valid, so you can rotate keys. Read again at each switch.",
        ),
      })
      .describe(
        "Serves files only for links with `?expires=SECONDS&signature=HEX`: seconds since 1970, and the HMAC-SHA-256 of the decoded path, a line feed and the seconds. Other links get 403, expired ones 410.",
      ),
    z
      .strictObject({ type: z.literal("serverInfo") })
      .describe(
        "Shows request statistics of one worker for the site, as a page or as JSON. Only in a rule with `when` or `auth`.",
      ),
    z
      .strictObject({ type: z.literal("emptyGif") })
      .describe("Answers with a transparent one-pixel image (tracking pixel)."),
    z.strictObject({ type: z.literal("drop") }).describe("Closes the connection without a response."),
  ])
  .meta({ id: "Handler" });
export type Handler = z.infer<typeof Handler>;
