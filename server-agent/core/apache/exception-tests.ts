/**
 * How Apache tells from files whether a request is an exception. Each exception has a folder, 1 and
 * so on, and all that is in it has to hold. What a visitor sends becomes part of a name only as a
 * hash: a path or a cookie with `../` in it would lead anywhere.
 *
 *     1/path/HASH        of `/exact`, or of `/below/*`
 *     1/from/192.0.2     all of 192.0.2.0/24; also `192`, `192.0`, and whole addresses
 *     1/method/HASH      1/extension/HASH      1/host/HASH      1/tls/on
 *     1/header/HASH      of the value of the field whose name is in 1/header-name
 *     1/cookie           `*; name=value;*`
 *     1/pass             passes/HASH of the staff pass, beside the exceptions
 */

import { PASS_COOKIE } from "../pass-names.ts";

/** Exceptions of one site that Apache can decide. */
export const MAX_EXCEPTIONS = 16;
/** Segments of a path in front of `/*`. */
export const MAX_PREFIX_SEGMENTS = 4;

/** Conditions for mod_rewrite of which one has to hold. @param folder With the exceptions. */
export function exceptionTests(folder: string): string {
  return Array.from({ length: MAX_EXCEPTIONS }, (_, index) => {
    const slot = `${folder}/${String(index + 1)}`;
    const tests = [`-d '${slot}'`, ...dimensions(slot), passTest(slot, folder)];
    return `RewriteCond expr "${tests.join(" && ")}"${index + 1 < MAX_EXCEPTIONS ? " [OR]" : ""}`;
  }).join("\n");
}

function dimensions(slot: string): string[] {
  const named = (name: string, value: string) => `-f '${slot}/${name}/' . sha1(${value})`;
  const prefixes = Array.from({ length: MAX_PREFIX_SEGMENTS }, (_, index) => {
    const pattern = `^(${"/[^/]+".repeat(index + 1)})/`;
    return `(%{REQUEST_URI} =~ m#${pattern}# && ${named("path", "$1 . '/*'")})`;
  });
  const nets = ["$1", "$2", "$3"].map((net) => `-f '${slot}/from/${net}'`).join(" || ");
  const octets = `(%{REMOTE_ADDR} =~ m#^(((\\d+)\\.\\d+)\\.\\d+)\\.\\d+$# && (${nets}))`;
  const folders: [string, string][] = [
    ["path", [named("path", "%{REQUEST_URI}"), ...prefixes].join(" || ")],
    ["from", `-f '${slot}/from/%{REMOTE_ADDR}' || ${octets}`],
    ["method", named("method", "%{REQUEST_METHOD}")],
    ["extension", `%{REQUEST_URI} =~ m#/[^/]+\\.([^./]+)$# && ${named("extension", "tolower($1)")}`],
    ["host", `%{HTTP_HOST} =~ m#^([^:]*?)\\.?(?::\\d*)?$# && ${named("host", "tolower($1)")}`],
    ["tls", `-f '${slot}/tls/%{HTTPS}'`],
    ["header", named("header", `req(file('${slot}/header-name'))`)],
  ];
  return [
    ...folders.map(([name, test]) => `(! -d '${slot}/${name}' || ${test})`),
    `(! -f '${slot}/cookie' || '; %{HTTP_COOKIE};' -strmatch file('${slot}/cookie'))`,
  ];
}

/** Whether the visitor has one of the passes; of several only the first is looked at. */
function passTest(slot: string, folder: string): string {
  const held = `%{HTTP_COOKIE} =~ m#(?:^|;) *${PASS_COOKIE}=([^; ]+)#`;
  return `(! -f '${slot}/pass' || ${held} && -f '${folder}/passes/' . sha1($1))`;
}
