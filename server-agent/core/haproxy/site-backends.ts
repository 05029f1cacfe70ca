/** Where HAProxy sends visitors of a site, so that what runs to it can be counted. */
import type { Frontend } from "./frontends.ts";
import { textsOf } from "./lines.ts";
import { settingOf } from "./sections.ts";
import type { Site } from "./sites.ts";

/** Names of backends; undefined where one is chosen by an expression, which only HAProxy knows. */
export function backendsOf({ hosts, frontends }: Pick<Site, "hosts" | "frontends">): Set<string> | undefined {
  const serving = frontends.filter(({ role }) => role === "serves");
  const backends = new Set(serving.flatMap((frontend) => chosenFor(frontend, hosts)));
  return backends.size === 0 || [...backends].some((name) => name.startsWith("%[")) ? undefined : backends;
}

function chosenFor({ section, tests }: Frontend, hosts: readonly string[]): string[] {
  const chosen = tests
    .filter((test) => test.hosts.some((host) => hosts.includes(host)))
    .flatMap(({ line }) => {
      const [keyword, name = ""] = textsOf(line);
      if (keyword === "use_backend") return [name];
      if (keyword !== "acl") return [];
      return section.lines
        .map((one) => textsOf(one))
        .filter(([choice, , ...condition]) => choice === "use_backend" && condition.includes(name))
        .map(([, backend = ""]) => backend);
    });
  if (chosen.length > 0) return chosen;
  const rest = section.keyword === "listen" ? undefined : settingOf(section, "default_backend");
  return [rest?.line.words[1]?.text ?? section.name];
}
