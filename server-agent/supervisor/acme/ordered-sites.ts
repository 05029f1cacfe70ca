/** Which sites want a certificate from an authority, and for which names. */
import type { Config } from "../../contract/config.ts";
import { type AcmeAuthority, LETS_ENCRYPT } from "../../contract/tls/acme.ts";
import { isIssued, namesToOrder } from "../../core/acme/acme-names.ts";
import type { WantedCertificate } from "../../core/acme/order-time.ts";
import { ownValue } from "../../core/own-value.ts";
import type { ReceiptBook } from "../switch/receipt-book.ts";
import type { CertificateBook, Known } from "./certificate-book.ts";

/** With what is known of its certificate. */
export interface OrderedSite extends WantedCertificate, Known {
  /** Of the authority, in the document. */
  readonly name: string;
  readonly authority: AcmeAuthority;
}

interface OrderedSitesParts {
  book: Pick<CertificateBook, "get">;
  receipts: Pick<ReceiptBook, "openFor">;
}

export function orderedSites(
  { virtualHosts, acme = {} }: Config,
  { book, receipts }: OrderedSitesParts,
): OrderedSite[] {
  return virtualHosts.flatMap(({ id, hosts, tls, disabled }) => {
    const authority = isIssued(tls) ? ownValue(acme, tls.acme) : undefined;
    if (!isIssued(tls) || disabled === true || authority === undefined) return [];
    const known = book.get(id);
    const staff = tls.names === undefined ? receipts.openFor(id)?.options.internalHosts : undefined;
    const names = withoutStaff(namesToOrder(tls, hosts), staff ?? [], known);
    return [{ ...known, name: tls.acme, authority, directory: authority.directory ?? LETS_ENCRYPT, names }];
  });
}

/** A maintenance adds names for staff to its original, and no authority reaches most of them. */
function withoutStaff(names: readonly string[], staff: readonly string[], { held }: Known): readonly string[] {
  const added = namesToOrder({ acme: "", names: [...staff] }, []).filter((name) => held?.names.includes(name) !== true);
  return names.filter((name) => !added.includes(name));
}
