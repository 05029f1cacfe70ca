/** The servers: their list, the screen of one, what a connection asks, the practice server. */
export const SERVERS = {
  // The list
  "Find a server": "Server suchen",
  "Import…": "Importieren …",
  "Export…": "Exportieren …",
  Connection: "Verbindung",
  Observed: "Gesehen",
  Actions: "Aktionen",
  Connected: "Verbunden",
  "Answer needed": "Antwort nötig",
  Connecting: "Verbindet",
  never: "nie",
  Retry: "Erneut versuchen",
  "{action}: {server}": "{action}: {server}",
  "Name, fleet, environment…": "Name, Flotte, Umgebung …",
  "Remove from the list…": "Aus Liste entfernen …",
  "No server has this text in its name, address or fleet.":
    "Kein Server enthält diesen Text in Name, Adresse oder Flotte.",
  "Remove {server} from the list?": "{server} aus der Liste entfernen?",
  "Only the entry in this app is removed. The agent and its sites stay as they are.":
    "Nur der Eintrag in dieser App wird entfernt. Der Agent und seine Websites bleiben, wie sie sind.",
  "In maintenance there, and so until somebody or a window brings it back: {sites}. This app will not remind you.":
    "Dort in Wartung, bis jemand oder ein Wartungsfenster wieder öffnet: {sites}. Diese App wird Sie nicht daran erinnern.",
  "{count, plural, one {# server} other {# servers}} written to {file}, without secrets":
    "{count, plural, one {# Server} other {# Server}} nach {file} geschrieben, ohne Geheimnisse",
  "{count, plural, one {# server} other {# servers}} added":
    "{count, plural, one {# Server} other {# Server}} hinzugefügt",
  "{count, plural, one {# server} other {# servers}} added, {known, plural, one {# was} other {# were}} already in the list":
    "{count, plural, one {# Server} other {# Server}} hinzugefügt, {known, plural, one {# war} other {# waren}} schon in der Liste",

  // The screen of a server
  "Never seen": "Nie gesehen",
  "Last seen {duration} ago": "Vor {duration} zuletzt gesehen",
  "process {pid}, since {time}": "Prozess {pid}, seit {time}",
  "agent {version}": "Agent {version}",
  "generation {generation}": "Generation {generation}",
  "Edit the connection…": "Verbindung bearbeiten …",
  "Upgrade or uninstall the agent…": "Agenten aktualisieren oder deinstallieren …",
  "Parts of the server": "Teile des Servers",
  "A question of the connection": "Eine Frage der Verbindung",
  "Try again now": "Jetzt erneut versuchen",
  "The agent {version} is older than this app, which brings {newer}.":
    "Der Agent {version} ist älter als diese App, die {newer} mitbringt.",
  "Upgrade the agent…": "Agenten aktualisieren …",
  "Problem of the agent": "Problem des Agenten",
  "{held}. Nothing else can be changed here until then.": "{held}. Bis dahin lässt sich hier nichts anderes ändern.",
  "Connecting…": "Verbindung wird aufgebaut …",
  "Show the servers": "Server anzeigen",
  "The practice server has stopped by itself.": "Der Übungsserver hat sich von selbst beendet.",
  "The practice server is not running.": "Der Übungsserver läuft nicht.",
  "What was tried on it is gone with it.": "Was darauf probiert wurde, ist mit ihm verschwunden.",
  "On the server": "Auf dem Server",
  "This computer does not reach the agent. On the server, {count, plural, one {this line brings the site} other {these lines bring the sites}} back; if the agent does not run there, start it first.":
    "Dieser Computer erreicht den Agenten nicht. Auf dem Server {count, plural, one {öffnet diese Zeile die Website} other {öffnen diese Zeilen die Websites}} wieder; läuft der Agent dort nicht, starten Sie ihn zuerst.",
  "Planned maintenance": "Geplante Wartung",
  "running {until}": "läuft {until}",

  // Applications
  "used by {names}": "genutzt von {names}",
  "used by no site": "von keiner Website genutzt",
  Healthy: "Verfügbar",
  Down: "Ausgefallen",
  Failing: "Fehlerhaft",
  "Not checked": "Nicht geprüft",

  // Settings of a server
  "Edit…": "Bearbeiten …",
  Fleet: "Flotte",
  "Running since": "Läuft seit",
  Workers: "Worker",
  Listeners: "Listener",
  Generation: "Generation",
  "Round trip": "Antwortzeit",
  Clock: "Uhr",
  "{version}, process {pid}": "{version}, Prozess {pid}",
  "{serving, number} serving": "{serving, number} im Dienst",
  "{serving, number} serving, {draining, number} draining":
    "{serving, number} im Dienst, {draining, number} laufen aus",
  "in sync": "geht richtig",
  "{off}: windows start by it; let a time server set it ({command})":
    "{off}: Wartungsfenster beginnen nach ihr; lassen Sie sie von einem Zeitserver stellen ({command})",
  "none of its own": "keine eigenen",
  "Restart gracefully": "Sanft neu starten",
  "Restart hard…": "Hart neu starten …",
  "Restart hard": "Hart neu starten",
  "Cut every connection of this server?": "Alle Verbindungen dieses Servers abbrechen?",
  "Restarted on generation {generation}. Running requests finish on the old workers.":
    "Neu gestartet auf Generation {generation}. Laufende Anfragen enden auf den alten Workern.",
  "Restarted; {count, plural, one {# request was} other {# requests were}} cut.":
    "Neu gestartet; {count, plural, one {# Anfrage wurde} other {# Anfragen wurden}} abgebrochen.",
  "Visitors of {server} go on, but for those whom {server} is asking the agent about at that moment.":
    "Für Besucher von {server} geht es weiter, außer für die, nach denen {server} den Agenten gerade fragt.",

  // Questions of a connection
  "Is this really {address}?": "Ist das wirklich {address}?",
  "The key is locked": "Der Schlüssel ist gesperrt",
  "sudo asks for your password": "sudo fragt nach Ihrem Passwort",
  "The server asks for your password": "Der Server fragt nach Ihrem Passwort",
  "{address} asks": "{address} fragt",
  "Do not connect": "Nicht verbinden",
  "Skip this key": "Schlüssel überspringen",
  "Cancel login": "Anmeldung abbrechen",
  "You are connecting to it from here for the first time. It shows this key:":
    "Sie verbinden sich von hier zum ersten Mal mit ihm. Er zeigt diesen Schlüssel:",
  "Compare it with the key that the server's administrator gives you, or with the output of {command} on the server itself. Once trusted, the key is remembered, and any other key stops the connection.":
    "Vergleichen Sie ihn mit dem Schlüssel, den Ihnen die Administration des Servers nennt, oder mit der Ausgabe von {command} auf dem Server selbst. Vertrauen Sie ihm, wird er gemerkt, und jeder andere Schlüssel bricht die Verbindung ab.",
  "Known for it so far, of other types:": "Für ihn bisher bekannt, von anderer Art:",
  "Passphrase of {subject}": "Passphrase von {subject}",
  "Password of {subject}": "Passwort von {subject}",
  "That passphrase was wrong. Try again.": "Die Passphrase war falsch. Versuchen Sie es noch einmal.",
  "That password was wrong. Try again.": "Das Passwort war falsch. Versuchen Sie es noch einmal.",
  "Remember in the keychain": "Im Schlüsselbund merken",
  "Keep in memory until the app is closed": "Bis zum Beenden der App merken",
  "– otherwise you are asked at every login": "– sonst werden Sie bei jeder Anmeldung gefragt",
  "No keychain answers on this computer ({why}).": "Auf diesem Computer antwortet kein Schlüsselbund ({why}).",
  "Only used for what was listed before; it is not stored.":
    "Nur für das zuvor Aufgelistete; es wird nicht gespeichert.",
  "Trust this key": "Schlüssel vertrauen",
  Continue: "Weiter",
  "The host key of {host} has changed": "Der Hostschlüssel von {host} hat sich geändert",
  "Known so far": "Bisher bekannt",
  "Shown now": "Jetzt gezeigt",
  "by whoever answers at {host}": "von dem, was unter {host} antwortet",
  "If the server was not reinstalled, do not continue: somebody may be intercepting the connection. Ask its administrator to compare what is shown now with {command} on the server.":
    "Wurde der Server nicht neu installiert, machen Sie nicht weiter: Vielleicht fängt jemand die Verbindung ab. Bitten Sie die Administration des Servers, das jetzt Gezeigte mit {command} auf dem Server zu vergleichen.",
  "The server was reinstalled…": "Der Server wurde neu installiert …",
  "Trust the new key of {host}?": "Dem neuen Schlüssel von {host} vertrauen?",
  "Trust the new key of {host}": "Dem neuen Schlüssel von {host} vertrauen",
  "From now on only this key is accepted for {host}, and the app connects at once:":
    "Von jetzt an gilt für {host} nur dieser Schlüssel, und die App verbindet sich sofort:",
  "Your known_hosts files stay as they are; ssh itself keeps refusing the new key until you update them.":
    "Ihre known_hosts-Dateien bleiben, wie sie sind; ssh selbst lehnt den neuen Schlüssel ab, bis Sie sie anpassen.",

  // The practice server
  "Practice server": "Übungsserver",
  "A real agent on this computer with a sample shop: pages, an app behind a proxy, a large download and a WebSocket. It ends with the app.":
    "Ein echter Agent auf diesem Computer mit einem Beispielshop: Seiten, eine Anwendung hinter einem Proxy, ein großer Download und ein WebSocket. Er endet mit der App.",
  "With simulated visitors": "Mit simulierten Besuchern",
  "Open the shop in the browser": "Shop im Browser öffnen",
  "Stop the practice server": "Übungsserver beenden",
  "Beside an nginx of its own, as on a server with a web server":
    "Neben einem eigenen nginx, wie auf einem Server mit Webserver",
  "Start the practice server": "Übungsserver starten",

  // The two ways, drawn
  "Web server": "Webserver",
  Visitors: "Besucher",
  "Your sites": "Websites",
  "asked only": "nur gefragt",
  "while closed": "bei Wartung",
} as const;
