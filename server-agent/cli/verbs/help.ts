import { IMPORT_FORMATS } from "../../contract/importing/import.ts";
import { CERTIFICATE_PATH, HEALTH_CHECK_PATH } from "../../core/usual-exceptions.ts";
import { EXIT } from "../../exit-codes.ts";
import { DEFAULT_SOCKET } from "../call-agent.ts";

const TEXT = `backsoon-agent: a web server that puts sites in maintenance mode without cutting off a request

  run --state DIR --socket PATH [--config FILE] [--workers N|auto] [--reseed] [--stop-seconds N]
      [--web-folder DIR] [--socket-owner UID]
        Starts the agent. Prints one line when it serves: ready {"listeners":[…],"socket":…,"pid":…,"generation":…}.
        --config is used only while the state directory is empty; afterwards the agent uses the configuration in the
        state directory. --reseed loads FILE again, as a new generation. SIGTERM and SIGINT stop gracefully (within
        --stop-seconds, default 30; a second signal closes all connections), SIGHUP restarts gracefully, SIGUSR1 and
        SIGUSR2 reopen the log files. --web-folder (default /var/lib/backsoon-web) tells web servers beside the agent
        which sites are closed. --socket-owner gives the admin socket to this user, who then has full control of the agent.
  check FILE [--json]
        Checks a configuration file. Needs no running agent.
  import FILE [--from ${IMPORT_FORMATS.join("|")}] [--out FILE] [--json]
        Converts the configuration of another web server. The result goes to --out or to standard output, the report of
        what is carried over, what is not, and why to standard error. Only reads; needs no running agent.
  status [--json]
        Shows listeners, workers, sites in maintenance and requests in flight.
  explain URL [--method GET] [--from ADDRESS] [--json]
        Shows which virtual host, rule and handler would answer, and why the ones above would not.
  maintenance on SITE [--until TIME|DURATION] [--reason TEXT] [--title TEXT] [--text TEXT] [--contact TEXT]
              [--page-root DIR] [--status N] [--retry-after SECONDS|end] [--host NAME]… [--except-path PATH]…
              [--except-from CIDR]… [--without-defaults] [--internal-host NAME]… [--revert-if-wrong] [--plan] [--json]
              [--language LANG] [--title-in LANG=TEXT]… [--text-in LANG=TEXT]… [--colour #RRGGBB]
        Puts a site in maintenance. --until tells visitors when it is expected back, and reminds you then. It takes
        2030-01-31T23:00Z or 45m, 2h, 1h30m. --revert-if-wrong brings the site back if the proof fails twice in a row.
        The built-in page is in en, de, fr, es, pt, ja or zh, depending on the browser. --title and --text are in
        --language (default en); add other languages with --title-in and --text-in.
        Certificate renewal (${CERTIFICATE_PATH}) and health checks (${HEALTH_CHECK_PATH}) are let through,
        as in the app; --without-defaults closes them, too. --plan shows what would happen, and changes nothing.
  maintenance off SITE [--how delete|demote] [--json]
        Brings the site back. --how demote keeps the copycat below the original, for next time.
  maintenance extend SITE +30m|-15m|23:30|TIME|none [--reason TEXT] [--json]
        Moves the end: relative to the planned one, to a time (local for 23:30), or to no end time.
  maintenance change SITE [--until …] [--title TEXT] [--text TEXT] [--contact TEXT] [--page-root DIR]
              [--status N|default] [--retry-after SECONDS|end|default] [--let-in PATH|CIDR]… [--let-in-nobody]
              [--reason TEXT] [--plan] [--json]
        Changes the page, or who is let in, while the site stays closed. --let-in adds an exception;
        --let-in-nobody removes all present exceptions first.
  passes [--json]
        Lists staff passes: who has one, for which site, until when, and when it was last used.
  passes add NAME --site SITE [--until TIME|DURATION] [--json]
        Makes a pass (valid for a day by default) and shows its links, once. A link lets in the browser that opens it.
  passes revoke ID [--json]
        Ends a pass. It no longer lets anyone in.
  certificates [--json]
        Lists the sites' TLS certificates: names, validity, and when the next one is ordered (ACME).
  certificates renew SITE [--json]
        Orders the certificate of a site with \`tls.acme\` now, and waits for it.
  web-servers [--json]
        Lists the web servers on this machine that the agent can run beside, with their sites.
  prepare WEB-SERVER [SITE]… [--plan] [--later] [--json]
        Makes a web server ask the agent while a site is closed: changes its configuration, checks and reloads it, and
        tests every listener. --plan shows what would happen, and changes nothing; --later leaves the reload to you.
  unprepare WEB-SERVER [SITE]… [--plan] [--later] [--json]
        Undoes \`prepare\`. The web server's configuration is what it was before.
  stages [--json]
        Lists staged changes: ready and held until they are committed together with those of other servers.
  stages abort ID [--json]
        Drops a stage whose client is gone.
  windows [--json]
        Lists planned maintenance windows: past, running and upcoming.
  windows add FILE | skip ID START | start ID | extend ID --minutes N|--until TIME | end ID | remove ID [--json]
        add plans the window in FILE (JSON, as for POST /v1/windows); skip leaves out one occurrence; start, extend and
        end act on the current one; remove cancels the whole window.
  reminders [--json]
        Lists reminders: what they said, who got them, and who acted.
  channels [--json]
        Lists where reminders go besides the desktop: chat, e-mail, webhooks, status pages.
  channels put ID FILE | test ID | remove ID [--json]
        put adds or changes the channel in FILE (JSON, as for PUT /v1/channels); test sends a test message.
  restart --graceful|--hard [--drain-seconds N] [--json]
        Replaces the worker processes. --graceful lets requests in flight finish; --hard cuts them.
  hand-over [--program PATH] [--json]
        Upgrades the running agent without downtime: a new process takes over the listening sockets, the state and the
        admin socket; the old one exits after its last connection. --program names the new program, if it is not the file
        that the agent was started with. If the new process does not serve within 20 seconds, the old one stays.
  dial-stdio [--announce]
        Connects standard input and output to the admin socket, for use over SSH. --announce prints a line first, once
        connected.
  version, help

All commands except run, check, import, version and help need a running agent. Its socket is --socket PATH, $BACKSOON_SOCKET
or ${DEFAULT_SOCKET}. --json prints JSON for scripts.

Exit codes
  ${EXIT.ok}  done
  ${EXIT.failed}  the agent refused, or something failed; the message says why
  ${EXIT.usage}  wrong arguments, or an invalid configuration
  ${EXIT.inUse}  the state directory or the admin socket is in use by a running agent
  ${EXIT.listener}  a listener cannot bind its port
  ${EXIT.state}  the state directory cannot be read or written
  ${EXIT.unreachable}  no agent answers on the admin socket
  ${EXIT.notClosed}  in maintenance, but some visitors still get something else (see \`status\`); or reverted because of that
`;

/** `help VERB` shows what concerns that verb; all of it where there is none of that name. */
export function help([verb]: readonly string[]): Promise<number> {
  process.stdout.write((verb === undefined ? undefined : partOn(verb)) ?? TEXT);
  return Promise.resolve(EXIT.ok);
}

function partOn(verb: string): string | undefined {
  // Each part begins with two blanks and its verb; what belongs to it has more.
  const parts = TEXT.split(/\n(?= {2}[a-z])/).filter((part) => part.startsWith(`  ${verb} `));
  const [, rest = ""] = /\n\n(All commands except [^]*?)\n\n/.exec(TEXT) ?? [];
  return parts.length === 0 ? undefined : `${parts.map((part) => part.split("\n\n")[0] ?? "").join("\n")}\n\n${rest}\n`;
}
