/** Placeholders of Caddy in the words that are known here, and header operations made of them. */
import type { HeaderOperations } from "../../../contract/rules/rule.ts";
import type { JsonNode } from "./json-tree.ts";

const PLACEHOLDER = /\{([a-z][\w.]*)\}/g;

const IN_ADDRESS: Readonly<Record<string, string>> = {
  "http.request.host": "${host}",
  "http.request.hostport": "${host}",
  "http.request.uri": "${path}",
  "http.request.orig_uri": "${path}",
  "http.request.uri.path": "${path}",
  "http.request.orig_uri.path": "${path}",
};

const IN_VALUE: Readonly<Record<string, string>> = {
  "http.request.host": "${host}",
  "http.request.hostport": "${host}",
  "http.request.remote.host": "${client}",
  "http.request.scheme": "${scheme}",
  "http.request.uri.path": "${path}",
  "http.request.uri.query": "${query}",
  "http.auth.user.id": "${user}",
};

/** Undefined where a placeholder is not known here. */
export function addressOf(text: string): string | undefined {
  return replaced(text, IN_ADDRESS);
}

function replaced(text: string, words: Readonly<Record<string, string>>): string | undefined {
  const names = [...text.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);
  if (names.some((name) => words[name] === undefined)) return undefined;
  return text.replace(PLACEHOLDER, (_whole, name: string) => words[name] ?? "");
}

/** @param except Names in lower case that are carried over in another way. */
export function operationsOf(
  node: JsonNode | undefined,
  field: "requestHeaders" | "responseHeaders",
  except: readonly string[],
): HeaderOperations | undefined {
  const made: { set: Record<string, string>; add: Record<string, string[]>; remove: string[] } = {
    set: {},
    add: {},
    remove: [],
  };
  for (const kind of ["set", "add"] as const)
    for (const header of node?.items(kind) ?? []) {
      if (except.includes(header.key.toLowerCase())) continue;
      const values = header.list("").flatMap((value) => replaced(value, IN_VALUE) ?? []);
      if (values.length < header.items().length && field === "requestHeaders") {
        // Or a visitor could say of himself what Caddy says of him.
        made.remove.push(header.key);
        for (const entry of header.entries())
          entry.changed("`requestHeaders`: it is removed, as its value has a placeholder that is not supported");
        continue;
      }
      if (values.length < header.items().length) {
        header.left("its value has a placeholder that is not supported");
        continue;
      }
      header.carried(`\`${field}\``);
      if (kind === "set") made.set[header.key] = values.at(-1) ?? "";
      else made.add[header.key] = values;
    }
  for (const name of node?.items("delete") ?? []) {
    if (String(name.scalar).includes("*")) {
      name.left("name each header field");
      continue;
    }
    name.carried(`\`${field}\``);
    made.remove.push(String(name.scalar));
  }
  node?.at("deferred")?.carried(`\`${field}\`, which is always done last`);
  node?.left("header fields are set, added or removed");
  const operations = {
    ...(Object.keys(made.set).length === 0 ? {} : { set: made.set }),
    ...(Object.keys(made.add).length === 0 ? {} : { add: made.add }),
    ...(made.remove.length === 0 ? {} : { remove: made.remove }),
  };
  return Object.keys(operations).length === 0 ? undefined : operations;
}
