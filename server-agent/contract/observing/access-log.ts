/** Where a line for each request goes, and what it says. */
import { z } from "zod";
import { absolutePath } from "../fields.ts";

const MAX_FORMAT_LENGTH = 4096;

export const LogRotation = z
  .strictObject({
    megabytes: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe("Rotates the file when it reaches this size in megabytes."),
    daily: z
      .literal(true)
      .optional()
      .describe("`true`: rotates the file at midnight in the server's time zone. Default: by size alone."),
    keep: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe("Number of rotated files to keep: `access.log.1` (the latest), `access.log.2`, … Default 7."),
  })
  .meta({ id: "LogRotation" });
export type LogRotation = z.infer<typeof LogRotation>;

export const AccessLogOptions = z
  .strictObject({
    to: z
      .string()
      .regex(
        /^(?:\/.*|stdout|syslog:\/\/unix:\/.+|syslog(?:\+tcp)?:\/\/(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?)$/s,
        "use an absolute path, stdout, syslog://unix:/dev/log, syslog://host:514 or syslog+tcp://host:601",
      )
      .describe(
        "Destination: an absolute path, `stdout`, `syslog://unix:/dev/log`, `syslog://host:514` (UDP) or `syslog+tcp://host:601`.",
      ),
    format: z
      .string()
      .min(1)
      .max(MAX_FORMAT_LENGTH)
      .optional()
      .describe(
        '`combined` (default), `json`, or a line with [fields](logs-and-metrics.md#fields), such as `${client} ${status} "${request}"`.',
      ),
    rotate: LogRotation.optional().describe(
      "Log rotation by the agent, for files only. Default: none; use `logrotate`.",
    ),
  })
  .meta({ id: "AccessLog" });
export type AccessLogOptions = z.infer<typeof AccessLogOptions>;

/** A path alone means combined format. */
export const AccessLog = z.union([absolutePath, AccessLogOptions]);
export type AccessLog = z.infer<typeof AccessLog>;
