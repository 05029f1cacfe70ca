/**
 * Punycode (RFC 3492): how an internationalised name is written in a Host header, and what people
 * write for what stands there.
 */

const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const FIRST_BIAS = 72;
const FIRST_CODE = 0x80;
const DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** `münchen.example` → `xn--mnchen-3ya.example`. Labels in ASCII stay as they are. */
export function toAsciiHost(host: string): string {
  const labels = host
    .normalize("NFC")
    .toLowerCase()
    .split(/[.\u3002\uff0e\uff61]/);
  return labels.map((label) => (isAscii(label) ? label : `xn--${encodeLabel(label)}`)).join(".");
}

export function isAscii(text: string): boolean {
  return !/[\u0080-\uffff]/.test(text);
}

const DELIMITER = "-";
const LAST_CODE = 0x10ffff;

/**
 * What a label stands for, without its `xn--`: `mnchen-3ya` → `münchen`. `undefined` where it is
 * not the encoding of anything.
 */
export function decodeLabel(encoded: string): string | undefined {
  const end = encoded.lastIndexOf(DELIMITER);
  const codes = Array.from(encoded.slice(0, Math.max(end, 0)), (character) => character.charCodeAt(0));
  let code = FIRST_CODE;
  let bias = FIRST_BIAS;
  let index = 0;
  for (let at = end < 0 ? 0 : end + 1; at < encoded.length;) {
    const before = index;
    for (let weight = 1, k = BASE; ; k += BASE) {
      const value = DIGITS.indexOf(encoded.charAt(at++).toLowerCase() || " ");
      if (value < 0) return undefined;
      index += value * weight;
      const threshold = Math.min(Math.max(k - bias, T_MIN), T_MAX);
      if (value < threshold) break;
      weight *= BASE - threshold;
      if (weight > Number.MAX_SAFE_INTEGER / BASE) return undefined;
    }
    bias = adapt(index - before, codes.length + 1, before === 0);
    code += Math.floor(index / (codes.length + 1));
    index %= codes.length + 1;
    if (code > LAST_CODE || (code >= 0xd800 && code <= 0xdfff)) return undefined;
    codes.splice(index++, 0, code);
  }
  return String.fromCodePoint(...codes);
}

function encodeLabel(label: string): string {
  const codes = Array.from(label, (character) => character.codePointAt(0) ?? 0);
  let output = String.fromCodePoint(...codes.filter((code) => code < FIRST_CODE));
  const basic = output.length;
  if (basic > 0) output += "-";
  let handled = basic;
  let code = FIRST_CODE;
  let delta = 0;
  let bias = FIRST_BIAS;
  while (handled < codes.length) {
    const next = Math.min(...codes.filter((other) => other >= code));
    delta += (next - code) * (handled + 1);
    code = next;
    for (const other of codes) {
      if (other < code) delta += 1;
      if (other !== code) continue;
      output += encodeNumber(delta, bias);
      bias = adapt(delta, handled + 1, handled === basic);
      delta = 0;
      handled += 1;
    }
    delta += 1;
    code += 1;
  }
  return output;
}

/** A generalised variable-length integer (RFC 3492, 3.3). */
function encodeNumber(value: number, bias: number): string {
  let output = "";
  let rest = value;
  for (let k = BASE; ; k += BASE) {
    const threshold = Math.min(Math.max(k - bias, T_MIN), T_MAX);
    if (rest < threshold) return output + digit(rest);
    output += digit(threshold + ((rest - threshold) % (BASE - threshold)));
    rest = Math.floor((rest - threshold) / (BASE - threshold));
  }
}

function digit(value: number): string {
  return DIGITS.charAt(value);
}

function adapt(delta: number, points: number, first: boolean): number {
  let rest = first ? Math.floor(delta / DAMP) : Math.floor(delta / 2);
  rest += Math.floor(rest / points);
  let k = 0;
  for (; rest > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}
