const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
let lastSecond = -1;
let lastTime = "";

/** `31/Jan/2026:23:05:09 +0100`, in the time of the server as log tools expect it. */
export function localTime(now: number): string {
  const second = Math.trunc(now / 1000);
  if (second === lastSecond) return lastTime;
  const date = new Date(now);
  const two = (value: number): string => String(value).padStart(2, "0");
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? "-" : "+"}${two(Math.trunc(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  lastTime = `${two(date.getDate())}/${MONTHS[date.getMonth()] ?? ""}/${String(date.getFullYear())}:${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${zone}`;
  lastSecond = second;
  return lastTime;
}
