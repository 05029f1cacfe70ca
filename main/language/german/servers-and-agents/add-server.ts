/** Adding a server: where it is, the login, the agent, its installation, its name. */
export const ADD_SERVER = {
  "Of the first site; empty for every name. More sites, rules and names can be added at any time.":
    "Die der ersten Website; leer für jeden Namen. Weitere Websites, Regeln und Namen lassen sich jederzeit hinzufügen.",

  // Its steps
  "Agent of a server": "Agent eines Servers",
  "Keep it in the list": "In der Liste behalten",
  Where: "Wo",
  Login: "Anmeldung",
  Agent: "Agent",
  Uninstall: "Deinstallieren",
  Install: "Installieren",
  Done: "Fertig",
  "Where is the server?": "Wo ist der Server?",
  "No connection": "Keine Verbindung",
  "Log in": "Anmelden",
  "What was found": "Was gefunden wurde",
  "The agent is uninstalled": "Der Agent ist deinstalliert",
  "Give it a name": "Einen Namen geben",
  Connect: "Verbinden",
  "Remove from the list": "Aus Liste entfernen",
  "Add server": "Server hinzufügen",
  "Nothing changes until you press it": "Bis zum Klick ändert sich nichts",
  "Nothing changes on the server": "Auf dem Server ändert sich nichts",
  "To be removed": "Wird entfernt",
  "To be installed": "Wird installiert",
  "Upgrade the agent": "Agenten aktualisieren",
  "Uninstall the agent": "Agenten deinstallieren",
  "Uninstall the agent…": "Agenten deinstallieren …",
  "Install the agent": "Agenten installieren",
  "Upgrading…": "Wird aktualisiert …",
  "Uninstalling…": "Wird deinstalliert …",
  "Installing…": "Wird installiert …",

  // Where
  "Which server": "Welcher Server",
  "A server over SSH": "Ein Server über SSH",
  "Only SSH has to be open there. The agent can be installed from here.":
    "Nur SSH muss dort offen sein. Der Agent lässt sich von hier aus installieren.",
  "An agent on this computer": "Ein Agent auf diesem Computer",
  "By the path of its admin socket.": "Über den Pfad seines Admin-Sockets.",
  "Admin socket": "Admin-Socket",
  "The --socket that the agent was started with.": "Der --socket, mit dem der Agent gestartet wurde.",
  "As you would type it for ssh; your ~/.ssh/config is used.": "So wie für ssh; Ihre ~/.ssh/config wird benutzt.",
  "More: port, user, key file, jump hosts": "Mehr: Port, Benutzer, Schlüsseldatei, Sprungserver",
  User: "Benutzer",
  Port: "Port",
  "Key file": "Schlüsseldatei",
  "Tried first; without one, the keys of your SSH agent and ~/.ssh are used.":
    "Wird zuerst versucht; ohne sie werden die Schlüssel Ihres SSH-Agenten und aus ~/.ssh benutzt.",
  "Jump hosts": "Sprungserver",
  "user@host:port, several separated by commas, the first hop first.":
    "user@host:port, mehrere durch Kommas getrennt, der erste Sprungserver zuerst.",
  "From ~/.ssh/config": "Aus ~/.ssh/config",
  "For {host}, ~/.ssh/config asks for what this app does not do:":
    "Für {host} verlangt ~/.ssh/config, was diese App nicht tut:",
  "{count, plural, one {One line} other {# lines}} of ~/.ssh/config could not be used":
    "{count, plural, one {Eine Zeile} other {# Zeilen}} der ~/.ssh/config {count, plural, one {war} other {waren}} nicht verwendbar",
  "Enter the absolute path of the agent's admin socket, e.g. {path}.":
    "Geben Sie den absoluten Pfad des Admin-Sockets ein, z. B. {path}.",
  "Enter a name you will recognize.": "Geben Sie einen Namen ein, den Sie wiedererkennen.",

  // Login
  "Connecting to {server}…": "Verbindung zu {server} …",
  "the server": "dem Server",
  "for {duration}": "seit {duration}",
  "Connect again": "Neu verbinden",
  "Logged in to {server}.": "Angemeldet an {server}.",

  // What was found
  Root: "Root",
  Services: "Dienste",
  "Web servers": "Webserver",
  "Taken ports": "Belegte Ports",
  Agents: "Agenten",
  "yes, logged in as root": "ja, als root angemeldet",
  no: "nein",
  "by sudo, without a password": "mit sudo, ohne Passwort",
  "by sudo, with your password": "mit sudo, mit Ihrem Passwort",
  "systemd, also for this account": "systemd, auch für dieses Konto",
  "systemd, not for this account": "systemd, nicht für dieses Konto",
  "no systemd": "kein systemd",
  "none on the path": "keines im Suchpfad",
  "none found": "keine gefunden",
  "unknown version": "unbekannte Version",
  "none seen": "keine gesehen",
  "(in a container)": "(in einem Container)",
  "{name} in a container": "{name} in einem Container",
  "Which agent": "Welcher Agent",
  "An agent of unknown version": "Ein Agent unbekannter Version",
  "An agent of unknown version, although it does not answer":
    "Ein Agent unbekannter Version, obwohl er nicht antwortet",
  "The agent {version} that is there": "Der vorhandene Agent {version}",
  "The agent {version} that is there, although it does not answer":
    "Der vorhandene Agent {version}, obwohl er nicht antwortet",
  "Upgrade {from} to {to}": "Von {from} auf {to} aktualisieren",
  "At {socket}. Its sites and what is in maintenance stay as they are, and no visitor notices.":
    "Unter {socket}. Seine Websites und was in Wartung ist, bleiben, wie sie sind, und kein Besucher merkt etwas.",
  "Answers at {socket}.": "Antwortet unter {socket}.",
  "At {socket}. It may be stopped, or its socket may belong to another account.":
    "Unter {socket}. Vielleicht ist er angehalten, oder sein Socket gehört einem anderen Konto.",
  "Install the agent {version}": "Den Agenten {version} installieren",
  "You see everything that will be run first.": "Sie sehen vorher alles, was ausgeführt wird.",
  "Uninstall the agent {version}": "Den Agenten {version} deinstallieren",
  "At {socket}. Its sites are no longer served; their own files stay.":
    "Unter {socket}. Seine Websites werden nicht mehr ausgeliefert; ihre Dateien bleiben.",
  "An agent at another path": "Ein Agent unter einem anderen Pfad",
  "For one that was started by hand.": "Für einen, der von Hand gestartet wurde.",
  "Admin socket on the server": "Admin-Socket auf dem Server",
  "Program on the server": "Programm auf dem Server",
  "Used where SSH forwarding is not allowed.": "Wird benutzt, wo SSH-Weiterleitung nicht erlaubt ist.",
  "Enter the path of the agent's program.": "Geben Sie den Pfad des Agentenprogramms ein.",
  "The server runs {system}. The agent is installed on Linux only; elsewhere start it by hand and name its socket.":
    "Auf dem Server läuft {system}. Installieren lässt sich der Agent nur unter Linux; starten Sie ihn sonst von Hand und nennen Sie seinen Socket.",

  // Beside a web server, or serving by itself
  "Who serves the sites": "Wer die Websites ausliefert",
  "Beside {name} (recommended)": "Neben {name} (empfohlen)",
  "Beside {name}": "Neben {name}",
  "Not possible: {why}": "Nicht möglich: {why}",
  "Backsoon serves the sites itself": "Backsoon liefert die Websites selbst aus",
  "Visitors come to the agent, on a port of its own. It hands them on to your application, or serves a folder.":
    "Besucher kommen zum Agenten, auf einem eigenen Port. Er leitet sie an Ihre Anwendung weiter oder liefert einen Ordner aus.",
  "There is no systemd on this server. Start the agent by hand as root, and add it by its socket.":
    "Auf diesem Server gibt es kein systemd. Starten Sie den Agenten von Hand als root und fügen Sie ihn über seinen Socket hinzu.",
  "It needs root, to write the web server's configuration and reload it, and this account has no sudo. Log in as root, or with an account that has sudo.":
    "Dafür ist root nötig, um die Konfiguration des Webservers zu schreiben und neu zu laden, und dieses Konto hat kein sudo. Melden Sie sich als root an oder mit einem Konto, das sudo hat.",
  "{name} keeps its ports, its certificates and all traffic. It asks the agent only while a site is closed.":
    "{name} behält seine Ports, seine Zertifikate und allen Verkehr. Den Agenten fragt er nur, solange eine Website geschlossen ist.",
  "{names} keep their ports, their certificates and all traffic. They ask the agent only while a site is closed.":
    "{names} behalten ihre Ports, ihre Zertifikate und allen Verkehr. Den Agenten fragen sie nur, solange eine Website geschlossen ist.",
  "No {name} was seen to run there. The agent looks again once it is installed.":
    "Soweit zu sehen, läuft dort kein {name}. Der Agent sieht nach der Installation noch einmal nach.",
  "No {name} was seen within reach. The agent cannot stand beside {others}.":
    "In Reichweite war kein {name} zu sehen. Neben {others} kann der Agent nicht stehen.",

  // The first site
  "Everyone who reaches the server": "Alle, die den Server erreichen",
  "Only the server itself, e.g. its TLS proxy": "Nur der Server selbst, z. B. sein TLS-Proxy",
  "Who may connect": "Wer sich verbinden darf",
  "Ports below {port} usually need root. Choose the system service, or a port from {port} up.":
    "Ports unter {port} brauchen meist root. Wählen Sie den Systemdienst oder einen Port ab {port}.",
  "The configuration was edited as JSON; it replaces the fields.":
    "Die Konfiguration wurde als JSON bearbeitet; sie ersetzt die Felder.",
  "The configuration as JSON…": "Die Konfiguration als JSON …",
  "Back to the fields": "Zurück zu den Feldern",
  "First configuration": "Erste Konfiguration",
  "What the agent serves once it is installed. A server that has a configuration already keeps its own.":
    "Was der Agent nach der Installation ausliefert. Ein Server, der schon eine Konfiguration hat, behält seine eigene.",
  "Use this configuration": "Konfiguration übernehmen",
  "“{name}” is not a host name: leave out http://, port and path, e.g. shop.example.com or *.example.com":
    "„{name}“ ist kein Hostname: Lassen Sie http://, Port und Pfad weg, z. B. shop.example.com oder *.example.com",
  "Enter where the application listens, e.g. http://127.0.0.1:3000 – without a path; it is reached over plain HTTP.":
    "Geben Sie ein, wo die Anwendung lauscht, z. B. http://127.0.0.1:3000 – ohne Pfad; sie wird über einfaches HTTP erreicht.",
  "Enter a path that starts with /, or an address that starts with http:// or https://.":
    "Geben Sie einen Pfad ein, der mit / beginnt, oder eine Adresse, die mit http:// oder https:// beginnt.",
  "A port is a number from 1 to 65535; 80 is that of plain HTTP.":
    "Ein Port ist eine Zahl von 1 bis 65535; 80 ist der von einfachem HTTP.",
  "Port {port} is taken on this server. Choose another one.":
    "Port {port} ist auf diesem Server belegt. Wählen Sie einen anderen.",
  "Port {port} is taken on this server. Choose another one, e.g. {free}.":
    "Port {port} ist auf diesem Server belegt. Wählen Sie einen anderen, z. B. {free}.",

  // Its name
  "The agent is uninstalled: nothing answers at {socket} any more.":
    "Der Agent ist deinstalliert: Unter {socket} antwortet nichts mehr.",
  "The agent {version} is installed and answers.": "Der Agent {version} ist installiert und antwortet.",
  "Next: prepare the web server, on the server's page.":
    "Als Nächstes: den Webserver vorbereiten, auf der Seite des Servers.",
  "{server} is still in the list. Without an agent it cannot be reached.":
    "{server} ist noch in der Liste. Ohne Agenten ist er nicht erreichbar.",
  "The server is in the list already, as {name}.": "Der Server ist schon in der Liste, als {name}.",
  "As you and your colleagues call it.": "Wie Sie und Ihre Kollegen ihn nennen.",

  // Leaving
  "Uninstall the agent on {server}?": "Den Agenten auf {server} deinstallieren?",
  "Whatever it serves is no longer served.": "Was er ausliefert, ist dann nicht mehr erreichbar.",
  "Visitors get no answer then, not even a maintenance page.":
    "Besucher bekommen dann keine Antwort, nicht einmal eine Wartungsseite.",
  "In maintenance there: {sites}. Nothing brings it back by itself any more; bring it back first, unless it goes for good.":
    "Dort in Wartung: {sites}. Nichts öffnet sie mehr von selbst; öffnen Sie sie vorher wieder, außer wenn sie ganz entfallen.",
  "Only installing the agent again undoes this. Its configuration and history are deleted for good.":
    "Nur eine neue Installation des Agenten macht das rückgängig. Seine Konfiguration und sein Verlauf werden endgültig gelöscht.",
  "Only installing the agent again undoes this, with the configuration that stays there.":
    "Nur eine neue Installation des Agenten macht das rückgängig, mit der Konfiguration, die dort bleibt.",
  "Stop while it is running?": "Mittendrin anhalten?",
  "Leave?": "Verlassen?",
  "Leave without adding the server?": "Verlassen, ohne den Server hinzuzufügen?",
  "Stop and leave": "Anhalten und verlassen",
  "The connection is closed while it is running. What was there before is still there; you can run it again.":
    "Die Verbindung wird mittendrin geschlossen. Was vorher da war, ist noch da; Sie können es noch einmal ausführen.",
  "The agent is installed and goes on running.": "Der Agent ist installiert und läuft weiter.",
  "The agent is installed and goes on running. Only the entry in this app is missing.":
    "Der Agent ist installiert und läuft weiter. Nur der Eintrag in dieser App fehlt.",
  "The connection is closed and your choices are lost. Nothing was changed on the server.":
    "Die Verbindung wird geschlossen, und Ihre Angaben sind verloren. Auf dem Server wurde nichts geändert.",

  // Added
  "{name} added": "{name} hinzugefügt",
} as const;
