/** Asks what a question says, name by name, at most so many at a time. */
import type { PublicAnswer } from "../contract/maintenance.ts";
import { Semaphore } from "../timing/semaphore.ts";
import { judgeAnswers, type Knocked, notAsked } from "./judge-answers.ts";
import { knock } from "./knock.ts";
import type { Names } from "./names.ts";
import { doorsOf, type Question } from "./question.ts";

export type Look = (question: Question, signal: AbortSignal) => Promise<PublicAnswer[]>;

const MAX_CONCURRENT_KNOCKS = 8;

export function lookBy(names: Names): Look {
  const turns = new Semaphore(MAX_CONCURRENT_KNOCKS);
  const knockAll = (question: Question, host: string, addresses: readonly string[], port: number | undefined) => {
    const doors = addresses.flatMap((address) => doorsOf(question, address, port).map((door) => ({ address, door })));
    return (signal: AbortSignal): Promise<Knocked[]> =>
      Promise.all(
        doors.map(async ({ address, door }) => ({
          address,
          door,
          seen: await turns.run(() => knock(host, question.path, address, door, signal)),
        })),
      );
  };
  return async (question, signal) => {
    const { given, hosts } = question;
    const perHost = await Promise.all(
      hosts.map(async (host) => {
        const led = await names(given?.address ?? host);
        if ("failed" in led) return [notAsked(question, host, led.failed)];
        const knocked = await knockAll(question, host, led.addresses, given?.port ?? led.port)(signal);
        return judgeAnswers(question, host, knocked);
      }),
    );
    return perHost.flat();
  };
}
