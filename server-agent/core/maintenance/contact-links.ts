/** Text of an operator as HTML: escaped, and with links where it names an address. */

/** An https or http address, an e-mail address, or a phone number that begins with `+`. */
const ADDRESS =
  /(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)])|([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+)|(\+\d[\d ()/-]{4,20}\d)/g;

/** Safe in text and in double-quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

export function linked(text: string): string {
  let html = "";
  let end = 0;
  for (const { 0: address, 1: link, 2: mail, index } of text.matchAll(ADDRESS)) {
    const target = link ?? (mail === undefined ? `tel:${address.replaceAll(/[^+\d]/g, "")}` : `mailto:${mail}`);
    html += escapeHtml(text.slice(end, index));
    html += `<a href="${escapeHtml(target)}" rel="noreferrer">${escapeHtml(address)}</a>`;
    end = index + address.length;
  }
  return html + escapeHtml(text.slice(end));
}
