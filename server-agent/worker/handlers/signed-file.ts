/**
 * The `signedFile` handler: files of a folder, to whoever has a link that an application has
 * signed. The signature is HMAC-SHA-256 over the decoded path and the end, so that a link opens one
 * file for a while and nothing else.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Handler } from "../../contract/handler.ts";
import { filePathOf } from "../../core/routing/file-path.ts";
import type { CompiledHandler } from "../exchange.ts";
import { answerMiss, takesMethod } from "../files/file.ts";
import { FileFolder } from "../files/file-folder.ts";
import { fileNameOf } from "../files/file-name.ts";
import { compileMount } from "../files/mount.ts";

/** A shorter key could be guessed from one link. */
const MIN_KEY_CHARS = 32;

/** Throws when the file of keys cannot be read, or has none. */
export function compileSignedFile(handler: Extract<Handler, { type: "signedFile" }>): CompiledHandler {
  const { root, mount, keyFile } = handler;
  const keys = readKeys(keyFile);
  const folder = new FileFolder(root);
  const pathOf = compileMount(mount);
  return {
    answer(exchange) {
      const { facts, now, response } = exchange;
      if (!takesMethod(exchange)) return;
      const query = new URLSearchParams(facts.query);
      const expires = query.get("expires") ?? "";
      const signature = query.get("signature") ?? "";
      if (!/^\d{1,12}$/.test(expires) || !keys.some((key) => isSignedBy(key, filePathOf(facts), expires, signature))) {
        exchange.fail(403);
        return;
      }
      if (Number(expires) * 1000 <= now) {
        exchange.fail(410);
        return;
      }
      // Who has no link must not get it from a cache on the way.
      response.setHeader("Cache-Control", "private");
      const path = pathOf(facts);
      if (typeof path !== "string") answerMiss(exchange, path);
      else
        return folder.serve(exchange, path, (miss) => {
          answerMiss(exchange, miss);
        });
    },
  };
}

function readKeys(file: string): readonly string[] {
  const keys = readFileSync(file, "utf8")
    .split(/\r?\n/)
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (keys.length === 0) throw new Error(`there is no key in ${file}`);
  if (keys.some((key) => key.length < MIN_KEY_CHARS))
    throw new Error(`a key in ${file} has fewer than ${String(MIN_KEY_CHARS)} characters`);
  return keys;
}

/** Takes as long for every signature. */
function isSignedBy(key: string, path: string, expires: string, signature: string): boolean {
  const right = createHmac("sha256", key).update(fileNameOf(path)).update(`\n${expires}`).digest();
  const given = Buffer.from(/^[0-9a-f]{64}$/i.test(signature) ? signature : "", "hex");
  return given.length === right.length && timingSafeEqual(given, right);
}
