/** What fields of a form ask of the draft that they belong to. */
import { getContext, setContext } from "svelte";
import type { Config } from "../../../main/contract/agent.ts";

export interface FormContext {
  /**
   * What is wrong with the field at a JSON Pointer.
   * @param isWhole with anything in it, too: nothing in it is shown by a field of its own
   */
  problemAt: (path: string, isWhole: boolean) => string | undefined;
  /** It is not saved before this has ended. */
  waitFor: (work: Promise<unknown>) => void;
  readonly authorities: NonNullable<Config["acme"]>;
  /** Leads to the server's form; resolves to the name of the new one, `undefined` for none. */
  addAuthority: () => Promise<string | undefined>;
  readonly upstreams: NonNullable<Config["upstreams"]>;
  /** Virtual hosts, by id, that use an upstream besides this one. */
  othersWith: (upstream: string) => string[];
  putUpstream: (name: string, upstream: object) => void;
  /** A name for a new upstream. */
  freeUpstreamName: () => string;
}

const KEY = Symbol("form");

export function provideForm(context: FormContext): void {
  setContext(KEY, context);
}

export function formContext(): FormContext {
  return getContext<FormContext>(KEY);
}
