import { z } from "zod";

export const timestamp = z.iso.datetime();

export const nonEmpty = z.string().min(1);

/** A name that people choose in the document. */
export const id = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
    "use letters, digits, dot, dash or underscore; start with a letter or digit; 100 characters at most",
  );

export const absolutePath = z.string().startsWith("/", "use an absolute path");

export const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "not a header name (RFC 9110, 5.1)");
export const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, "not a header value (RFC 9110, 5.5)");

export const empty = z.strictObject({});

export const author = { author: z.string().max(200).optional(), reason: z.string().max(500).optional() };

export const signed = z.strictObject({ author: author.author });
