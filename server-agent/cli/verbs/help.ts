import { CERTIFICATE_PATH, HEALTH_CHECK_PATH } from "../../core/usual-exceptions.ts";
import { EXIT } from "../../exit-codes.ts";
import { DEFAULT_SOCKET } from "../call-agent.ts";

const TEXT = `backsoon-agent: a web server that puts sites in maintenance without interrupting anyone

  run --state DIR --socket PATH [--config FILE] [--workers N|auto] [--reseed] [--stop-seconds N]
      [--web-folder DIR] [--socket-owner UID]
        Serves. Writes one line to standard output when it does: ready {"listeners":[…],"socket":…,"pid":…,"generation":…}.
        --config seeds an empty state directory; afterwards the state directory is the truth. --reseed makes a new
        generation from FILE. SIGTERM and SIGINT stop gracefully (at most --stop-seconds, default 30; a second signal
        cuts), SIGHUP restarts gracefully, SIGUSR2 reopens the log files. --web-folder (default
        /var/lib/backsoon-web) is where web servers beside the agent see which sites are closed. --socket-owner
        gives the admin socket to this user, who can then do everything that the agent can.
  check FILE [--json]
        Says whether a configuration file can serve, without an agent.
  status [--json]
        What serves, what is in maintenance, what is in flight.
  explain URL [--method GET] [--from ADDRESS] [--json]
        Which virtual host, rule and handler would answer, and why the ones above did not.
  maintenance on SITE [--until TIME|DURATION] [--reason TEXT] [--title TEXT] [--text TEXT] [--contact TEXT]
              [--page-root DIR] [--status N] [--retry-after SECONDS|end] [--host NAME]… [--except-path PATH]…
              [--except-from CIDR]… [--without-defaults] [--internal-host NAME]… [--revert-if-wrong] [--plan] [--json]
              [--language LANG] [--title-in LANG=TEXT]… [--text-in LANG=TEXT]… [--colour #RRGGBB]
        Puts a site in maintenance. --until tells visitors when it is expected back, and reminds you then; it takes
        2030-01-31T23:00Z or 45m, 2h, 1h30m. --revert-if-wrong brings it back at once if the proof fails, twice in a row.
        The built-in page speaks en, de, fr, es, pt, ja or zh, as the browser asks; --title and --text are in --language
        (default en), and in others with --title-in and --text-in.
        Certificate renewal (${CERTIFICATE_PATH}) and health checks (${HEALTH_CHECK_PATH}) are let through,
        as in the app; --without-defaults closes them, too. --plan only shows what would happen.
  maintenance off SITE [--how delete|demote] [--json]
        Brings it back.
  maintenance extend SITE +30m|-15m|23:30|TIME|none [--reason TEXT] [--json]
        Another end while it is closed: from the planned one, by this machine's clock, or none any more.
  maintenance change SITE [--until …] [--title TEXT] [--text TEXT] [--contact TEXT] [--page-root DIR]
              [--status N|default] [--retry-after SECONDS|end|default] [--let-in PATH|CIDR]… [--let-in-nobody]
              [--reason TEXT] [--plan] [--json]
        Changes the page, and who is let in, while it is closed. --let-in adds to who is let in already;
        --let-in-nobody takes all of them out first.
  passes [--json]
        Staff passes: who has one, for which site, until when, and when it was used.
  passes add NAME --site SITE [--until TIME|DURATION] [--json]
        Makes a pass (default: for a day) and shows its links, once: whoever opens one gets in with that browser.
  passes revoke ID [--json]
        From now on nobody gets in by it.
  web-servers [--json]
        Web servers on this machine that the agent can stand beside, with their sites.
  prepare WEB-SERVER [SITE]… [--plan] [--later] [--json]
        Lets a web server ask the agent while a site is closed: writes its configuration, checks and reloads it, and looks
        at every listener. --plan only shows what would happen; --later leaves the reload to you.
  unprepare WEB-SERVER [SITE]… [--plan] [--later] [--json]
        Takes that back; the configuration is what it was before.
  stages [--json]
        What clients have staged: changes that are ready and held until they are committed together with those of other servers.
  stages abort ID [--json]
        Lets go of a stage whose client is gone.
  windows [--json]
        Planned maintenance, with what became of it and what is ahead.
  windows add FILE | skip ID START | start ID | extend ID --minutes N|--until TIME | end ID | remove ID [--json]
        Plans the window that FILE describes (JSON, as for POST /v1/windows); leaves out one occurrence; starts, extends
        or ends it now; cancels all of it.
  reminders [--json]
        What was said of maintenance that comes, runs or is over, to whom, and who acted.
  channels [--json]
        Where reminders go besides the desktop.
  channels put ID FILE | test ID | remove ID [--json]
        Adds or changes the channel that FILE describes (JSON, as for PUT /v1/channels); sends a test; removes it.
  restart --graceful|--hard [--drain-seconds N] [--json]
        Fresh worker processes; --hard cuts every request in flight.
  hand-over [--program PATH] [--json]
        Upgrades the running agent without interrupting anyone: a fresh process of its program takes over the listening sockets,
        the state and the admin socket; the previous one ends with its last connection. --program names another file than the
        one that it was started with. If the fresh one does not serve within 20 seconds, all stays as it was.
  dial-stdio [--announce]
        Joins standard input and output with the admin socket, for use over SSH. --announce says first when it is reached.
  version, help

All verbs but run, check, version and help call a running agent: --socket PATH, else $BACKSOON_SOCKET, else ${DEFAULT_SOCKET}.

Exit codes
  ${EXIT.ok}  done
  ${EXIT.failed}  the agent refused, or something unexpected happened; the message says what
  ${EXIT.usage}  wrong arguments, or a configuration that cannot serve
  ${EXIT.inUse}  the state directory or the admin socket belongs to a running agent
  ${EXIT.listener}  a listener cannot be bound
  ${EXIT.state}  the state directory cannot be read or written
  ${EXIT.unreachable}  no agent answers on the admin socket
  ${EXIT.notClosed}  put in maintenance, and some visitors still get something else (\`status\` says what), or reverted for that
`;

/** `help VERB` shows what concerns that verb; all of it where there is none of that name. */
export function help([verb]: readonly string[]): Promise<number> {
  process.stdout.write((verb === undefined ? undefined : partOn(verb)) ?? TEXT);
  return Promise.resolve(EXIT.ok);
}

function partOn(verb: string): string | undefined {
  // Each part begins with two blanks and its verb; what belongs to it has more.
  const parts = TEXT.split(/\n(?= {2}[a-z])/).filter((part) => part.startsWith(`  ${verb} `));
  const [, rest = ""] = /\n\n(All verbs but .*)\n/.exec(TEXT) ?? [];
  return parts.length === 0 ? undefined : `${parts.map((part) => part.split("\n\n")[0] ?? "").join("\n")}\n\n${rest}\n`;
}
