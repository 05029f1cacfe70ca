/** `auth` of a rule: who is let in by name and password. */
import type { Auth } from "../../../contract/rules/auth.ts";
import { quote } from "../../wording.ts";
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
export function authOf(node: Node): Auth | undefined {
  const made = read(node);
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
function read(node: Node): Auth | string {
  const realm = node.text("realm");
  const file = node.text("passwdfile");
  if (node.value !== "htpasswd" && node.value !== "htdigest")
    return WAYS_OUT[node.value] ?? `${quote(node.value)} is not known`;
  if (node.text("passwdfile_path") === "local_dir")
    return "each folder has a file of users of its own; name one in `auth`";
  if (!file.startsWith("/")) return "it names no file of users";
  if (node.list("users").length > 0)
    return "only some users of the file are let in; make a file of these alone, and name it in `auth`";
  if (node.value === "htpasswd") return { type: "basic", realm, file };
  if (!node.list("methods").includes("digest"))
    return "the file is for `digest`, and browsers are asked for `basic`; set `type` of `auth` to `digest`";
  if (node.list("methods").length > 1) node.at("methods")?.entry?.changed("`auth`: `digest` only");
  return { type: "digest", realm, file, algorithm: "MD5" };
}
