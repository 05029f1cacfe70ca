import { z } from "zod";

/** Closed list of error codes and the HTTP status each is sent with. */
export const ERROR_STATUS = {
  "request.malformed": 400,
  "request.browser": 403,
  "request.unknown-path": 404,
  "request.method": 405,
  "request.too-large": 413,
  "not-found": 404,
  "maintenance.already": 409,
  "maintenance.reverted": 409,
  "maintenance.conflict": 409,
  "stage.held": 409,
  "stage.ended": 409,
  "window.state": 409,
  "hook.missing": 409,
  "hook.drift": 409,
  "hook.failed": 502,
  "config.stale": 412,
  "window.stale": 412,
  "config.invalid": 422,
  "config.bind": 422,
  "options.invalid": 422,
  "exception.unsupported": 422,
  "import.unusable": 422,
  "if-match.required": 428,
  "hand-over.failed": 502,
  "switch.unobserved": 502,
  "agent.stopping": 503,
  "agent.busy": 503,
  "store.failed": 507,
  internal: 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

export const ErrorCode = z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]);

/** One problem of a document. `path` is a JSON Pointer: `/virtualHosts/0/hosts/1` (RFC 6901). */
export const Problem = z.strictObject({ path: z.string(), code: z.string(), message: z.string() });
export type Problem = z.infer<typeof Problem>;

export const CheckedDocument = z.strictObject({
  ok: z.boolean(),
  problems: z.array(Problem),
  warnings: z
    .array(Problem)
    .optional()
    .describe("Valid, but probably not intended, such as an expired certificate; absent if there are none."),
});

export const AdminError = z.strictObject({
  code: ErrorCode,
  message: z.string(),
  details: z.strictObject({
    problems: z.array(Problem).optional(),
    path: z.string().optional(),
    generation: z.int().optional(),
    receipt: z.string().optional(),
    stage: z.string().optional(),
    window: z.string().optional(),
  }),
  requestId: z.string(),
});
export type AdminError = z.infer<typeof AdminError>;
