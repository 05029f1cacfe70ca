import { type Route, type RouteName, ROUTES } from "../contract/routes.ts";

export type RouteMatch =
  | { kind: "route"; name: RouteName; params: Readonly<Record<string, string>> }
  | { kind: "wrong-method"; allow: string }
  | { kind: "unknown-path" };

interface Pattern {
  name: RouteName;
  method: Route["method"];
  expression: RegExp;
}

/**
 * Literal paths before those with parameters, so that `/v1/maintenance/plan` is not taken for a
 * receipt's id.
 */
const PATTERNS: readonly Pattern[] = (Object.keys(ROUTES) as RouteName[])
  .map((name) => ({ name, method: ROUTES[name].method, expression: expressionOf(ROUTES[name].path) }))
  .sort((a, b) => Number(ROUTES[a.name].path.includes("{")) - Number(ROUTES[b.name].path.includes("{")));

/** @param path the request's path without query */
export function matchRoute(method: string, path: string): RouteMatch {
  const matching = PATTERNS.flatMap((pattern) => {
    const found = pattern.expression.exec(path);
    return found === null ? [] : [{ ...pattern, groups: found.groups ?? {} }];
  });
  const route = matching.find((pattern) => pattern.method === method);
  if (route !== undefined) {
    const params = decode(route.groups);
    return params === undefined ? { kind: "unknown-path" } : { kind: "route", name: route.name, params };
  }
  if (matching.length === 0) return { kind: "unknown-path" };
  return { kind: "wrong-method", allow: [...new Set(matching.map((pattern) => pattern.method))].join(", ") };
}

function expressionOf(path: string): RegExp {
  const source = path
    .split(/(\{\w+\})/)
    .map((part) =>
      part.startsWith("{") ? `(?<${part.slice(1, -1)}>[^/]+)` : part.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&"),
    )
    .join("");
  return new RegExp(`^${source}$`);
}

function decode(groups: Readonly<Record<string, string>>): Record<string, string> | undefined {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    return undefined;
  }
}
