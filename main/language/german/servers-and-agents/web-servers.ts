/** Web servers beside an agent: their sites, and the dialog that prepares them. */
export const WEB_SERVERS = {
  // What was found
  "beside the agent": "neben dem Agenten",
  "beside the agent, seen {duration} ago": "neben dem Agenten, vor {duration} gesehen",
  "The agent {version} is too old to stand beside a web server. Upgrade it to put its sites in maintenance without being in the way of their visitors.":
    "Der Agent {version} ist zu alt, um neben einem Webserver zu stehen. Aktualisieren Sie ihn, um dessen Websites in Wartung zu nehmen, ohne ihren Besuchern im Weg zu sein.",
  "No web server runs there that the agent can stand beside (nginx, Apache, Caddy, HAProxy). Sites that the agent serves itself are under Virtual hosts.":
    "Dort läuft kein Webserver, neben dem der Agent stehen kann (nginx, Apache, Caddy, HAProxy). Websites, die der Agent selbst ausliefert, stehen unter „Virtuelle Hosts“.",
  "Looking for web servers…": "Webserver werden gesucht …",
  "Not looked for yet.": "Noch nicht gesucht.",
  "process {pid}, user {user}": "Prozess {pid}, Benutzer {user}",
  "process {pid}, user {user}, container {container}": "Prozess {pid}, Benutzer {user}, Container {container}",
  "Prepare {server}…": "{server} vorbereiten …",
  "Prepare…": "Vorbereiten …",
  "Remove the hook from {server}…": "Hook aus {server} entfernen …",
  "Remove…": "Entfernen …",
  "Sites of {server}": "Websites von {server}",
  "+ {count, plural, one {# alias} other {# aliases}}": "+ {count, plural, one {# Alias} other {# Aliasse}}",
  "It has no site that the agent can read.": "Er hat keine Website, die der Agent lesen kann.",
  "Show all {count, number} sites": "Alle {count, number} Websites anzeigen",
  "What is different beside {server}": "Was neben {server} anders ist",

  // The state of a site
  "Ready, checked {duration} ago": "Bereit, vor {duration} geprüft",
  "Not prepared": "Nicht vorbereitet",
  "Cannot be prepared": "Nicht vorzubereiten",
  "Waits for a reload": "Wartet auf ein Neuladen",
  Lost: "Verloren",
  "Prepared on disk. Until {server} is reloaded it does not ask the agent, and the site cannot be closed.":
    "In den Dateien vorbereitet. Bis {server} neu geladen wird, fragt er den Agenten nicht, und die Website lässt sich nicht schließen.",
  "certificate: end not known": "Zertifikat: Ende unbekannt",
  "certificate: end not known, {why}": "Zertifikat: Ende unbekannt, {why}",
  "certificate expired on {day}": "Zertifikat abgelaufen am {day}",
  "certificate until {day}": "Zertifikat bis {day}",
  "asks the agent": "fragt den Agenten",
  "asks after the next reload": "fragt nach dem nächsten Neuladen",
  "does not ask the agent": "fragt den Agenten nicht",
  "could not be asked": "war nicht abzufragen",
  "was not asked": "wurde nicht abgefragt",

  // Preparing
  "{server} asks the agent no more": "{server} fragt den Agenten nicht mehr",
  "{server} is prepared": "{server} ist vorbereitet",
  "{server} is prepared from its next reload on": "{server} ist ab dem nächsten Neuladen vorbereitet",
  "Remove the hook from {server}": "Hook aus {server} entfernen",
  "Prepare {server}": "{server} vorbereiten",
  "The lines and files of the hook go. {server} and its sites stay as they are.":
    "Zeilen und Dateien des Hooks verschwinden. {server} und seine Websites bleiben, wie sie sind.",
  "One line per site lets {server} ask the agent while that site is in maintenance, and only then. The agent never stands in the way of visitors.":
    "Eine Zeile je Website lässt {server} den Agenten fragen, während diese Website in Wartung ist, und nur dann. Der Agent steht Besuchern nie im Weg.",
  "Ready already.": "Schon bereit.",
  "In maintenance; it stays. Bring it back first.": "In Wartung; sie bleibt. Öffnen Sie sie zuerst wieder.",
  "With this line in its template, look again and prepare the site:":
    "Mit dieser Zeile in der Vorlage noch einmal nachsehen und die Website vorbereiten:",
  "The line was not copied": "Die Zeile wurde nicht kopiert",
  "Copy the line for {site}": "Zeile für {site} kopieren",
  Copied: "Kopiert",
  "When {server} is reloaded": "Wann {server} neu geladen wird",
  "Reload now": "Jetzt neu laden",
  "With the next reload anyway": "Beim nächsten Neuladen ohnehin",
  "Nobody is interrupted now. Until then {server} still looks whether the agent has closed a site; visitors notice nothing.":
    "Niemand wird jetzt unterbrochen. Bis dahin sieht {server} noch nach, ob der Agent eine Website geschlossen hat; Besucher merken nichts.",
  "Nobody is interrupted now. Until then these sites cannot be closed.":
    "Niemand wird jetzt unterbrochen. Bis dahin lassen sich diese Websites nicht schließen.",
  "There is nothing to remove now.": "Es gibt jetzt nichts zu entfernen.",
  "There is nothing to prepare now.": "Es gibt jetzt nichts vorzubereiten.",
  "Looking at what would change…": "Was sich ändern würde, wird ermittelt …",
  "{site} cannot be prepared: {why}": "{site} lässt sich nicht vorbereiten: {why}",
  Files: "Dateien",
  "What is written": "Was geschrieben wird",
  "{count, plural, one {# file} other {# files}}": "{count, plural, one {# Datei} other {# Dateien}}",
  "What is run": "Was ausgeführt wird",
  "by the agent, as its own user": "vom Agenten, als sein eigener Benutzer",
  "Changes in {file}": "Änderungen in {file}",
  added: "hinzugefügt",
  removed: "entfernt",
  "new file, {count, plural, one {# line} other {# lines}}":
    "neue Datei, {count, plural, one {# Zeile} other {# Zeilen}}",
  "removed, {count, plural, one {# line} other {# lines}}": "entfernt, {count, plural, one {# Zeile} other {# Zeilen}}",
  "{count, plural, one {# line} other {# lines}} added": "{count, plural, one {# Zeile} other {# Zeilen}} hinzugefügt",
  "{count, plural, one {# line} other {# lines}} removed": "{count, plural, one {# Zeile} other {# Zeilen}} entfernt",
  "{count, plural, one {# line} other {# lines}} unchanged":
    "{count, plural, one {# Zeile} other {# Zeilen}} unverändert",
  "Remove from {count, plural, one {# site} other {# sites}}":
    "Aus {count, plural, one {# Website} other {# Websites}} entfernen",
  "Prepare {count, plural, one {# site} other {# sites}}":
    "{count, plural, one {# Website} other {# Websites}} vorbereiten",
  "Writing {count, plural, one {# file} other {# files}}, letting {server} check its configuration, reloading it once, and asking every listener. If anything fails, every file is put back.":
    "{count, plural, one {# Datei wird} other {# Dateien werden}} geschrieben, {server} prüft die Konfiguration und wird einmal neu geladen, jeder Listener wird gefragt. Schlägt etwas fehl, wird jede Datei zurückgesetzt.",
  "Writing {count, plural, one {# file} other {# files}}, letting {server} check its configuration, and asking every listener. If anything fails, every file is put back.":
    "{count, plural, one {# Datei wird} other {# Dateien werden}} geschrieben, {server} prüft die Konfiguration, jeder Listener wird gefragt. Schlägt etwas fehl, wird jede Datei zurückgesetzt.",
  "The hook is gone from {count, plural, one {# site} other {# sites}}: its lines and its files. All else in the configuration of {server} is untouched.":
    "Der Hook ist aus {count, plural, one {# Website} other {# Websites}} entfernt: seine Zeilen und Dateien. Alles andere in der Konfiguration von {server} bleibt unberührt.",
} as const;
