/**
 * Status pages of Uptime Kuma, which is changed over its Socket.IO API alone
 * (https://github.com/louislam/uptime-kuma/wiki/API-Documentation,
 * server/socket-handlers/maintenance-socket-handler.js).
 */
import { isObject, type Undelivered, withoutSecrets } from "./webhook-answer.ts";
import { visibleText } from "../../core/visible-text.ts";
import type { RemotePage } from "./remote-page.ts";
import { maintenanceWords, type StatusPage } from "./status-page-calls.ts";

const ANSWER_TIMEOUT_MS = 10_000;
const SESSION_TIMEOUT_MS = 30_000;
const ENDED = "the agent ended before it was answered";

/** A connection after the login. */
interface Kuma {
  /** Emits, and waits for the acknowledgement. @throws {Refused} */
  ask: (event: string, ...values: unknown[]) => Promise<Record<string, unknown>>;
  /** What it lists after the login, by id. */
  pages: Promise<Record<string, unknown>>;
  monitors: Promise<Record<string, unknown>>;
}

/** It said no, in these words. */
class Refused extends Error {}

export function kumaPage(channel: StatusPage, closing: AbortSignal): RemotePage {
  const { page, components } = channel;
  const monitors = components.map((id) => ({ id: Number(id) }));
  return {
    async open({ reason }, name) {
      let id: unknown;
      const failed = await session(channel, closing, async ({ ask, pages }) => {
        const pageId = idOfPage(await pages, page);
        const { title, message } = maintenanceWords(name, reason);
        // `manual`: it lasts until it is ended.
        const fields = { title, description: message, strategy: "manual", active: true, intervalDay: 1 };
        const times = { dateRange: [null], timeRange: [MIDNIGHT, MIDNIGHT], weekdays: [], daysOfMonth: [] };
        const added = await ask("addMaintenance", { ...fields, ...times });
        const { maintenanceID } = added;
        try {
          if (monitors.length > 0) await ask("addMonitorMaintenance", maintenanceID, monitors);
          await ask("addMaintenanceStatusPage", maintenanceID, [{ id: pageId }]);
        } catch (failure) {
          // Half of one must not stand there: the next try makes another.
          await ask("deleteMaintenance", maintenanceID);
          throw failure;
        }
        id = maintenanceID;
      });
      if (failed !== undefined) return failed;
      return typeof id === "number" || typeof id === "string"
        ? { id: String(id) }
        : { why: "Uptime Kuma did not return the id of the new maintenance" };
    },
    async close(id) {
      const failed = await session(channel, closing, async ({ ask }) => {
        await ask("pauseMaintenance", Number(id)).catch((failure: unknown) => {
          // Somebody has removed it there.
          if (!(failure instanceof Refused && /not found/i.test(failure.message))) throw failure;
        });
      });
      return failed;
    },
    check() {
      return session(channel, closing, async ({ pages, monitors: listed }) => {
        idOfPage(await pages, page);
        const known = await listed;
        const missing = components.find((id) => !Object.hasOwn(known, id));
        if (missing !== undefined) throw new Refused(`there is no monitor ${missing}; correct \`components\``);
      });
    },
  };
}

const MIDNIGHT = { hours: 0, minutes: 0 };

/** @returns why it could not be done */
async function session(
  { api = "", user = "", token }: StatusPage,
  closing: AbortSignal,
  act: (kuma: Kuma) => Promise<void>,
): Promise<Undelivered | undefined> {
  if (closing.aborted) return { why: ENDED };
  // Few agents talk to one.
  const { io } = await import("socket.io-client");
  const { origin, pathname } = new URL(api);
  const socket = io(origin, {
    path: `${pathname.replace(/\/+$/, "")}/socket.io`,
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
    timeout: ANSWER_TIMEOUT_MS,
  });
  const listed = (event: string) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      socket.once(event, (value: unknown) => resolve(isObject(value) ? value : {}));
      socket.once("disconnect", () => reject(new Error("the connection ended")));
    });
  // They are told once, right after the login.
  const [pages, monitors] = [listed("statusPageList"), listed("monitorList")];
  for (const list of [pages, monitors]) list.catch(() => undefined);
  const ask: Kuma["ask"] = async (event, ...values) => {
    const answer: unknown = await socket.timeout(ANSWER_TIMEOUT_MS).emitWithAck(event, ...values);
    if (isObject(answer) && answer.ok === true) return answer;
    if (isObject(answer) && answer.tokenRequired === true)
      throw new Refused("the user has two-factor login; give one without it");
    const said = isObject(answer) && typeof answer.msg === "string" ? withoutSecrets(answer.msg, [token]) : "";
    throw new Refused(`Uptime Kuma refused ${event}: ${said}`);
  };
  const ended = new Promise<never>((_resolve, reject) => {
    closing.addEventListener("abort", () => reject(new Refused(ENDED)), { once: true });
    AbortSignal.timeout(SESSION_TIMEOUT_MS).addEventListener("abort", () => reject(new Error("no answer in time")));
  });
  const work = async (): Promise<void> => {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("connect_error", reject);
    });
    await ask("login", { username: user, password: token, token: "" });
    await act({ ask, pages, monitors });
  };
  try {
    await Promise.race([work(), ended]);
    return undefined;
  } catch (failure) {
    return { why: failure instanceof Refused ? failure.message : `no connection to Uptime Kuma: ${wordsOf(failure)}` };
  } finally {
    socket.disconnect();
  }
}

/** @throws {Refused} where there is none */
function idOfPage(pages: Record<string, unknown>, slug: string): unknown {
  const found = Object.values(pages).find((each) => isObject(each) && each.slug === slug);
  if (!isObject(found)) throw new Refused(`there is no status page ${slug}; correct \`page\``);
  return found.id;
}

function wordsOf(failure: unknown): string {
  return failure instanceof Error ? visibleText(failure.message).slice(0, 160) : "it ended";
}
