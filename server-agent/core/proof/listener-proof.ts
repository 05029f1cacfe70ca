/** The cells of a proof on one listener. */
import type { BoundListener } from "../../contract/agent.ts";
import type { Condition } from "../../contract/condition.ts";
import type { Config, VirtualHost } from "../../contract/config.ts";
import type { ProofCell } from "../../contract/proof.ts";
import { errorPageFor } from "../rules/error-page.ts";
import { compileCondition } from "../routing/condition.ts";
import type { CompiledCondition } from "../routing/compiled-condition.ts";
import { matchesHost } from "../routing/host-pattern.ts";
import { staffExceptions } from "../maintenance/copycat.ts";
import { connectsFrom, entryFor, type ProofListener } from "./entry.ts";
import type { Expectation, PlannedCell, Probe, ProvenReceipt } from "./proof-cell.ts";
import { normaliseHost } from "../routing/normalise-host.ts";
import { encodePath, SAMPLE_NAME, sampleHost, sampleRequests, type Sample } from "./proof-samples.ts";
import { NOWHERE, type RequestFacts } from "../routing/request-facts.ts";
import { matchRequest, type RoutingTable } from "../routing/routing-table.ts";

type Kind = ProofCell["probe"];

/** A visitor from elsewhere (RFC 5737). */
const ELSEWHERE = "192.0.2.1";
const METHOD = { page: "GET", api: "GET", head: "HEAD", post: "POST" } as const;
const ACCEPT = { page: "text/html", api: "application/json", head: "text/html", post: "text/html" } as const;
const KINDS: readonly Kind[] = ["page", "api", "head", "post"];
const PLAIN: Sample = { path: "/", query: "", headers: {}, carries: [] };
/** Tried in turn for a request that no exception lets through. */
const CLOSED: readonly Sample[] = [PLAIN, { ...PLAIN, path: `/${SAMPLE_NAME}` }];

/** Who answers a request by the configuration. */
interface Answerer {
  id: string;
  site: string;
  index: number;
  answer: Expectation["answer"];
  /** Whether a file on the server, which is not looked up here, decides. */
  isUncertain: boolean;
}

/** The staff names of a maintenance. */
export function staffOf({ site, operations, options }: ProvenReceipt): string[] {
  const added = operations.flatMap((operation) =>
    operation.op === "add-hosts" && operation.id === site ? operation.hosts : [],
  );
  return [...new Set([...(options.internalHosts ?? []), ...added])];
}

export class ListenerProof {
  readonly #table: RoutingTable;
  readonly #listener: ProofListener;
  readonly #receipt: ProvenReceipt;
  readonly #copycat: VirtualHost;

  constructor(table: RoutingTable, listener: ProofListener, receipt: ProvenReceipt, copycat: VirtualHost) {
    this.#table = table;
    this.#listener = listener;
    this.#receipt = receipt;
    this.#copycat = copycat;
  }

  cells(): PlannedCell[] {
    const { state, site } = this.#receipt;
    if (!isReachable(this.#table.config, site, this.#listener)) return [];
    const closed = state === "in-maintenance";
    const hosts = this.#copycat.hosts.flatMap((entry) => {
      const host = sampleHost(entry);
      if (host === undefined)
        return KINDS.map((kind) =>
          this.#skip(
            entry,
            PLAIN,
            kind,
            closed ? this.#copycat.id : site,
            "No name can be derived from this regular expression; try one by hand.",
          ),
        );
      return closed
        ? [
            ...this.#closedRow(host),
            ...this.#exceptions().flatMap((exception, index) => this.#exceptionRows(host, exception, index + 1)),
          ]
        : this.#liveRow(host);
    });
    const staff = closed ? staffOf(this.#receipt) : [];
    return [...hosts, ...staff.flatMap((entry) => this.#liveRow(sampleHost(entry) ?? entry))];
  }

  /** Staff names have rows of their own. */
  #exceptions(): Condition[] {
    const staff = new Set(
      staffExceptions(this.#copycat.hosts, this.#receipt.options.internalHosts ?? []).map((exception) =>
        JSON.stringify(exception),
      ),
    );
    return (this.#copycat.when?.not?.any ?? []).filter((exception) => !staff.has(JSON.stringify(exception)));
  }

  #closedRow(host: string): PlannedCell[] {
    return KINDS.map((kind) => {
      for (const sample of CLOSED) {
        const answerer = this.#answererOf(host, sample, kind, this.#here());
        const isCopycat = answerer.id === this.#copycat.id && answerer.site === this.#receipt.site;
        if (isCopycat && !answerer.isUncertain && (kind !== "post" || typeof answerer.answer === "object"))
          return this.#ask(host, sample, kind, {
            virtualHost: this.#copycat.id,
            answer: answerer.answer,
            instead: undefined,
          });
      }
      return this.#notClosed(host, kind);
    });
  }

  /** A cell in which the copycat does not answer, or not for certain. */
  #notClosed(host: string, kind: Kind): PlannedCell {
    const answerer = this.#answererOf(host, PLAIN, kind, this.#here());
    const skip = (why: string) => this.#skip(host, PLAIN, kind, this.#copycat.id, why);
    if (answerer.isUncertain)
      return skip("Whether the copycat answers depends on a file on the server; try it by hand.");
    const compiled = this.#table.virtualHosts.find(({ id }) => id === this.#copycat.id);
    const isMatched =
      compiled?.config.disabled !== true && compiled?.hosts.some((pattern) => matchesHost(pattern, host)) === true;
    if (isMatched && this.#table.virtualHosts.indexOf(compiled) < answerer.index)
      return skip(
        this.#answererOf(host, PLAIN, kind, ELSEWHERE).id === this.#copycat.id
          ? "An exception lets this computer through, so the page that others get cannot be seen from here."
          : "An exception lets this request through.",
      );
    if (kind === "post")
      return skip(
        `Not sent: ${answerer.id} answers this request by the configuration, and a POST could change something there.`,
      );
    return this.#ask(host, PLAIN, kind, {
      virtualHost: this.#copycat.id,
      answer: maintenanceOf(
        this.#copycat,
        this.#copycat.rules.find(({ handler }) => handler !== undefined),
      ),
      instead: answerer.id,
    });
  }

  #exceptionRows(host: string, exception: Condition, number: number): PlannedCell[] {
    const compiled = compileCondition(exception, "", {
      listeners: new Set(this.#table.config.listeners.map(({ name }) => name)),
      problems: [],
    });
    const rows = sampleRequests(exception).map((sample) => {
      // A cell is told from others by its path; this one's is that of the closed page.
      const isPlain = sample.path === "/" && sample.carries.length === 0;
      return this.#liveRow(host, isPlain ? { ...sample, carries: [`exception ${number}`] } : sample, compiled);
    });
    // Alternatives of which some can be tried say more than those that cannot.
    const tried = rows.filter((row) => row.some((cell) => "probe" in cell));
    return (tried.length > 0 ? tried : rows.slice(0, 1)).flat();
  }

  #liveRow(host: string, sample = PLAIN, exception?: CompiledCondition): PlannedCell[] {
    const { site } = this.#receipt;
    return KINDS.map((kind) => {
      const skip = (why: string) => this.#skip(host, sample, kind, site, why);
      if (kind === "post") return skip("Not sent: a POST could change something on the live site.");
      const { facts, asked } = this.#factsOf(host, sample, kind, this.#here());
      if (exception !== undefined && !exception.test(facts))
        return skip(
          asked.file
            ? "Whether this is let through depends on a file on the server; try it by hand."
            : `Cannot be tried from this computer: ${exception.why(facts)}.`,
        );
      const answerer = this.#answererOf(host, sample, kind, this.#here());
      if (answerer.isUncertain) return skip("Who answers depends on a file on the server; try it by hand.");
      if (answerer.id !== site && this.#answererOf(host, sample, kind, ELSEWHERE).id === site)
        return skip(`${answerer.id} answers this computer, and ${site} others, so that cannot be seen from here.`);
      return this.#ask(host, sample, kind, {
        virtualHost: site,
        answer: "live",
        instead: answerer.id === site ? undefined : answerer.id,
      });
    });
  }

  #ask(host: string, sample: Sample, kind: Kind, expect: Expectation): PlannedCell {
    if (demandsCertificate(this.#table.config, this.#receipt.site, this.#listener))
      return this.#skip(
        host,
        sample,
        kind,
        expect.virtualHost,
        "This listener demands a certificate of the visitor, which the agent does not have.",
      );
    const entry = entryFor(this.#listener, normaliseHost(host), this.#table.trustedProxies);
    if ("skip" in entry) return this.#skip(host, sample, kind, expect.virtualHost, entry.skip);
    const path = encodePath(sample.path);
    const target = `${path}${sample.query === "" ? "" : `?${sample.query}`}`;
    const headers = { accept: ACCEPT[kind], ...sample.headers, host };
    return {
      probe: {
        cell: this.#place(host, sample, kind),
        ...entry,
        method: METHOD[kind],
        target,
        headers,
        expect,
      },
    };
  }

  #skip(host: string, sample: Sample, kind: Kind, virtualHost: string, message: string): PlannedCell {
    const expected = virtualHost === this.#receipt.site ? `the original ${virtualHost}` : virtualHost;
    return { skipped: { ...this.#place(host, sample, kind), outcome: "skipped", expected, observed: "", message } };
  }

  #place(host: string, { path, carries }: Sample, probe: Kind): Probe["cell"] {
    return {
      host,
      listener: this.#listener.name,
      path: carries.length === 0 ? path : `${path} with ${carries.join(" and ")}`,
      probe,
    };
  }

  #answererOf(host: string, sample: Sample, kind: Kind, client: string): Answerer {
    const { facts, asked } = this.#factsOf(host, sample, kind, client);
    const match = matchRequest(this.#table, facts);
    if (match === undefined) return { id: "nobody", site: "", index: Infinity, answer: "any", isUncertain: asked.file };
    const { id, site, config } = match.virtualHost;
    const index = this.#table.virtualHosts.indexOf(match.virtualHost);
    return { id, site, index, answer: maintenanceOf(config, match.rule?.config), isUncertain: asked.file };
  }

  #factsOf(
    host: string,
    { path, query, headers }: Sample,
    kind: Kind,
    client: string,
  ): { facts: RequestFacts; asked: { file: boolean } } {
    const fields = new Map(Object.entries({ accept: ACCEPT[kind], ...headers, host }));
    const asked = { file: false };
    const exists = () => {
      asked.file = true;
      return false;
    };
    const listener = this.#listener.name;
    const facts: RequestFacts = {
      host: normaliseHost(host),
      path,
      rawPath: encodePath(path),
      query,
      method: METHOD[kind],
      peerTrusted: false,
      client,
      get geo() {
        asked.file = true;
        return NOWHERE;
      },
      tls: this.#listener.tls === true,
      listener,
      header: (name: string) => fields.get(name),
      exists,
      hasPass: () => false,
    };
    return { facts, asked };
  }

  #here(): string {
    return connectsFrom(this.#listener.address);
  }
}

/** Whether visitors come to the site on this listener: each has those of who serves it. */
export function isReachable(config: Config, site: string, { name, foreign }: BoundListener): boolean {
  const original = config.virtualHosts.find(({ id }) => id === site);
  const handler = original?.rules.map((rule) => rule.handler).find((each) => each?.type === "foreign");
  if (handler?.type !== "foreign") return foreign === undefined;
  return handler.server === foreign && handler.listeners?.includes(name) !== false;
}

function demandsCertificate({ listeners, virtualHosts }: Config, site: string, { name }: BoundListener): boolean {
  const own = listeners.find((listener) => listener.name === name && listener.foreign === undefined);
  if (typeof own?.tls === "object" && own.tls.clientCertificates?.required === true) return true;
  const original = virtualHosts.find(({ id }) => id === site);
  return (
    original?.rules.some(
      ({ handler }) => handler?.type === "foreign" && handler.clientCertificates?.includes(name) === true,
    ) === true
  );
}

/** What the rule of a virtual host answers, as far as a proof can tell. */
function maintenanceOf(
  { errorPages }: VirtualHost,
  rule: VirtualHost["rules"][number] | undefined,
): Expectation["answer"] {
  if (rule?.handler?.type !== "maintenance") return "any";
  const { status = 503, page, root } = rule.handler;
  // A bare status is answered with the error page for it, which is what it is.
  const hasErrorPage = page === undefined && root === undefined && errorPageFor(errorPages, status) !== undefined;
  return { status, json: !hasErrorPage, ...(root === undefined ? {} : { ownPage: rule.handler }) };
}
