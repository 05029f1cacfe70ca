/**
 * Which target a key belongs to: by rendezvous hashing, every target bids for the key, and the
 * highest bid wins. Where a target comes or goes, only its own keys move, and every worker and
 * server decides alike.
 */

/** What the target bids, in proportion to its weight; the bids of one key are to be compared. */
export function bidOf(key: string, target: string, weight: number): number {
  const share = (hash(`${key}\0${target}`) + 0.5) / 2 ** 32;
  return weight === 0 ? -Infinity : weight / -Math.log(share);
}

/** FNV-1a with the last step of MurmurHash3, which spreads what differs in the last letter only. */
function hash(text: string): number {
  let state = 0x81_1c_9d_c5;
  for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), 0x01_00_01_93);
  state = Math.imul(state ^ (state >>> 16), 0x85_eb_ca_6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2_b2_ae_35);
  return (state ^ (state >>> 16)) >>> 0;
}
