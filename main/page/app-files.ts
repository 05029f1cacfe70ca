/** The page's files behind `app://`, with their security headers. */
import fs from "node:fs/promises";
import path from "node:path";
import { systemCodeOf } from "../failures.ts";
import { currentLanguage } from "../language/language.ts";
import { securityHeaders } from "./page-security.ts";
import type { PreviewStore } from "./preview-store.ts";

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer> | string;
}

const MEDIA_TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

const HTML = "text/html; charset=utf-8";

function refuse(status: number, text: string): Answer {
  return {
    status,
    headers: { ...securityHeaders("page"), "content-type": "text/plain; charset=utf-8" },
    body: text,
  };
}

/**
 * The file that a decoded path names below `root`; `undefined` when it would lie outside, or names
 * no file of a page.
 */
export function containedFile(root: string, pathname: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  // A backslash is a separator on Windows, and a NUL ends a name early in system calls.
  if (decoded.includes("\0") || decoded.includes("\\")) return undefined;
  const file = path.resolve(root, `.${decoded === "/" ? "/index.html" : decoded}`);
  const inside = path.relative(root, file);
  return inside === "" ||
    inside.startsWith("..") ||
    path.isAbsolute(inside) ||
    MEDIA_TYPES[path.extname(file)] === undefined
    ? undefined
    : file;
}

/** The page takes its language from its own root element, before it says anything. */
function inLanguage(html: string): string {
  return html.replace('<html lang="en">', `<html lang="${currentLanguage()}">`);
}

/** A path that cannot be decoded leads nowhere. */
function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return "/..";
  }
}

/**
 * Answers `app://backsoon/…` from the built page's folder, `app://preview/<id>` from the previews and
 * `app://own-page/…` from the own page that is shown; everything else is 404.
 *
 * @param root folder of the built page; nothing outside is ever read.
 */
export async function answerPage(
  method: string,
  address: string,
  root: string,
  previews: PreviewStore,
): Promise<Answer> {
  if (method !== "GET" && method !== "HEAD") return refuse(405, "Only GET and HEAD.");
  const url = new URL(address);
  if (url.host === "preview") {
    const page = previews.get(url.pathname.slice(1));
    if (page === undefined) return refuse(404, "This preview is gone.");
    return {
      status: 200,
      headers: { ...securityHeaders("preview"), "content-type": HTML, "cache-control": "no-store" },
      body: page,
    };
  }
  if (url.host === "own-page") {
    const file = await previews.own(decoded(url.pathname));
    if (file === undefined) return refuse(404, "The page has no such file.");
    return {
      status: 200,
      headers: { ...securityHeaders("ownPage"), "content-type": file.type, "cache-control": "no-store" },
      body: file.body,
    };
  }
  if (url.host !== "backsoon") return refuse(404, "No such page.");
  const file = containedFile(root, url.pathname);
  if (file === undefined) return refuse(404, "No such page.");
  try {
    const read = await fs.readFile(file);
    const body = path.extname(file) === ".html" ? inLanguage(read.toString()) : new Uint8Array(read);
    return {
      status: 200,
      headers: {
        ...securityHeaders("page"),
        "content-type": MEDIA_TYPES[path.extname(file)] ?? HTML,
        "cache-control": "no-cache",
      },
      body,
    };
  } catch (error) {
    if (["ENOENT", "EISDIR", "ENOTDIR"].includes(systemCodeOf(error) ?? "")) return refuse(404, "No such page.");
    throw error;
  }
}
