/** A download that takes as long as one likes, to watch it survive a switch. */
import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { PRODUCTS, euro } from "./products.ts";

const CONTENT_BYTES = 64 * 1024 * 1024;
const NAME = "catalogue.txt";
const TICK_MS = 50;

/** Many pages of catalogue, as one block that is repeated. */
const BLOCK = Buffer.from(`${PRODUCTS.map(({ name, line, text, price }) => `${name}\n${line}\n${text}\n${euro(price)}\n`).join("\n")}\n${"· ".repeat(40)}\n`.repeat(60));

/** A ZIP archive with one stored file (PKWARE APPNOTE 4.3): header, content, directory. */
const parts = (): { head: Buffer; tail: Buffer } => {
  let sum = 0;
  for (let left = CONTENT_BYTES; left > 0; left -= BLOCK.length) sum = crc32(BLOCK.subarray(0, Math.min(left, BLOCK.length)), sum);
  const name = Buffer.from(NAME);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0); // version needed
  common.writeUInt16LE(0x21, 8); // 1980-01-01
  common.writeUInt32LE(sum, 10);
  common.writeUInt32LE(CONTENT_BYTES, 14);
  common.writeUInt32LE(CONTENT_BYTES, 18);
  common.writeUInt16LE(name.length, 22);
  const head = Buffer.concat([Buffer.from("PK\u0003\u0004"), common, name]);
  const directory = Buffer.concat([Buffer.from("PK\u0001\u0002"), Buffer.from([20, 0]), common, Buffer.alloc(14), name]);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(head.length + CONTENT_BYTES, 16);
  return { head, tail: Buffer.concat([directory, end]) };
};

/**
 * Sends the catalogue, 64 MB, at a steady pace, so that it is still on its way when somebody starts a maintenance.
 *
 * @param rate megabytes a second.
 */
export const sendCatalogue = async (response: ServerResponse, rate: number): Promise<void> => {
  const { head, tail } = parts();
  response.writeHead(200, { "content-type": "application/zip", "content-length": head.length + CONTENT_BYTES + tail.length, "content-disposition": 'attachment; filename="catalogue.zip"' });
  response.write(head);
  const startedAt = performance.now();
  let sent = 0;
  while (sent < CONTENT_BYTES && !response.destroyed) {
    const due = Math.min(CONTENT_BYTES, ((performance.now() - startedAt + TICK_MS) / 1000) * rate * 1024 * 1024);
    while (sent < due && !response.destroyed) {
      const offset = sent % BLOCK.length;
      const chunk = BLOCK.subarray(offset, offset + Math.min(BLOCK.length - offset, CONTENT_BYTES - sent));
      sent += chunk.length;
      if (!response.write(chunk)) await drained(response);
    }
    await pause(TICK_MS);
  }
  response.end(tail);
};

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
  });
