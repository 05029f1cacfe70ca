/** Where in a virtual host or a server something is, in words. Pure. */
import { t } from "../../../main/language/translate.ts";
import { SERVER } from "../tables/servers.ts";
import { VIRTUAL_HOST_FIELDS } from "../tables/virtual-hosts.ts";

/** @param path JSON Pointer within the draft: `/rules/1/handler/root` */
export function placeWords(path: string): string {
  const [, part = "", key = ""] = path.split("/");
  if (part === "rules" && key !== "") return t("Rule {number}", { number: Number(key) + 1 });
  if (part === "upstreams") return t("Application {name}", { name: key });
  const field = Object.entries({ ...SERVER, ...VIRTUAL_HOST_FIELDS }).find(([name]) => name === part)?.[1];
  return field === undefined || field.kind === "json" ? t("Elsewhere") : t(field.label);
}

/** Where it stands in the form: what is further up comes first. */
export function placeOrder(path: string): number {
  const [, part = ""] = path.split("/");
  const above = ["hosts", "id", "tls", "redirectToHttps", "hsts", "rules", "upstreams"].indexOf(part);
  return above < 0 ? Number.MAX_SAFE_INTEGER : above;
}
