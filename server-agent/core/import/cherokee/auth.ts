/** `auth` of a rule: who is let in by name and password. */
import type { Auth } from "../../../contract/rules/auth.ts";
import { quote } from "../../wording.ts";
import { isKnownHash, usersIn } from "../document/password-files.ts";
import type { Surroundings } from "../document/surroundings.ts";
import type { Node } from "./tree.ts";

/** What to do about users that are kept where the agent does not look. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  authlist: "the passwords are written out in it; put them into a file with `htpasswd -B`, and name it in `auth`",
  ldap: "the agent asks no directory; put the users into a file with `htpasswd -B`, and name it in `auth`",
  mysql: "the agent asks no database; put the users into a file with `htpasswd -B`, and name it in `auth`",
  pam: "the agent does not ask PAM; put the users into a file with `htpasswd -B`, and name it in `auth`",
  plain: "the agent reads no passwords that are written out; make a file with `htpasswd -B`, and name it in `auth`",
};

/** Undefined where nobody can be let in as before; the rule is closed then, which is reported. */
export function authOf(node: Node, surroundings: Surroundings): Auth | undefined {
  const made = read(node, surroundings);
  if (typeof made === "string") {
    node.entry?.closed(`answered with 403: ${made}`);
    node.rest((entry) => {
      entry.left("the password is not carried over");
    });
    return undefined;
  }
  node.rest((entry) => {
    entry.carried("`auth`");
  });
  return made;
}

/** Why not, in words. */
function read(node: Node, { textOf }: Surroundings): Auth | string {
  const realm = node.text("realm");
  const file = node.text("passwdfile");
  if (node.value !== "htpasswd" && node.value !== "htdigest")
    return WAYS_OUT[node.value] ?? `${quote(node.value)} is not known`;
  if (node.text("passwdfile_path") === "local_dir")
    return "each folder has a file of users of its own; name one in `auth`";
  if (!file.startsWith("/")) return "it names no file of users";
  const only = node.list("users");
  const users = only.length > 0 ? someUsers(textOf(file), only, node) : undefined;
  if (users?.length === 0)
    return "only some users of the file are let in; make a file of these alone, and name it in `auth`";
  const known = users === undefined ? { file } : { users: Object.fromEntries(users) };
  if (node.value === "htpasswd") return { type: "basic", realm, ...known };
  if (!node.list("methods").includes("digest"))
    return "the file is for `digest`, and browsers are asked for `basic`; set `type` of `auth` to `digest`";
  if (node.list("methods").length > 1) node.at("methods")?.entry?.changed("`auth`: `digest` only");
  return { type: "digest", realm, ...known, algorithm: "MD5" };
}

/** Of a file, those that are let in: name and hash. Empty where the file tells of none of them. */
function someUsers(text: string | undefined, only: readonly string[], node: Node): [string, string][] {
  const realm = node.text("realm");
  const lines =
    node.value === "htpasswd"
      ? usersIn(text ?? "").filter(([, hash]) => isKnownHash(hash))
      : digestUsersIn(text ?? "", realm);
  const users = lines.filter(([name]) => only.includes(name));
  const missing = only.filter((name) => !users.some(([known]) => known === name));
  const without =
    missing.length === 0 ? "" : `, without ${missing.map(quote).join(", ")}, of whom it has no hash that is known here`;
  if (users.length > 0)
    for (const entry of node.at("users")?.entries() ?? [])
      entry.changed(`\`users\` of \`auth\`, as the file has them now${without}; changes of the file have no effect`);
  return users;
}

/** `name:realm:hash` lines of this realm. */
function digestUsersIn(text: string, wanted: string): [string, string][] {
  return text.split(/\r?\n/).flatMap((line): [string, string][] => {
    const [name = "", realm = "", hash = ""] = line.trim().split(":");
    return name !== "" && realm === wanted && hash !== "" ? [[name, hash]] : [];
  });
}
