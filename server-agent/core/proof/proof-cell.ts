import type { MaintenanceHandler } from "../../contract/handler.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import type { ProofCell } from "../../contract/proof.ts";

export type Kind = ProofCell["probe"];

export interface Probe {
  cell: Pick<ProofCell, "host" | "listener" | "path" | "probe">;
  /** Where to connect. */
  address: string;
  port: number;
  tls: boolean;
  proxyProtocol: boolean;
  /** Id of the web server that listens there, in place of the agent. */
  foreign: string | undefined;
  /** Of HTTP, for a web server. Default 1.1. */
  version?: "1.1" | "2";
  method: "GET" | "HEAD" | "POST";
  /** Path with query. */
  target: string;
  headers: Record<string, string>;
  expect: Expectation;
}

export interface Expectation {
  /** Who must answer. */
  virtualHost: string;
  /**
   * `live`: the original, with whatever status. `any`: a copycat that somebody gave another
   * handler.
   */
  answer: "live" | "any" | WantedAnswer;
  /** Who answers by the configuration in service, where that is somebody else. */
  instead: string | undefined;
}

export interface WantedAnswer {
  status: number;
  json: boolean;
  /** It has a page of the operator's, so that its built-in one is wrong. */
  ownPage?: MaintenanceHandler;
}

export type PlannedCell = { probe: Probe } | { skipped: ProofCell };

export type Observed =
  | {
      status: number;
      /** By lower-case name. */
      headers: Readonly<Record<string, string | undefined>>;
      body: string;
      /** Value of `Backsoon-Answered-By`. */
      answeredBy: string | undefined;
      /** What visitors will not like about the certificate, a sentence. */
      certificate?: string | undefined;
    }
  | { error: string };

export type ProvenReceipt = Pick<Receipt, "site" | "copycat" | "state" | "operations" | "options">;
