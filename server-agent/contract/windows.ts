import { z } from "zod";
import { MaintenanceOptions, FleetOperation, Warning } from "./maintenance.ts";
import { timestamp } from "./fields.ts";

const wallClock = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/, "use a date and time without zone, like 2030-01-31T23:00")
  .describe("What the clock on the wall shows in the window's zone.");

/** What a person plans. Exactly one of `end` and `duration` is given. */
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
          .describe("Path that the original is asked for before it is reopened if healthy. Default: /."),
      }),
    )
    .min(1)
    .max(100)
    .describe("Options of each site's maintenance; its end is the window's."),
  start: wallClock,
  zone: z.string().min(1).max(100).describe("IANA time zone, like Europe/Berlin."),
  end: wallClock
    .optional()
    .describe("End of the first occurrence; later ones end as much later by the clock on the wall."),
  duration: z.string().max(50).optional().describe("Exact length instead, ISO 8601, like PT2H."),
  rrule: z
    .string()
    .max(500)
    .optional()
    .describe("RFC 5545 recurrence rule without DTSTART, like FREQ=WEEKLY;BYDAY=SU. Daily at most."),
  exdates: z.array(wallClock).max(1000).optional().describe("Starts that are left out."),
  atStart: z.enum(["start", "remind"]).optional().describe("Default `start`: by itself. `remind`: somebody starts it."),
  atEnd: z
    .enum(["reopen", "reopen-if-healthy", "stay-closed"])
    .optional()
    .describe(
      "Default `reopen`. `reopen-if-healthy`: once the originals answer. `stay-closed`: somebody brings the sites back.",
    ),
  overrun: z
    .strictObject({
      remindEveryMinutes: z.int().min(1).max(1440).optional().describe("Default 15."),
      reopenAfterMinutes: z
        .int()
        .min(1)
        .max(10_080)
        .optional()
        .describe("So long after the end, `reopen-if-healthy` reopens in any case."),
    })
    .optional()
    .describe("What happens while a site is still closed after the end."),
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
  operation: FleetOperation.optional().describe("The fleet operation that it is a part of."),
  author: z.string().max(200).optional(),
  reason: z.string().max(500).optional(),
});
export type WindowDraft = z.infer<typeof WindowDraft>;

/** What became of one occurrence, or will. */
export const Occurrence = z.strictObject({
  window: z.string(),
  start: timestamp.describe("By the calendar."),
  end: timestamp.describe("By the calendar, as it was extended, or as long after an early start as was planned."),
  state: z
    .enum(["planned", "running", "overrun", "ended", "missed", "skipped", "failed"])
    .describe(
      "`overrun`: the end is over and a site is still closed. `missed`: nobody was there to start it. `failed`: it could not be started.",
    ),
  startedAt: timestamp.optional(),
  lateBySeconds: z
    .int()
    .optional()
    .describe("How much later than planned it was started, where that is more than a moment."),
  endedAt: timestamp.optional().describe("When it was over, or known to be missed or failed."),
  receipts: z
    .array(z.string())
    .describe("The maintenances that it holds on to: its own, and those it found on its sites."),
  why: z.string().optional().describe("What is unusual about it."),
});
export type Occurrence = z.infer<typeof Occurrence>;

export const MaintenanceWindow = z.strictObject({
  ...WindowDraft.shape,
  id: z.string(),
  revision: z.int().describe("Goes up with every change; for `If-Match`."),
  createdAt: timestamp,
  state: z.enum(["planned", "running", "over"]),
  occurrences: z
    .array(Occurrence)
    .describe(
      "Newest first: the next one, those that wait for somebody to start them, those that run, and the latest that are over.",
    ),
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
      note: z.string().optional().describe("What a change of the clocks does to it."),
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
