import { z } from "zod";
import { MaintenanceOptions, FleetOperation, Warning } from "./maintenance.ts";
import { timestamp } from "./fields.ts";

const wallClock = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/, "use a date and time without time zone, like 2030-01-31T23:00")
  .describe("Wall-clock time in the window's time zone.");

/** A window as a person plans it. Exactly one of `end` and `duration` is given. */
export const WindowDraft = z.strictObject({
  title: z.string().min(1).max(200),
  sites: z
    .array(
      MaintenanceOptions.omit({ until: true, author: true }).extend({
        health: z
          .string()
          .regex(/^\/\S*$/, "use a path, like /health")
          .max(2000)
          .optional()
          .describe("Health check path, for `reopen-if-healthy`. Default: /."),
      }),
    )
    .min(1)
    .max(100)
    .describe("Maintenance options of each site; the end is the window's."),
  start: wallClock,
  zone: z.string().min(1).max(100).describe("IANA time zone, like Europe/Berlin."),
  end: wallClock.optional().describe("End of the first occurrence; later ones have the same wall-clock length."),
  duration: z.string().max(50).optional().describe("Exact length in place of `end`: ISO 8601, like PT2H."),
  rrule: z
    .string()
    .max(500)
    .optional()
    .describe("RFC 5545 recurrence rule without DTSTART, like FREQ=WEEKLY;BYDAY=SU. At most daily."),
  exdates: z.array(wallClock).max(1000).optional().describe("Starts to leave out."),
  atStart: z
    .enum(["start", "remind"])
    .optional()
    .describe("Default `start`: the agent starts it. `remind`: you get a reminder and start it."),
  atEnd: z
    .enum(["reopen", "reopen-if-healthy", "stay-closed"])
    .optional()
    .describe(
      "Default `reopen`. `reopen-if-healthy`: once the originals answer. `stay-closed`: the sites stay closed until somebody brings them back.",
    ),
  overrun: z
    .strictObject({
      remindEveryMinutes: z.int().min(1).max(1440).optional().describe("Default 15."),
      reopenAfterMinutes: z
        .int()
        .min(1)
        .max(10_080)
        .optional()
        .describe("`reopen-if-healthy` reopens after this time in any case."),
    })
    .optional()
    .describe("What happens while the occurrence is overdue."),
  reminders: z
    .array(
      z
        .string()
        .max(30)
        .regex(
          /^(start|end|(end)?-P(?=[\dT])(\d{1,3}D)?(T(?=\d)(\d{1,4}H)?(\d{1,5}M)?)?)$/,
          "use start, end, -PT10M (before the start) or end-PT10M (before the end)",
        ),
    )
    .max(20)
    .optional()
    .describe("Default: -P1D, -PT1H, -PT10M, start, end."),
  operation: FleetOperation.optional().describe("The fleet operation that the window belongs to."),
  author: z.string().max(200).optional(),
  reason: z.string().max(500).optional(),
});
export type WindowDraft = z.infer<typeof WindowDraft>;

/** One occurrence, past or future. */
export const Occurrence = z.strictObject({
  window: z.string(),
  start: timestamp.describe("As planned."),
  end: timestamp.describe("As planned or extended; after an early start, the start plus the planned length."),
  state: z
    .enum(["planned", "running", "overrun", "ended", "missed", "skipped", "failed"])
    .describe(
      "`overrun`: overdue, the end has passed and a site is still in maintenance. `missed`: nobody started it. `failed`: it could not be started.",
    ),
  startedAt: timestamp.optional(),
  lateBySeconds: z.int().optional().describe("How late it was started, if it was."),
  endedAt: timestamp.optional().describe("When it ended, or was found to be missed or failed."),
  receipts: z
    .array(z.string())
    .describe("The maintenances that it holds: its own, and those that its sites were already in."),
  why: z.string().optional().describe("Explains anything unusual."),
});
export type Occurrence = z.infer<typeof Occurrence>;

export const MaintenanceWindow = z.strictObject({
  ...WindowDraft.shape,
  id: z.string(),
  revision: z.int().describe("Increases with every change; for `If-Match`."),
  createdAt: timestamp,
  state: z.enum(["planned", "running", "over"]),
  occurrences: z
    .array(Occurrence)
    .describe("Newest first: the next one, those waiting to be started, those running, and the latest ended ones."),
});
export type MaintenanceWindow = z.infer<typeof MaintenanceWindow>;

/** What a window would do. */
export const WindowPlan = z.strictObject({
  occurrences: z.array(
    z.strictObject({
      start: timestamp,
      end: timestamp,
      startsAt: wallClock,
      endsAt: wallClock,
      note: z.string().optional().describe("How a clock change affects it."),
    }),
  ),
  overlaps: z.array(
    z.strictObject({
      site: z.string(),
      start: timestamp,
      end: timestamp,
      window: z.string(),
      title: z.string(),
      message: z.string(),
    }),
  ),
  warnings: z.array(Warning),
});
export type WindowPlan = z.infer<typeof WindowPlan>;
