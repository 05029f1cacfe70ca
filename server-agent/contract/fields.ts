import { z } from "zod";

export const timestamp = z.iso.datetime();

export const nonEmpty = z.string().min(1);

export const absolutePath = z.string().startsWith("/", "use an absolute path");

export const empty = z.strictObject({});

export const author = { author: z.string().max(200).optional(), reason: z.string().max(500).optional() };

export const signed = z.strictObject({ author: author.author });
