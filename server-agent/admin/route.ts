import type { RouteName, Query, Body, Reply } from "../contract/routes.ts";
import type { Precondition } from "../supervisor/switch/precondition.ts";
import type { ServerResponse } from "node:http";
import type { Result } from "../result.ts";

export interface Call<N extends RouteName> {
  params: Readonly<Record<string, string>>;
  query: Query<N>;
  body: Body<N>;
  ifMatch: Precondition;
  /** `performance.now()` when the request arrived. */
  arrivedAt: number;
}

/** How a call is answered. `version`: its `ETag`, of a window the revision, else the generation. */
export type Answer<T> =
  | { kind: "json"; value: T; version?: number }
  | { kind: "text"; text: string; type: string }
  | { kind: "stream"; begin(response: ServerResponse): void };

type RouteHandler<N extends RouteName> = (
  call: Call<N>,
) => Result<Answer<Reply<N>>> | Promise<Result<Answer<Reply<N>>>>;

export type AdminRoutes = { readonly [N in RouteName]: RouteHandler<N> };
