/** Carries out what a reminder offers, on all servers that it is about. */
import { t } from "../language/translate.ts";
import { EXTENSION_MINUTES } from "../contract/shared/extension.ts";
import { done, failed } from "../failures.ts";
import type { ReminderAction, ReminderTarget } from "../contract/reminders.ts";
import type { Result } from "../contract/failures.ts";
import type { Servers } from "../servers/servers.ts";

/** One call to one server's agent. `about`: two of the same are one. */
interface Step {
  about: string;
  run: () => Promise<Result<unknown>>;
}

function stepsOn(
  servers: Pick<Servers, "call">,
  action: ReminderAction,
  { serverId, window, start, runs, receipts }: ReminderTarget,
  author: string,
): Step[] {
  if (action !== "start" && (window === undefined || runs !== true))
    return receipts.map((id) => ({
      about: `${serverId}\n${id}`,
      run: () =>
        action === "extend"
          ? servers.call(serverId, "changeMaintenance", {
              params: { id },
              body: { minutes: EXTENSION_MINUTES, author },
            })
          : servers.call(serverId, "revertMaintenance", { params: { id }, body: { how: "delete" as const, author } }),
    }));
  if (window === undefined) return [];
  const params = { id: window };
  const run = {
    start: () =>
      servers.call(serverId, "startWindow", { params, body: { ...(start === undefined ? {} : { start }), author } }),
    extend: () => servers.call(serverId, "extendWindow", { params, body: { minutes: EXTENSION_MINUTES, author } }),
    "bring-back": () => servers.call(serverId, "endWindow", { params, body: { author } }),
  }[action];
  return [{ about: `${serverId}\n${window}`, run }];
}

/**
 * Does it on all servers at once; where one refuses, the others have done it all the same, and the
 * failure says how many.
 */
export async function actOn(
  servers: Pick<Servers, "call">,
  action: ReminderAction,
  targets: readonly ReminderTarget[],
  author: string,
): Promise<Result<null>> {
  const all = targets.flatMap((target) => stepsOn(servers, action, target, author));
  const steps = [...new Map(all.map((step) => [step.about, step])).values()];
  if (steps.length === 0) return failed("reminder.over", t("There is nothing left to do about it."));
  const replies = await Promise.all(steps.map(({ run }) => run()));
  const refused = replies.filter((reply) => !reply.ok);
  const [first] = refused;
  if (first === undefined) return done(null);
  const { failure } = first;
  if (steps.length === 1) return { ok: false, failure };
  return {
    ok: false,
    failure: {
      ...failure,
      message: t("{refused} of {all}: {message}", {
        refused: refused.length,
        all: steps.length,
        message: failure.message,
      }),
    },
  };
}
