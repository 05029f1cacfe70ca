/**
 * Runs one script of calls on the app's secrets, in a process whose session bus is set from the
 * beginning, and prints what came of it as JSON.
 */
import { openSecrets } from "../../../main/ssh/secrets.ts";
import { systemKeychain } from "../../../main/ssh/system-keychain.ts";

export type Step = ["set", string, string] | ["get", string] | ["forget", string];

const steps = JSON.parse(process.argv[2] ?? "[]") as Step[];
const states: unknown[] = [];
const secrets = openSecrets(systemKeychain, (state) => states.push(state), 1500);
const results: unknown[] = [];
// All at once, as servers that connect together do.
await Promise.all(
  steps.map(async ([act, account, secret], at) => {
    if (act === "set") await secrets.set(account, secret);
    else if (act === "forget") await secrets.forget(account);
    else results[at] = (await secrets.get(account)) ?? null;
  }),
);
process.stdout.write(JSON.stringify({ results, states }));
process.exit(0);
