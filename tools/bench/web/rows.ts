/** What is measured, one row of the table each. `--only` takes the beginning of a key. */

/** What a server is asked for; each is set up to answer all of them alike. */
export type Job = "page" | "file" | "large" | "proxy" | "proxy64k" | "wide64k";

export const PATHS: Readonly<Record<Job, string>> = {
  page: "/closed/",
  file: "/page.html",
  large: "/large.bin",
  proxy: "/app/",
  proxy64k: "/app/64k.bin",
  wide64k: "/wide/64k.bin",
};

/**
 * How it is asked: requests over connections of HTTP/1.1 that stay, requests in parallel streams of
 * HTTP/2, or one request on each of many connections.
 */
export type Load =
  | { readonly kind: "http1"; readonly connections: number; readonly isSecure?: boolean }
  | { readonly kind: "http2"; readonly connections: number; readonly streams: number }
  | { readonly kind: "handshake"; readonly resumes: boolean };

export interface Row {
  readonly key: string;
  readonly title: string;
  readonly job: Job;
  readonly load: Load;
}

const HTTP1_ROWS: readonly { key: string; title: string; job: Job; counts: readonly number[] }[] = [
  { key: "page", title: "maintenance page 2 KB", job: "page", counts: [8, 64, 1000] },
  { key: "file", title: "file 2 KB", job: "file", counts: [8, 64, 1000] },
  { key: "large", title: "file 1 MB", job: "large", counts: [8, 64] },
  { key: "proxy", title: "proxy 2 KB", job: "proxy", counts: [8, 64, 1000] },
  { key: "proxy64k", title: "proxy 64 KB", job: "proxy64k", counts: [64, 1000] },
  { key: "wide64k", title: "proxy 64 KB, nginx with larger buffers", job: "wide64k", counts: [64, 1000] },
];

export const ROWS: readonly Row[] = [
  ...HTTP1_ROWS.flatMap(({ key, title, job, counts }) =>
    counts.map((connections): Row => ({
      key: `${key}-${String(connections)}`,
      title: `${title}, ${connections.toLocaleString("en")} connections`,
      job,
      load: { kind: "http1", connections },
    })),
  ),
  ...(["page", "proxy"] as const).flatMap((job): Row[] => [
    {
      key: `tls-${job}`,
      title: `TLS 1.3, ${job} 2 KB, 64 connections`,
      job,
      load: { kind: "http1", connections: 64, isSecure: true },
    },
    {
      key: `h2-${job}`,
      title: `HTTP/2, ${job} 2 KB, 8 connections of 10 streams`,
      job,
      load: { kind: "http2", connections: 8, streams: 10 },
    },
  ]),
  {
    key: "full",
    title: "full handshake of TLS 1.3 and one page",
    job: "page",
    load: { kind: "handshake", resumes: false },
  },
  {
    key: "resumed",
    title: "resumed handshake of TLS 1.3 and one page",
    job: "page",
    load: { kind: "handshake", resumes: true },
  },
];

/** What stands in tables of its own. */
export const OTHERS = ["latency", "memory", "switch"] as const;

/** Whether one of the wanted keys begins this one; without any, all are wanted. */
export function isWanted(key: string, wanted: readonly string[]): boolean {
  return wanted.length === 0 || wanted.some((one) => key === one || key.startsWith(`${one}-`));
}
