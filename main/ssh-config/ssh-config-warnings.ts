/**
 * What the configuration asks for and this app does not do. Silence would let someone believe that
 * a connection is made as `ssh` makes it.
 */
import { matchesPattern } from "./host-pattern.ts";
import { printable } from "./ssh-config-lines.ts";
import type { Settings } from "./ssh-config-evaluate.ts";
import { type PlainMessage, t } from "../language/translate.ts";

interface Limit {
  name: string;
  says: PlainMessage;
  /** Values, in lower case, that ask for nothing special. */
  unless?: readonly string[];
  /** Only these values ask for something. */
  only?: readonly string[];
}

const no = ["no", "false"];
function otherMethod(name: string): Limit {
  return { name, says: "is not followed; choose the way to log in when you add the server", only: no };
}
function ownList(name: string): Limit {
  return { name, says: "is not followed; the app offers its own list" };
}

const LIMITS: Readonly<Record<string, Limit>> = {
  canonicalizehostname: {
    name: "CanonicalizeHostname",
    says: "is not supported; write the full name in HostName",
    unless: [...no, "none"],
  },
  ciphers: ownList("Ciphers"),
  hostbasedauthentication: {
    name: "HostbasedAuthentication",
    says: "is not supported; use a key or a password",
    unless: no,
  },
  hostkeyalgorithms: ownList("HostKeyAlgorithms"),
  kbdinteractiveauthentication: otherMethod("KbdInteractiveAuthentication"),
  kexalgorithms: ownList("KexAlgorithms"),
  knownhostscommand: {
    name: "KnownHostsCommand",
    says: "is not supported; host keys are looked up in the known_hosts files only",
    unless: ["none"],
  },
  macs: ownList("MACs"),
  passwordauthentication: otherMethod("PasswordAuthentication"),
  pkcs11provider: {
    name: "PKCS11Provider",
    says: "is not supported; load the key into an SSH agent",
    unless: ["none"],
  },
  preferredauthentications: {
    name: "PreferredAuthentications",
    says: "is not followed; choose the way to log in when you add the server",
  },
  pubkeyacceptedalgorithms: ownList("PubkeyAcceptedAlgorithms"),
  pubkeyauthentication: otherMethod("PubkeyAuthentication"),
  revokedhostkeys: {
    name: "RevokedHostKeys",
    says: "is not read; mark revoked keys with @revoked in a known_hosts file",
    unless: ["none"],
  },
  securitykeyprovider: {
    name: "SecurityKeyProvider",
    says: "is not supported; load the key into an SSH agent",
    unless: ["internal", "none"],
  },
  stricthostkeychecking: {
    name: "StrictHostKeyChecking",
    says: "is not followed; an unknown host key is always shown to you, and a changed one always stops the connection",
    unless: ["ask"],
  },
  verifyhostkeydns: {
    name: "VerifyHostKeyDNS",
    says: "is not supported; host keys are looked up in the known_hosts files only",
    unless: no,
  },
};

/**
 * Followed, or without a part in how this app connects: sessions, forwardings, time limits,
 * logging. GSSAPI is here because distributions switch it on for every host, where it only adds a
 * way to log in.
 */
const UNREMARKABLE = new Set(
  `hostname user port identityfile identitiesonly identityagent proxyjump proxycommand userknownhostsfile globalknownhostsfile hostkeyalias ignoreunknown
  certificatefile addressfamily bindaddress bindinterface refuseconnection
  addkeystoagent batchmode canonicaldomains canonicalizefallbacklocal canonicalizemaxdots canonicalizepermittedcnames casignaturealgorithms channeltimeout checkhostip
  cipher clearallforwardings compression compressionlevel connectionattempts connecttimeout controlmaster controlpath controlpersist dynamicforward
  enableescapecommandline enablesshkeysign escapechar exitonforwardfailure fingerprinthash forkafterauthentication forwardagent forwardx11 forwardx11timeout
  forwardx11trusted gatewayports globalknownhostsfile2 gssapiauthentication gssapiclientidentity gssapidelegatecredentials gssapikeyexchange gssapikexalgorithms
  gssapirenewalforcesrekey gssapiserveridentity gssapitrustdns hashknownhosts hostbasedacceptedalgorithms hostbasedkeytypes ipqos kbdinteractivedevices keepalive
  localcommand localforward loglevel logverbose nohostauthenticationforlocalhost numberofpasswordprompts obscurekeystroketiming permitlocalcommand permitremoteopen
  protocol proxyusefdpass rekeylimit remotecommand remoteforward requesttty requiredrsasize rhostsrsaauthentication rsaauthentication sendenv serveralivecountmax
  serveraliveinterval sessiontype setenv stdinnull streamlocalbindmask streamlocalbindunlink syslogfacility tag tcpkeepalive tunnel tunneldevice updatehostkeys
  usekeychain useprivilegedport userknownhostsfile2 useroaming versionaddendum visualhostkey warnweakcrypto xauthlocation`.split(
    /\s+/,
  ),
);

/** One sentence for each setting that would change the connection and does not. */
export function limitsOf({ values }: Settings): string[] {
  const excused = values.get("ignoreunknown")?.[0]?.words.join(",").toLowerCase().split(",") ?? [];
  return [...values].flatMap(([keyword, [setting]]) => {
    if (setting === undefined) return [];
    const place = t("{file} line {line}", { file: setting.file, line: setting.line });
    const limit = Object.hasOwn(LIMITS, keyword) ? LIMITS[keyword] : undefined;
    if (limit !== undefined) {
      const value = setting.words[0]?.toLowerCase() ?? "";
      const asks = limit.only === undefined ? limit.unless?.includes(value) !== true : limit.only.includes(value);
      return asks ? [t("{name} {says} ({place}).", { name: limit.name, says: t(limit.says), place })] : [];
    }
    if (UNREMARKABLE.has(keyword) || excused.some((pattern) => matchesPattern(keyword, pattern))) return [];
    return [t("“{keyword}” is not a setting that this app knows ({place}).", { keyword: printable(keyword), place })];
  });
}
