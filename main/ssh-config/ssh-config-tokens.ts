/** `~`, `%x` and `${NAME}` in values: ssh_config(5) "TOKENS" and "ENVIRONMENT VARIABLES". */

/** The person at this computer, as ssh would see them. */
export interface LocalAccount {
  user: string;
  /** Absolute path of the home folder. */
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  /** For `%i`; systems without numbers have none. */
  uid?: number;
  /** Full name of this computer, for `%l` and `%L`. */
  machine?: string;
}

export type Tokens = Readonly<Record<string, string | undefined>>;
export type Expansion = { ok: true; text: string } | { ok: false; message: string };

/**
 * Expands the tokens given and, with `env`, environment variables. A token that is not among them
 * is a failure, as in ssh.
 */
export function expandTokens(text: string, tokens: Tokens, env?: LocalAccount["env"]): Expansion {
  let message: string | undefined;
  const fail = (what: string) => {
    message ??= what;
    return "";
  };
  const expanded = text.replaceAll(
    /%(.?)|\$\{([^}]*)(\}?)/gs,
    (written: string, token: string | undefined, name: string | undefined, end: string) => {
      if (token === "%") return "%";
      if (token !== undefined)
        return (
          (Object.hasOwn(tokens, token) ? tokens[token] : undefined) ?? fail(`“${written}” is not understood here`)
        );
      if (env === undefined) return written;
      if (end === "") return fail(`“${written}” is not closed`);
      const name_ = name ?? "";
      return (Object.hasOwn(env, name_) ? env[name_] : undefined) ?? fail(`the environment has no variable ${name_}`);
    },
  );
  return message === undefined ? { ok: true, text: expanded } : { ok: false, message };
}

/**
 * An absolute path out of a value with `~`. Differs from ssh on purpose: a relative path starts in
 * the home folder, because an app has no current folder worth the name.
 */
export function expandPath(text: string, home: string, tokens: Tokens, env: LocalAccount["env"]): Expansion {
  const tilde = /^~([^/\\]*)/.exec(text);
  if (tilde !== null && tilde[1] !== "")
    return {
      ok: false,
      message: `the home folder of another user (“${tilde[0]}”) is not understood; write the whole path`,
    };
  const expanded = expandTokens(tilde === null ? text : text.slice(1), tokens, env);
  if (!expanded.ok) return expanded;
  if (tilde !== null) return { ok: true, text: home + expanded.text };
  return { ok: true, text: isAbsolutePath(expanded.text) ? expanded.text : `${home}/${expanded.text}` };
}

export function isAbsolutePath(path: string): boolean {
  return /^(?:[/\\]|[A-Za-z]:[/\\])/.test(path);
}
