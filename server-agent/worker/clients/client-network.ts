/** One person has a whole network of IPv6 (/64), and would never try twice from one address. */
export function networkOf(client: string): string {
  if (!client.includes(":")) return client;
  const [head = "", tail] = client.split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const behind = tail === "" ? 0 : tail.split(":").length;
    while (groups.length + behind < 8) groups.push("0");
  }
  return `${groups.slice(0, 4).join(":")}::`;
}
