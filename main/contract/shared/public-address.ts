/** How an address is written at which a site is asked in place of DNS. Pure; for page and main. */

import { t } from "../../language/translate.ts";

export function publicAddressForm(): string {
  return t("Enter an address like 203.0.113.7 or 10.0.0.5:8443.");
}

const FORM = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?::(\d{1,5}))?$/;
const MAX_PORT = 65_535;

/** `203.0.113.7`, `10.0.0.5:8443`, `[2001:db8::1]:443`, `lb.internal:8080`. */
export function isPublicAddress(text: string): boolean {
  const found = FORM.exec(text);
  const [, port = "1"] = found ?? [];
  return found !== null && Number(port) >= 1 && Number(port) <= MAX_PORT;
}
