/** Families of samples in the Prometheus text exposition format 0.0.4. */

export interface Sample {
  labels: Readonly<Record<string, string>>;
  value: number;
}

export interface Buckets {
  labels: Readonly<Record<string, string>>;
  /** One for each bound, and one for what is above the last; what each alone has. */
  counts: readonly number[];
  sum: number;
}

/** A family without samples is left out: its type line alone says nothing. */
export function family(name: string, type: "counter" | "gauge", help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return "";
  return `${head(name, type, help)}${samples.map(({ labels, value }) => line(name, labels, value)).join("")}`;
}

/** Left out without samples, too. @param bounds Upper ends of all buckets but the last. */
export function histogram(name: string, help: string, bounds: readonly number[], all: readonly Buckets[]): string {
  if (all.length === 0) return "";
  const lines = all.map(({ labels, counts, sum }) => {
    let total = 0;
    const buckets = counts.map((count, index) => {
      total += count;
      return line(`${name}_bucket`, { ...labels, le: String(bounds[index] ?? "+Inf") }, total);
    });
    return `${buckets.join("")}${line(`${name}_sum`, labels, sum)}${line(`${name}_count`, labels, total)}`;
  });
  return `${head(name, "histogram", help)}${lines.join("")}`;
}

function head(name: string, type: string, help: string): string {
  return `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n# TYPE ${name} ${type}\n`;
}

function line(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  return `${name}${labelText(labels)} ${String(value)}\n`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`,
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
