import { randomBytes } from "node:crypto";

/** `20260131-220000-4f9a1c`: sorts by time, can be read out, and cannot be met by chance. */
export function newReceiptId(at: string): string {
  const [day = "", time = ""] = at.replaceAll(/[-:]/g, "").split("T");
  return `${day}-${time.slice(0, 6)}-${randomBytes(3).toString("hex")}`;
}
