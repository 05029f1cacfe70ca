import fc from "fast-check";

/** Names that the generated configurations speak of, and one that they do not. */
export const ALIASES = ["web", "web1", "db", "a.example", "Web", "elsewhere"];

const pattern = fc.constantFrom(
  "*",
  "web*",
  "web?",
  "!db",
  "db",
  "*.example",
  "web",
  "!web1",
  "*e*",
  "elsewhere",
  "Web",
  "h*.lan",
  "10.0.0.?",
  "a.example",
  "!*",
);
function quoted(value: string) {
  return fc.constantFrom(
    ...(value.includes(" ") ? [] : [value]),
    `"${value}"`,
    ...(value.includes("=") ? [] : [`'${value}'`]),
  );
}
const list = fc.array(pattern, { minLength: 1, maxLength: 3 }).map((patterns) => patterns.join(","));
const user = fc.constantFrom("root", "deploy", "Deploy", "me");

function setting(name: string, value: fc.Arbitrary<string>) {
  return value.chain(quoted).map((text) => ({ name, text }));
}
const path = fc.constantFrom("~/.ssh/id_a", "/keys/b", "~/keys/with#sharp", "/keys/b b", "c");
const place = fc.constantFrom("jump", "me@jump", "jump:2222", "me@jump.lan:2222", "[fe80::1]:22");

const settings = fc.oneof(
  setting("HostName", fc.constantFrom("h1.lan", "H2.lan", "10.0.0.5", "%h.lan", "a%%b", "web", "::1")),
  setting("User", user),
  setting("Port", fc.integer({ min: 1, max: 65_535 }).map(String)),
  setting("IdentityFile", fc.oneof(path, fc.constant("none"))),
  setting("IdentitiesOnly", fc.constantFrom("yes", "no", "true", "False")),
  setting(
    "IdentityAgent",
    fc.constantFrom("none", "SSH_AUTH_SOCK", "$AGENT_SOCKET", "~/agent-%r-%p", "/run/user/%i/${AGENT_NAME}"),
  ),
  setting("HostKeyAlias", fc.constantFrom("Gate", "gate.lan")),
  fc
    .array(fc.constantFrom("~/.ssh/known_%n", "/known/%h", "~/k%%", "${HOME_OF_KEYS}/%k"), {
      minLength: 1,
      maxLength: 3,
    })
    .map((words) => ({ name: "UserKnownHostsFile", text: words.join(" ") })),
  fc.constantFrom("none", "/known/global /known/more").map((text) => ({ name: "GlobalKnownHostsFile", text })),
  fc
    .oneof(
      fc.constant("none"),
      fc.array(place, { minLength: 1, maxLength: 3 }).map((places) => places.join(",")),
    )
    .map((text) => ({ name: "ProxyJump", text })),
  fc
    .constantFrom("none", "ssh -W %h:%p jump", "nc  -x proxy %h '%p' # still a part")
    .map((text) => ({ name: "ProxyCommand", text })),
);

const spelling = fc.record({
  indent: fc.constantFrom("", "  ", "\t"),
  between: fc.constantFrom(" ", "=", " = ", "\t", "  "),
  end: fc.constantFrom("", " ", "\r", "\t \r"),
  letters: fc.constantFrom<(name: string) => string>(
    (name) => name,
    (name) => name.toLowerCase(),
    (name) => name.toUpperCase(),
  ),
});

const settingLine = fc
  .tuple(settings, spelling)
  .map(([{ name, text }, { indent, between, end, letters }]) => `${indent}${letters(name)}${between}${text}${end}`);
const remark = fc.constantFrom("", "# a remark", "   ", "\t# Host web");

const criterion = fc.oneof(
  fc
    .tuple(fc.constantFrom("host", "originalhost", "!host", "!originalhost"), list)
    .map(([name, names]) => `${name} ${names}`),
  fc
    .tuple(fc.constantFrom("user", "localuser", "!user", "!localuser"), user)
    .map(([name, value]) => `${name} ${value}`),
  fc.constantFrom("final", "canonical", "!final", "!canonical", "user=root", 'host="web"'),
);
const matchLine = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(criterion, { minLength: 1, maxLength: 3 }).map((criteria) => `Match ${criteria.join(" ")}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "Match all",
      "match !all",
      "Match final all",
      "MATCH canonical all",
      "Match all # everyone",
    ),
  },
);
const hostLine = fc.array(pattern, { minLength: 1, maxLength: 3 }).map((patterns) => `Host ${patterns.join(" ")}`);

/** Files by name; `config` is the root, and each includes only later ones. */
export type GeneratedFiles = Record<string, string>;

const INCLUDED = ["config", "conf.d/10-one", "conf.d/20-two", "deep"] as const;
function includeLine(from: number, root: string) {
  const patterns =
    [
      ["conf.d/*", "conf.d/10-one", "~/.ssh/conf.d/?0-two", `"${root}/deep"`, "absent", "conf.d/[12]0-* deep"],
      ["deep"],
      [`${root}/dee?`],
      [],
    ][from] ?? [];
  return patterns.length === 0 ? [] : [fc.constantFrom(...patterns).map((text) => `Include ${text}`)];
}

/** Configurations that ssh accepts, in a folder that is also `~/.ssh`. */
export function arbitrarySshConfig(root: string): fc.Arbitrary<GeneratedFiles> {
  return fc
    .tuple(
      ...INCLUDED.map((_name, index) =>
        fc.array(
          fc.oneof(
            { weight: 6, arbitrary: settingLine },
            { weight: 2, arbitrary: hostLine },
            { weight: 2, arbitrary: matchLine },
            { weight: 1, arbitrary: remark },
            ...includeLine(index, root).map((arbitrary) => ({ weight: 1, arbitrary })),
          ),
          { maxLength: index === 0 ? 16 : 6 },
        ),
      ),
    )
    .map((files) => Object.fromEntries(files.map((lines, index) => [INCLUDED[index] ?? "", `${lines.join("\n")}\n`])));
}
