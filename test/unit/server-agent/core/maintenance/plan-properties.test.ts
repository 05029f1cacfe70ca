/**
 * Promise 6 for any document and any options: undo is exact, and what others changed meanwhile
 * stays.
 */
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Config, VirtualHost } from "../../../../../server-agent/contract/config.ts";
import type { MaintenanceOptions, Plan } from "../../../../../server-agent/contract/maintenance.ts";
import { compileCondition } from "../../../../../server-agent/core/routing/condition.ts";
import { matchesHost, parseHostPattern } from "../../../../../server-agent/core/routing/host-pattern.ts";
import { applyOperations } from "../../../../../server-agent/core/maintenance/operations.ts";
import { planMaintenance } from "../../../../../server-agent/core/maintenance/plan.ts";
import { revertMaintenance } from "../../../../../server-agent/core/maintenance/revert.ts";
import type { RequestFacts } from "../../../../../server-agent/core/routing/request-facts.ts";
import { matchRequest } from "../../../../../server-agent/core/routing/routing-table.ts";
import { validateConfig } from "../../../../../server-agent/core/config/validate-config.ts";
import { HOSTS, task } from "../../../../support/agent/arbitrary-config.ts";
import { tableOf } from "../../../../support/agent/config.ts";
import { factsOf } from "../../../../support/agent/request-facts.ts";

// Each asks thousands of small questions; a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 });

const NOW = "2026-11-23T00:30:00Z";

const planned = task.map(({ config, options }) => ({
  options,
  result: planMaintenance(freeze(config), freeze(options), NOW),
}));
const plan: fc.Arbitrary<Plan & { options: MaintenanceOptions }> = planned
  .filter(({ result }) => result.ok)
  .map(({ options, result }) => {
    if (!result.ok) throw new Error(result.message);
    return { ...result.plan, options };
  });

const request: fc.Arbitrary<RequestFacts> = fc
  .record({
    host: fc.constantFrom(
      ...HOSTS.map((host) => host.toLowerCase()),
      "office.shop.test",
      "x.staff.test",
      "other.test",
      "",
    ),
    path: fc.constantFrom("/", "/healthz", "/hooks/paid", "/app.css"),
    method: fc.constantFrom("GET", "POST", "DELETE"),
    client: fc.constantFrom("192.0.2.1", "127.0.0.1", "10.1.2.3", "2001:db8::1"),
    listener: fc.constantFrom("http", "staff"),
    tls: fc.boolean(),
    query: fc.constantFrom("", "preview=12"),
    headers: fc.constantFrom<Record<string, string>>({}, { "x-staff": "yes" }, { cookie: "staff=1" }),
    files: fc.constantFrom([], ["/tmp/open"]),
  })
  .map(({ headers, ...rest }) => factsOf({ ...rest, headers: { ...headers, host: rest.host } }));
const requests = fc.array(request, { minLength: 1, maxLength: 20 });

function answering(config: Config, facts: RequestFacts): string | undefined {
  return matchRequest(tableOf(config), facts)?.virtualHost.id;
}
function without(config: Config, id: string | undefined): Config {
  return { ...config, virtualHosts: config.virtualHosts.filter((other) => other.id !== id) };
}
function replacedBy({ operations }: Plan): VirtualHost | undefined {
  const operation = operations.find(({ op }) => op === "remove-virtual-host");
  return operation?.op === "remove-virtual-host" ? operation.virtualHost : undefined;
}
function staffOf({ operations }: Plan): string[] {
  return operations.flatMap((operation) => (operation.op === "add-hosts" ? operation.hosts : []));
}
function covers(entries: readonly string[], host: string): boolean {
  return entries.some((entry) => {
    const parsed = parseHostPattern(entry);
    return parsed.ok && matchesHost(parsed.pattern, host);
  });
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

describe("a plan", () => {
  it("can be made for most arbitrary tasks, so that the properties below say something", () => {
    const results = fc.sample(planned, { numRuns: 300, seed: 1 });
    const count = (holds: (made: Plan) => boolean) =>
      results.filter(({ result }) => result.ok && holds(result.plan)).length;
    expect(count(() => true)).toBeGreaterThan(150);
    expect(count((made) => replacedBy(made) !== undefined)).toBeGreaterThan(20);
    expect(count((made) => staffOf(made).length > 0)).toBeGreaterThan(20);
    expect(count((made) => made.site === "default")).toBeGreaterThan(20);
  });

  it("is its operations on the document before, and its inverse leads back byte for byte", () => {
    fc.assert(
      fc.property(plan, ({ before, after, operations, inverse }) => {
        const applied = applyOperations(before, operations);
        expect(applied.ok && JSON.stringify(applied.config)).toBe(JSON.stringify(after));
        const undone = applyOperations(after, inverse);
        expect(undone.ok && JSON.stringify(undone.config)).toBe(JSON.stringify(before));
      }),
    );
  });

  it("gives a document that can serve, with one copycat more", () => {
    fc.assert(
      fc.property(plan, (made) => {
        expect(validateConfig(made.after)).toEqual({ ok: true, config: made.after });
        expect(made.after.virtualHosts.filter(({ id }) => id === made.copycat)).toHaveLength(1);
        expect(made.after.virtualHosts).toHaveLength(
          made.before.virtualHosts.length + (replacedBy(made) === undefined ? 1 : 0),
        );
      }),
    );
  });

  it("takes from the sites exactly the requests that meet no exception and ask for no staff name", () => {
    fc.assert(
      fc.property(plan, requests, (made, asked) => {
        const { site, options, after } = made;
        const copycat = after.virtualHosts.find(({ id }) => id === made.copycat);
        const open = without(after, made.copycat);
        const exceptions = (options.exceptions ?? []).map((exception) =>
          compileCondition(exception, "", { listeners: new Set(["http", "staff"]), problems: [] }),
        );
        for (const facts of asked) {
          const inMaintenance = answering(after, facts);
          const otherwise = answering(open, facts);
          const isExcepted = exceptions.some((exception) => exception.test(facts));
          const isStaff = covers(options.internalHosts ?? [], facts.host);
          if (inMaintenance === made.copycat) {
            expect(isExcepted).toBe(false);
            expect((options.internalHosts ?? []).map((host) => host.toLowerCase().replace(/\.$/, ""))).not.toContain(
              facts.host,
            );
          } else expect(inMaintenance).toBe(otherwise);
          if (otherwise === site && !isExcepted && !isStaff && covers(copycat?.hosts ?? [], facts.host))
            expect(inMaintenance).toBe(made.copycat);
        }
      }),
    );
  });
});

describe("a revert", () => {
  it("by deleting gives the document from before, byte for byte", () => {
    fc.assert(
      fc.property(plan, (made) => {
        const reverted = revertMaintenance(freeze(made.after), made, "delete");
        expect(reverted).toEqual({ ok: true, config: made.before });
        expect(reverted.ok && JSON.stringify(reverted.config)).toBe(JSON.stringify(made.before));
      }),
    );
  });

  it("by demoting keeps the copycat, and everyone is answered as before", () => {
    fc.assert(
      fc.property(plan, requests, (made, asked) => {
        const reverted = revertMaintenance(freeze(made.after), made, "demote");
        if (!reverted.ok) throw new Error(reverted.message);
        expect(validateConfig(reverted.config)).toEqual({ ok: true, config: reverted.config });
        const open = without(made.before, replacedBy(made)?.id);
        for (const facts of asked) expect(answering(reverted.config, facts)).toBe(answering(open, facts));
        expect(reverted.config.virtualHosts.some(({ id }) => id === made.copycat)).toBe(true);
        expect(JSON.stringify(without(reverted.config, made.copycat))).toBe(JSON.stringify(open));
        const position = (id: string) => reverted.config.virtualHosts.findIndex((other) => other.id === id);
        expect(Math.abs(position(made.copycat) - position(made.site))).toBe(1);
      }),
    );
  });

  it("after a demotion, the next maintenance replaces the copycat and gives exactly it back", () => {
    fc.assert(
      fc.property(plan, (made) => {
        const reverted = revertMaintenance(made.after, made, "demote");
        if (!reverted.ok) throw new Error(reverted.message);
        const again = planMaintenance(reverted.config, made.options, NOW);
        if (!again.ok) throw new Error(`${again.code}: ${again.message}`);
        expect(again.plan.warnings.map(({ code }) => code)).toContain("demoted-copycat-replaced");
        const back = revertMaintenance(again.plan.after, again.plan, "delete");
        expect(back).toEqual({ ok: true, config: reverted.config });
      }),
    );
  });

  it("keeps what others changed meanwhile", () => {
    const edits = fc.array(fc.constantFrom(...Object.keys(EDITS)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        plan.filter((made) => replacedBy(made) === undefined),
        edits,
        (made, names) => {
          const edit = (config: Config) =>
            names.reduce((edited, name) => EDITS[name]?.(edited, made) ?? edited, config);
          const deleted = revertMaintenance(freeze(edit(made.after)), made, "delete");
          expect(deleted.ok && JSON.stringify(deleted.config)).toBe(JSON.stringify(edit(made.before)));
          const demoted = revertMaintenance(edit(made.after), made, "demote");
          expect(demoted.ok && JSON.stringify(without(demoted.config, made.copycat))).toBe(
            JSON.stringify(edit(made.before)),
          );
        },
      ),
    );
  });

  it("brings the site back however the copycat was edited or moved", () => {
    fc.assert(
      fc.property(plan, fc.nat(), (made, seed) => {
        const others = made.after.virtualHosts.filter(({ id }) => id !== made.copycat);
        const copycat = made.after.virtualHosts.find(({ id }) => id === made.copycat);
        if (copycat === undefined) throw new Error("no copycat");
        const edited: VirtualHost = { ...copycat, hosts: ["elsewhere.test"], rules: [{ handler: { type: "drop" } }] };
        const after = { ...made.after, virtualHosts: others.toSpliced(seed % others.length, 0, edited) };
        const reverted = revertMaintenance(after, made, "delete");
        expect(reverted).toEqual({ ok: true, config: made.before });
      }),
    );
  });
});

type Edit = (config: Config, made: Plan) => Config;

function onVirtualHosts(change: (virtualHosts: VirtualHost[], made: Plan) => VirtualHost[]): Edit {
  return (config, made) => ({ ...config, virtualHosts: change([...config.virtualHosts], made) });
}
function onOriginal(change: (original: VirtualHost) => VirtualHost): Edit {
  return onVirtualHosts((virtualHosts, { site }) =>
    virtualHosts.map((other) => (other.id === site && !other.hosts.includes("*") ? change(other) : other)),
  );
}

/** Changes of other people, which mean the same with and without the copycat. */
const EDITS: Record<string, Edit> = {
  "sort by name": onVirtualHosts((list) => [
    ...list.slice(0, -1).sort((one, other) => (one.id < other.id ? -1 : 1)),
    ...list.slice(-1),
  ]),
  "sort backwards": onVirtualHosts((list) => [
    ...list.slice(0, -1).sort((one, other) => (one.id < other.id ? 1 : -1)),
    ...list.slice(-1),
  ]),
  "add a site": onVirtualHosts((list) =>
    list.some(({ id }) => id === "new")
      ? list
      : [{ id: "new", hosts: ["new.test"], rules: [{ handler: { type: "drop" } }] }, ...list],
  ),
  "remove a site": onVirtualHosts((list, { site, copycat }) => {
    const gone = list
      .slice(0, -1)
      .find(({ id }) => id !== site && id !== copycat && !list.some(({ copycatOf }) => copycatOf === id));
    return list.filter((other) => other !== gone);
  }),
  "edit the other sites": onVirtualHosts((list, { site, copycat }) =>
    list.map((other) =>
      other.id === site || other.id === copycat ? other : { ...other, accessLog: "/var/log/other.log" },
    ),
  ),
  "give the original a host": onOriginal((original) => ({
    ...original,
    hosts: ["added.test", ...original.hosts.filter((host) => host !== "added.test")],
  })),
  "give the original another rule": onOriginal((original) => ({
    ...original,
    rules: [{ handler: { type: "error", status: 418 } }],
  })),
  "disable the original": onOriginal((original) => ({ ...original, disabled: true })),
  "give the original a condition": onOriginal((original) => ({ ...original, when: { path: "/only/*" } })),
  "add an upstream": (config) => ({
    ...config,
    upstreams: { ...config.upstreams, more: { targets: ["http://127.0.0.1:3001"] } },
  }),
};
