/** Parts of the host in folders and addresses: `${host}`, and groups as `${host1}`. */
import type { VirtualHost } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import { compileRegex } from "../routing/regex.ts";
import { quote } from "../wording.ts";

/** Adds what is wrong with them in the handlers of a virtual host. */
export function checkHostGroups({ hosts, rules }: VirtualHost, path: string, problems: Problem[]): void {
  for (const [index, { handler }] of rules.entries()) {
    const at = `${path}/rules/${String(index)}/handler`;
    if (handler?.type === "redirect" || handler?.type === "rewrite") check(handler.to, false, `${at}/to`);
    else if (handler?.type === "file" || handler?.type === "common" || handler?.type === "listing")
      check(handler.root, true, `${at}/root`);
    else if (handler !== undefined && "root" in handler && /\$\{host[1-9]?\}/.test(handler.root ?? ""))
      problems.push({
        path: `${at}/root`,
        code: "host.group",
        message: `the ${handler.type} handler has one folder for all hosts; name it without parts of the host, or use a virtual host for each`,
      });
  }

  function check(text: string, isRoot: boolean, at: string): void {
    for (const [, name = ""] of text.matchAll(/\$\{([^}]*)\}/g)) {
      const group = /^host([1-9])$/.exec(name)?.[1];
      const message =
        group === undefined
          ? isRoot && name !== "host"
            ? `${quote(`\${${name}}`)} is not known; use \`\${host}\`, or \`\${host1}\` to \`\${host9}\``
            : undefined
          : refuseGroup(Number(group), hosts);
      if (message === undefined) continue;
      problems.push({ path: at, code: "host.group", message });
      return;
    }
  }
}

function refuseGroup(group: number, hosts: readonly string[]): string | undefined {
  const counts = hosts.flatMap((host) => {
    const compiled = host.startsWith("~") ? compileRegex(host.slice(1)) : undefined;
    return compiled?.ok === true ? [compiled.regex.groupCount] : [];
  });
  return counts.some((count) => count >= group)
    ? undefined
    : `\`\${host${String(group)}}\` does not exist: no regular expression in \`hosts\` has so many groups; write one such as \`~^([a-z0-9-]+)\\.example\\.com$\``;
}
