import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ServerFacts, UninstallChoice } from "../../main/ipc-contract.ts";
import { planUninstall } from "../../main/install/uninstall-plan.ts";

const facts = (home: string, isRoot: boolean): ServerFacts => ({
  address: "deploy@web-01",
  system: "Linux x86_64",
  isRoot,
  sudo: "free",
  node: null,
  systemd: { system: true, user: true },
  home,
  agents: [],
});
const segment = fc.stringMatching(/^[\w.+-]{1,12}$/).filter((name) => !/^\.+$/.test(name));
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join("/")}`);
const choice = fc.oneof(
  fc.record<UninstallChoice>({ service: fc.constantFrom("system", "user"), forget: fc.boolean() }),
  fc.record<UninstallChoice>({ service: fc.constant("process"), folder: path, forget: fc.boolean() }),
);
const removedBy = (scripts: readonly string[]): string[] =>
  scripts
    .flatMap((script) => script.split("\n"))
    .filter((line) => line.startsWith("rm "))
    .flatMap((line) => [...line.matchAll(/'([^']*)'(\S*)/g)].map(([, name = "", rest = ""]) => name + rest));

describe("what an uninstallation removes", () => {
  it("is what an installation makes, by name, and nothing else", () => {
    const names =
      /(\/lib|\/opt\/backsoon|\/share\/backsoon)\/(agent-\*|current(\.before)?)$|\/backsoon-agent$|\/backsoon-agent\.service$|\/agent\.sock$|\/config\.json(\.first)?$|\/(lock|agent\.log|agent\.pid|generations|receipts|stages)$/;
    fc.assert(
      fc.property(path, choice, fc.boolean(), (home, chosen, isRoot) => {
        const { actions } = planUninstall(facts(home, isRoot), chosen);
        const scripts = actions.flatMap((action) => (action.kind === "script" ? [action.script] : []));
        const removed = removedBy(scripts);
        expect(removed.length).toBeGreaterThan(3);
        for (const name of removed) expect(name).toMatch(names);
        const kept = removed.filter((name) => /config\.json|generations|receipts|stages|agent\.log$/.test(name));
        expect(kept.length > 0).toBe(chosen.forget);
        // A folder with anything else in it stays: only rmdir is used on folders that may be shared.
        expect(scripts.join("\n")).not.toMatch(/rm -r[^\n]*'[^']*\/(lib|state|backsoon|\.config)'/);
      }),
    );
  });

  it("is looked for before, removed in an order that can be begun again, and asked for at the end", () => {
    const { actions } = planUninstall(facts("/home/deploy", false), { service: "process", forget: true });
    expect(actions.map(({ kind }) => kind)).toEqual(["script", "script", "script", "script", "script", "gone"]);
    const scripts = actions.flatMap((action) => (action.kind === "script" ? [action.script] : []));
    const removesLink = scripts.map((script) => /rm -f [^\n]*\/current'/.test(script));
    expect(removesLink).toEqual([false, false, false, false, true]);
  });

  it("needs sudo for a service of the machine only", () => {
    const asRoot = (isRoot: boolean, service: UninstallChoice["service"]) => planUninstall(facts("/home/deploy", isRoot), { service, forget: false }).asRoot;
    expect([asRoot(false, "system"), asRoot(true, "system"), asRoot(false, "user"), asRoot(false, "process")]).toEqual([true, false, false, false]);
  });
});
